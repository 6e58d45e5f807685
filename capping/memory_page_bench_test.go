//go:build unix

package capping_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/proffer-go/proffer/capping"
	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/placement"
	"github.com/proffer-go/proffer/profile"
)

// A page is a decision as an engine makes it: of 30 activities six propose offers under a limit, which it
// reads first.
type page struct {
	keys []capping.Key
	r    capping.Reservation
}

// pages returns decisions whose activities and offers are the same strings.
func pages(n int) []page {
	rng := rand.New(rand.NewPCG(1, 2))
	var items [30]capping.Item
	for i := range items {
		items[i].Activity = offer.ActivityID(fmt.Sprint("activity-", i))
		items[i].Placement = placement.ID(fmt.Sprint("placement-", i))
	}
	var offers [400]offer.ID
	for i := range offers {
		offers[i] = offer.ID(fmt.Sprint("offer-", i))
	}
	all := make([]page, n)
	for i := range all {
		p := &all[i]
		p.r.Attempt = capping.Attempt{ID: fmt.Sprint("request-", i), At: noon}
		for k, item := range items {
			o := rng.IntN(80)
			item.Offer = offers[80+4*o+k%4]
			if k%5 == 0 {
				item.Offer = offers[o]
				l := capping.Limit{Key: limitedBy(o, item.Offer), Max: 1 << 40}
				item.Limits, p.keys = []capping.Limit{l}, append(p.keys, l.Key)
			}
			p.r.Items = append(p.r.Items, item)
		}
	}
	return all
}

// of makes it the page of the profile.
func (p *page) of(id profile.ID) {
	p.r.Profile = id
	for i := range p.keys {
		if p.keys[i].Profile != "" {
			p.keys[i].Profile = id
			p.r.Items[5*i].Limits[0].Key.Profile = id
		}
	}
}

// limitedBy returns the key of the offer's limit, in one of four forms.
func limitedBy(form int, o offer.ID) capping.Key {
	k := capping.Key{Offer: o, Profile: "anybody"}
	day := offer.Window{Every: offer.Day, Timezone: "Europe/Berlin"}
	switch form % 4 {
	case 0: // for ever
	case 1:
		k.Window, k.Start, k.End = day, noon.Unix()-43200, noon.Unix()+43200
	case 2:
		k.Profile, k.Window, k.Start, k.End = "", day, noon.Unix()-43200, noon.Unix()+43200
	case 3:
		k.Window.Rolling = 168 * time.Hour
	}
	return k
}

// BenchmarkMemoryPage reads and reserves what a page takes, for one profile after the other. Records
// are forgotten before their decision comes again.
func BenchmarkMemoryPage(b *testing.B) {
	for _, part := range []struct {
		name           string
		reads, reserve bool
	}{{"Usage", true, false}, {"Reserve", false, true}, {"both", true, true}} {
		b.Run(part.name, func(b *testing.B) {
			all, people := pages(512), make([]profile.ID, 2_000)
			for i := range people {
				people[i] = profile.ID(fmt.Sprint("person-", i))
			}
			now := noon
			m := capping.NewMemory(capping.MemoryConfig{Retention: time.Millisecond, Now: func() time.Time { return now }})
			dst := make([]int64, 0, len(all[0].keys))
			b.ReportAllocs()
			start, n := cpuTime(b), 0
			for b.Loop() {
				p := &all[n%len(all)]
				p.of(people[n%len(people)])
				n++
				now = now.Add(20 * time.Microsecond)
				if part.reads {
					if _, err := m.Usage(b.Context(), p.r.Attempt, p.keys, dst); err != nil {
						b.Fatal(err)
					}
				}
				if part.reserve {
					if g, err := m.Reserve(b.Context(), p.r); err != nil || !g.Granted() {
						b.Fatal(g, err)
					}
				}
			}
			reportCPU(b, start, n, "decision")
		})
	}
}
