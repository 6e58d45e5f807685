package rules

import (
	"math"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
)

// earthRadius is the mean radius R1 of the Earth in metres, (2a+b)/3 of the WGS 84
// ellipsoid, as the International Union of Geodesy and Geophysics defines it.
const earthRadius = 6_371_008.8

// geoDistance declares geo.distance(lat1, lon1, lat2, lon2): the distance in metres
// of two points given in degrees.
func geoDistance() cel.EnvOption {
	d := cel.DoubleType
	return cel.Function("geo.distance",
		cel.Overload("geo_distance", []*cel.Type{d, d, d, d}, d,
			cel.FunctionBinding(func(args ...ref.Val) ref.Val {
				var deg [4]float64
				for i, arg := range args {
					n, ok := arg.(types.Double)
					if !ok {
						return types.MaybeNoSuchOverloadErr(arg)
					}
					deg[i] = float64(n)
				}
				if d, ok := geoValue(deg[:]); ok {
					return types.Double(d)
				}
				return types.NewErr("geo.distance: a latitude is beyond 90 degrees, or a longitude beyond 180")
			})))
}

// geoValue returns the distance of the points whose latitudes and longitudes are
// given, and whether there are such points.
func geoValue(deg []float64) (float64, bool) {
	ok := bounded(deg[0], 90) && bounded(deg[1], 180) && bounded(deg[2], 90) && bounded(deg[3], 180)
	return distance(deg[0], deg[1], deg[2], deg[3]), ok
}

// bounded reports whether v is within ±bound; NaN is not.
func bounded(v, bound float64) bool { return v >= -bound && v <= bound }

// distance is the great-circle distance on a sphere by the haversine formula
// (R. W. Sinnott, "Virtues of the Haversine", Sky and Telescope 68, 1984), which is
// exact enough for near points, too. The Earth is no sphere: it is off by up to
// 0.6 %. The conversions keep compilers from fusing operations, so that all
// machines agree.
func distance(lat1, lon1, lat2, lon2 float64) float64 {
	const radian = math.Pi / 180
	sinLat := math.Sin((lat2 - lat1) * radian / 2)
	sinLon := math.Sin((lon2 - lon1) * radian / 2)
	across := math.Cos(lat1*radian) * math.Cos(lat2*radian)
	h := float64(sinLat*sinLat) + float64(across*float64(sinLon*sinLon))
	return 2 * earthRadius * math.Asin(math.Sqrt(min(h, 1)))
}
