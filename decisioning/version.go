package decisioning

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"math/bits"

	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/placement"
)

// version returns a hash of what a snapshot decides by, 32 hexadecimal digits.
// Each entity is hashed with its defaults filled in, and the hashes are added up,
// so that the order of the entities does not matter.
func version(c *Catalog, quarantined map[ActivityID]placement.ID) string {
	var sum digest
	addAll(&sum, "placement", c.Placements, nil)
	addAll(&sum, "rule", c.Rules, nil)
	addAll(&sum, "offer", c.Offers, normalOffer)
	addAll(&sum, "fallback", c.Fallbacks, nil)
	addAll(&sum, "collection", c.Collections, nil)
	addAll(&sum, "activity", c.Activities, normalActivity)
	addAll(&sum, "policy", c.Policies, nil)
	for _, p := range c.ContactPolicies {
		p.Window = p.Window.Normal()
		sum.add("contact policy", p)
	}
	for id, p := range quarantined {
		sum.add("quarantined", []string{string(id), string(p)})
	}
	return sum.String()
}

func addAll[T any](sum *digest, kind string, entities []T, normal func(*T)) {
	for _, e := range entities {
		if normal != nil {
			normal(&e)
		}
		sum.add(kind, e)
	}
}

func normalOffer(o *offer.Offer) {
	if o.Status == "" {
		o.Status = offer.Draft
	}
	if o.Kind == "" {
		o.Kind = offer.Promotion
	}
	caps := make([]offer.Cap, len(o.Caps))
	for i, c := range o.Caps {
		c.Window = c.Window.Normal()
		caps[i] = c
	}
	o.Caps = caps
}

func normalActivity(a *Activity) {
	if a.Count == 0 {
		a.Count = 1
	}
	if a.Weight == 0 {
		a.Weight = 1
	}
	if a.Collection != "" {
		a.Collection, a.Selections = "", []Selection{{Collection: a.Collection}}
	}
}

// A digest is a sum of hashes, modulo 2^256.
type digest [sha256.Size / 8]uint64

// add adds the hash of an entity, which has a JSON form.
func (d *digest) add(kind string, entity any) {
	text, err := json.Marshal(entity)
	if err != nil {
		panic("decisioning: a checked " + kind + " has no JSON form: " + err.Error())
	}
	hash := sha256.Sum256(append([]byte(kind+"\x00"), text...))
	var carry uint64
	for i := range d {
		d[i], carry = bits.Add64(d[i], binary.LittleEndian.Uint64(hash[8*i:]), carry)
	}
}

// String returns half of the hash of the sum.
func (d *digest) String() string {
	var sum []byte
	for _, word := range d {
		sum = binary.LittleEndian.AppendUint64(sum, word)
	}
	hash := sha256.Sum256(sum)
	return hex.EncodeToString(hash[:sha256.Size/2])
}
