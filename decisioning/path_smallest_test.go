package decisioning_test

import (
	"slices"
	"strings"

	"github.com/proffer-go/proffer/decisioning"
	"github.com/proffer-go/proffer/offer"
)

// smallest takes out of the scenario what can go without that it stops failing, and
// returns why it fails then. It gives up after so many tries.
func smallest(s scenario, why string) string {
	tries := new(200)
	for {
		before := s.size()
		s, why = shrunk(tries, s, why, func(s *scenario) *[]step { return &s.Steps })
		s, why = shrunk(tries, s, why, func(s *scenario) *[]offer.Offer { return &s.Catalog.Offers })
		s, why = shrunk(tries, s, why, func(s *scenario) *[]decisioning.Activity { return &s.Catalog.Activities })
		for i := range s.Catalog.Activities {
			s, why = shrunk(tries, s, why, func(s *scenario) *[]decisioning.Selection { return &s.Catalog.Activities[i].Selections })
		}
		s, why = shrunkAll(tries, s, why)
		if s.size() == before {
			return why
		}
	}
}

func (s *scenario) size() int { return len(s.String()) }

// shrunkAll tries to do without the simple lists, and without parts of offers.
func shrunkAll(tries *int, s scenario, why string) (scenario, string) {
	for _, simpler := range []func(*scenario){
		func(s *scenario) { s.Catalog.Policies = nil },
		func(s *scenario) {
			s.Catalog.ContactPolicies = s.Catalog.ContactPolicies[:len(s.Catalog.ContactPolicies)/2]
		},
		func(s *scenario) {
			s.Catalog.ContactPolicies = s.Catalog.ContactPolicies[min(1, len(s.Catalog.ContactPolicies)):]
		},
		func(s *scenario) { s.Setup = setup{Sequential: s.Setup.Sequential} },
		func(s *scenario) { s.Setup.Model, s.Setup.Capper = false, false },
		offersWithout(func(o *offer.Offer) { o.Caps = nil }),
		offersWithout(func(o *offer.Offer) { o.Rule, o.Eligibility, o.Applicability, o.Suitability = "", "", "", "" }),
		offersWithout(func(o *offer.Offer) { o.Acceptance, o.Attributes, o.Name, o.Value, o.Cost = "", nil, "", 0, 0 }),
	} {
		if t, w, ok := simplified(tries, s, why, simpler); ok {
			s, why = t, w
		}
	}
	return s, why
}

func offersWithout(change func(*offer.Offer)) func(*scenario) {
	return func(s *scenario) {
		s.Catalog.Offers = slices.Clone(s.Catalog.Offers)
		for i := range s.Catalog.Offers {
			change(&s.Catalog.Offers[i])
		}
	}
}

// simplified makes the scenario simpler, if it fails then, too.
func simplified(tries *int, s scenario, why string, simpler func(*scenario)) (scenario, string, bool) {
	if *tries--; *tries < 0 {
		return s, why, false
	}
	simpler(&s)
	s.mend()
	_, _, now := verdict(s)
	kind := func(why string) bool {
		return strings.Contains(why, "a sound catalog") || strings.Contains(why, "Decide: ")
	}
	return s, now, now != "" && kind(now) == kind(why)
}

// shrunk takes out pieces of a list, first large ones.
func shrunk[T any](tries *int, s scenario, why string, list func(*scenario) *[]T) (scenario, string) {
	for size := (len(*list(&s)) + 1) / 2; size > 0; size /= 2 {
		for from := 0; from < len(*list(&s)); {
			t, w, ok := simplified(tries, s, why, func(s *scenario) {
				s.Catalog.Activities = slices.Clone(s.Catalog.Activities)
				all := list(s)
				*all = slices.Concat((*all)[:from], (*all)[min(from+size, len(*all)):])
			})
			if ok {
				s, why = t, w
			} else {
				from += size
			}
		}
	}
	return s, why
}

// mend takes out what names what is not there any more.
func (s *scenario) mend() {
	offers, activities := map[offer.ID]bool{}, map[decisioning.ActivityID]bool{}
	for _, o := range s.Catalog.Offers {
		offers[o.ID] = true
	}
	for _, a := range s.Catalog.Activities {
		activities[a.ID] = true
	}
	s.Catalog.Collections = slices.Clone(s.Catalog.Collections)
	for i := range s.Catalog.Collections {
		c := &s.Catalog.Collections[i]
		c.Offers = slices.DeleteFunc(slices.Clone(c.Offers), func(id offer.ID) bool { return !offers[id] })
	}
	s.Steps = slices.Clone(s.Steps)
	for i := range s.Steps {
		if ask := s.Steps[i].Ask; ask != nil {
			own := *ask
			own.Activities = slices.DeleteFunc(slices.Clone(own.Activities), func(id decisioning.ActivityID) bool { return !activities[id] })
			own.Exclude = slices.DeleteFunc(slices.Clone(own.Exclude), func(id offer.ID) bool { return !offers[id] })
			s.Steps[i].Ask = &own
		}
	}
}
