package peer

// The order of offers with the same priority is a hash of person, activity and
// offer, as proffer documents it: without it decisions could not be compared one
// by one.

func tieBase(person string, activityHash uint64) uint64 {
	return mix(mix(hashText(person)) ^ activityHash)
}

func tieOf(base, offerHash uint64) uint64 { return (base ^ offerHash) * 0x9e3779b97f4a7c15 }

// hashText is 64-bit FNV-1a, finished by mix.
func hashText(s string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return mix(h)
}

// mix is the finalizer of SplitMix64.
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
