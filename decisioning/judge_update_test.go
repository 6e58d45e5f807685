package decisioning_test

import (
	"math/rand/v2"

	"github.com/proffer-go/proffer/decisioning"
	"github.com/proffer-go/proffer/offer"
)

// updated returns a snapshot of the player's catalog that came about by changes of
// one with other offers.
func (p *player) updated(whole *decisioning.Snapshot) *decisioning.Snapshot {
	offers := p.s.Catalog.Offers
	rng := rand.New(rand.NewPCG(uint64(len(offers)), uint64(p.step)))
	changes, start, listed := p.churn(rng, len(offers)/4+1), p.s.Catalog, p.listed()
	start.Offers = nil
	for i := range offers {
		o := offers[i]
		switch rng.IntN(4) {
		case 0:
			o = offers[rng.IntN(len(offers))]
			o.ID = offers[i].ID
			changes = append(changes, decisioning.Change{Put: &offers[i]})
		case 1:
			changes = append(changes, decisioning.Change{Put: &offers[i]})
			if !listed[o.ID] {
				continue
			}
		case 2:
			extra := o
			extra.ID = "extra " + o.ID
			start.Offers = append(start.Offers, extra)
			changes = append(changes, decisioning.Change{Remove: extra.ID})
		}
		start.Offers = append(start.Offers, o)
	}
	snapshot := p.compile(start)
	for len(changes) > 0 {
		n := 1 + rng.IntN(len(changes))
		next, err := snapshot.With(changes[:n]...)
		if err != nil {
			p.failf("With: %v", err)
		}
		snapshot, changes = next, changes[n:]
	}
	if snapshot.Version() != whole.Version() {
		p.failf("changed into version %s, compiled %s", snapshot.Version(), whole.Version())
	}
	return snapshot
}

// churn returns changes that leave the offers as they are: some get what others have,
// some are removed unless a collection lists them, and all are put back.
func (p *player) churn(rng *rand.Rand, n int) (changes []decisioning.Change) {
	offers, listed := p.s.Catalog.Offers, p.listed()
	var back []decisioning.Change
	for range n {
		o, other := &offers[rng.IntN(len(offers))], offers[rng.IntN(len(offers))]
		if other.ID = o.ID; rng.IntN(2) == 0 && !listed[o.ID] {
			changes = append(changes, decisioning.Change{Remove: o.ID})
		} else {
			changes = append(changes, decisioning.Change{Put: &other})
		}
		back = append(back, decisioning.Change{Put: o})
	}
	return append(changes, back...)
}

// listed are the offers that collections list: they cannot be removed.
func (p *player) listed() map[offer.ID]bool {
	listed := map[offer.ID]bool{}
	for _, c := range p.s.Catalog.Collections {
		for _, id := range c.Offers {
			listed[id] = true
		}
	}
	return listed
}

// stir changes the inventory of the twin, and changes it back.
func (p *player) stir(t *twin) {
	if p.s.Faults.any() {
		return // each change compiles all
	}
	changes := p.churn(rand.New(rand.NewPCG(uint64(p.step), 1)), 3)
	for _, part := range [][]decisioning.Change{changes[:2], changes[2:]} {
		if err := t.engine.Update(part...); err != nil {
			p.failf("%s: Update: %v", t, err)
		}
	}
	if got := t.engine.Snapshot().Version(); got != t.version {
		p.failf("%s: version %s after changes that change nothing, before %s", t, got, t.version)
	}
}
