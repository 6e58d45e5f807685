package decisioning

import "github.com/proffer-go/proffer/offer"

// TieHash is the hash that orders tied offers: the contract promises what it
// depends on, not its value.
func TieHash(seed uint64, person string, activity ActivityID, o offer.ID) uint64 {
	return tieHash(seed, person, activity, o)
}
