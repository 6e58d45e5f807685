package decisioning

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math/bits"

	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/placement"
)

// contentOf returns the sum of the hashes of all that a snapshot decides by but the
// offers, each entity with its defaults filled in. The order of the entities does not
// matter, and a change of one is told from its old and its new hash.
func contentOf(c *Catalog, quarantined map[ActivityID]placement.ID, workers int) digest {
	sum := digestAll(workers, "placement", c.Placements, content.placement)
	for _, section := range []digest{
		digestAll(workers, "rule", c.Rules, content.rule),
		digestAll(workers, "fallback", c.Fallbacks, content.fallback),
		digestAll(workers, "collection", c.Collections, content.collection),
		digestAll(workers, "activity", c.Activities, content.activity),
		digestAll(workers, "policy", c.Policies, content.policy),
		digestAll(workers, "contact policy", c.ContactPolicies, content.contactPolicy),
	} {
		sum.add(section)
	}
	for id, p := range quarantined {
		entity := kindOf(nil, "quarantined")
		entity = addText(entity, id)
		entity = addText(entity, p)
		sum.add(entity.digest())
	}
	return sum
}

// A digester adds up the hashes of entities.
type digester struct {
	sum    digest
	entity content // room for the one in work
}

// digestAll returns the sum of the hashes of the entities of a kind.
func digestAll[T any](workers int, kind string, entities []T, write func(content, *T) content) digest {
	var sum digest
	for _, d := range spread(workers, len(entities), func() *digester { return &digester{} }, func(d *digester, from, to int) {
		for i := range entities[from:to] {
			d.entity = write(kindOf(d.entity[:0], kind), &entities[from+i])
			d.sum.add(d.entity.digest())
		}
	}) {
		sum.add(d.sum)
	}
	return sum
}

// offer adds the hash of an offer of a checked catalog.
func (d *digester) offer(o *offer.Offer) {
	d.entity = kindOf(d.entity[:0], "offer").offer(o)
	d.sum.add(d.entity.digest())
}

// offerDigest returns the hash of an offer of a checked catalog.
func offerDigest(o *offer.Offer) digest {
	d := digester{entity: make(content, 0, 1<<10)}
	d.offer(o)
	return d.sum
}

// kindOf begins the content of an entity, so that those of different kinds differ.
func kindOf(c content, kind string) content {
	return addText(c, kind)
}

// A digest is a sum of hashes, modulo 2^256.
type digest [sha256.Size / 8]uint64

// digest returns the hash of the content.
func (c content) digest() digest {
	hash := sha256.Sum256(c)
	var d digest
	for i := range d {
		d[i] = binary.LittleEndian.Uint64(hash[8*i:])
	}
	return d
}

func (d *digest) add(e digest) {
	var carry uint64
	for i := range d {
		d[i], carry = bits.Add64(d[i], e[i], carry)
	}
}

// sub takes away what was added.
func (d *digest) sub(e digest) {
	var borrow uint64
	for i := range d {
		d[i], borrow = bits.Sub64(d[i], e[i], borrow)
	}
}

// String returns half of the hash of the sum: the version of what was added up.
func (d digest) String() string {
	var sum []byte
	for _, word := range d {
		sum = binary.LittleEndian.AppendUint64(sum, word)
	}
	hash := sha256.Sum256(sum)
	return hex.EncodeToString(hash[:sha256.Size/2])
}
