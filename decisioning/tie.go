package decisioning

import "github.com/proffer-go/proffer/offer"

// tieHash orders offers that are equal in tier and score: the least hash comes
// first. It depends on the person, the activity and the offer alone, so that the
// order of two offers is stable for a person, even over all people, and not
// disturbed by other offers. It is the same on every machine.
func tieHash(seed uint64, person string, a ActivityID, o offer.ID) uint64 {
	return tieOf(mix(tieBase(seed, person)^hashText(string(a))), hashText(string(o)))
}

// tieBase is the part of the hash that all activities share. Mixed with the hash of an
// activity it is what all offers there share.
func tieBase(seed uint64, person string) uint64 { return mix(seed ^ hashText(person)) }

// tieOf is a multiplication (Knuth, The Art of Computer Programming 3, 6.4), which is enough for an order: both are mixed already,
// and hashes are compared from their high bits on, which depend on all. Of one base different hashes stay different.
func tieOf(base, offerHash uint64) uint64 { return (base ^ offerHash) * 0x9e3779b97f4a7c15 }

// hashText is 64-bit FNV-1a, finished by mix because FNV's low bits are weak.
func hashText(s string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return mix(h)
}

// mix is the finalizer of SplitMix64 (Steele, Lea, Flood: Fast Splittable
// Pseudorandom Number Generators, 2014): every bit of x reaches every bit of the
// result, and different x stay different.
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
