package decisioning_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/proffer-go/proffer/capping"
	"github.com/proffer-go/proffer/collection"
	"github.com/proffer-go/proffer/constraint"
	"github.com/proffer-go/proffer/decisioning"
	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/placement"
	"github.com/proffer-go/proffer/profile"
)

// ward is a catalog to be spoilt: offers a to e, of which a and b are promos, b
// and c are loans, and d and e are picked one by one.
const ward = `{
  "placements": [{"id": "hero", "contentTypes": ["text/html"]}, {"id": "foot", "contentTypes": ["text/html"]}],
  "rules": [{"id": "adult", "expr": "profile.age >= 18"}, {"id": "member", "expr": "profile.member"}],
  "offers": [
    {"id": "a", "tags": ["promo"], "representations": [HERO, FOOT]},
    {"id": "b", "tags": ["promo", "loan"], "representations": [HERO], "rule": "adult"},
    {"id": "c", "tags": ["loan"], "representations": [HERO], "caps": [{"limit": 1, "per": "all", "placement": "foot"}]},
    {"id": "d", "representations": [HERO], "eligibility": "profile.age > 20"},
    {"id": "e", "representations": [HERO]}
  ],
  "fallbacks": [{"id": "f", "representations": [HERO]}, {"id": "g", "representations": [FOOT]}],
  "collections": [
    {"id": "promos", "anyTags": ["promo"]},
    {"id": "loans", "allTags": ["loan"], "rule": "member"},
    {"id": "picked", "offers": ["d", "e"]}
  ],
  "activities": [
    {"id": "home", "placement": "hero", "collection": "promos", "fallback": "f"},
    {"id": "side", "placement": "hero", "selections": [{"collection": "picked", "rule": "adult"}, {}], "optional": true},
    {"id": "low", "placement": "foot", "collection": "loans", "fallback": "g"}
  ],
  "policies": [{"id": "calm", "when": "profile.upset", "suppress": "loans"}],
  "contactPolicies": [{"id": "few", "collection": "promos", "limit": 3, "per": "profile", "placement": "hero"}]
}`

func wardText(tb testing.TB, oldnew ...string) []byte {
	tb.Helper()
	text := ward
	for _, p := range []string{"hero", "foot"} {
		text = strings.ReplaceAll(text, strings.ToUpper(p), `{"placement": "`+p+`", "components": [{"type": "text/html", "content": "`+p+`"}]}`)
	}
	for i := 0; i < len(oldnew); i += 2 {
		require.Equal(tb, 1, strings.Count(text, oldnew[i]), "occurrences of %s", oldnew[i])
		text = strings.Replace(text, oldnew[i], oldnew[i+1], 1)
	}
	return []byte(text)
}

func idsOf[T any, K ~string](list []T, id func(T) K) string {
	ids := make([]string, len(list))
	for i, e := range list {
		ids[i] = string(id(e))
	}
	return strings.Join(ids, " ")
}

func offersOf(c decisioning.Catalog) string {
	return idsOf(c.Offers, func(o offer.Offer) offer.ID { return o.ID })
}

func activitiesOf(c decisioning.Catalog) string {
	return idsOf(c.Activities, func(a decisioning.Activity) decisioning.ActivityID { return a.ID })
}

func collectionsOf(c decisioning.Catalog) string {
	return idsOf(c.Collections, func(c collection.Collection) collection.ID { return c.ID })
}

func TestQuarantineLeavesOutWhatIsFaultyAndWhatDependsOnIt(t *testing.T) {
	const (
		all           = "a b c d e"
		allActivities = "home side low"
	)
	for _, tt := range []struct {
		name, old, new     string
		offers, activities string // that survive
	}{
		{"nothing", `"id": "calm"`, `"id": "calm"`, all, allActivities},
		{"offer with a faulty cap", `"limit": 1, "per": "all"`, `"limit": 0, "per": "all"`, "a b d e", allActivities},
		{"offer with a faulty rule", `profile.age > 20`, `profil.age > 20`, "a b c e", allActivities},
		{"offer with an unknown field", `"eligibility": "profile`, `"elig": "profile`, "a b c e", allActivities},
		{"offer with a bad instant", `"eligibility": "profile`, `"end": "tomorrow", "eligibility": "profile`, "a b c e", allActivities},
		{"offer of a wrong type", `{"id": "e", "rep`, `5, {"id": "e", "rep`, all, allActivities},
		{"offers with one id", `{"id": "e", "rep`, `{"id": "d", "rep`, "a b c", allActivities},
		{"offer and fallback with one id", `{"id": "g"`, `{"id": "e"`, "a b c d", "home side"},
		{"id that is none", `{"id": "e", "rep`, `{"id": "e\u0000", "rep`, "a b c d", allActivities},

		{"rule", `profile.age >= 18`, `profile.age >=`, "a c d e", "home low"},
		{"rules with one id", `{"id": "member"`, `{"id": "adult"`, "a d e", "home"},
		{"rule of a binding collection", `"profile.member"`, `"5"`, "a d e", "home side"},
		{"placement", `{"id": "foot", "contentTypes": ["text/html"]}`, `{"id": "foot", "contentTypes": []}`, "a b d e", "home side"},
		{"placement of a contact policy", `{"id": "hero", "contentTypes": ["text/html"]}`, `{"id": "hero", "contentTypes": []}`, "c d e", "low"},

		{"collection that binds nothing", `"anyTags": ["promo"]`, `"anyTags": ["promo", "promo"]`, "c d e", "side low"}, // a contact policy stands on it
		{"list with a repeated member", `["d", "e"]`, `["d", "e", "d"]`, all, allActivities},
		{"list with an unknown member", `["d", "e"]`, `["d", "x"]`, all, allActivities},
		{"list with a member of a wrong type", `["d", "e"]`, `["d", 5]`, all, allActivities},
		{"list with a faulty rule", `"offers": ["d", "e"]`, `"offers": ["d", "e"], "suitability": "1"`, "a b c", "home low"},
		{"collection of two forms", `"anyTags": ["promo"]`, `"anyTags": ["promo"], "offers": ["e"]`, "c d", "side low"},
		{"collections with one id", `"id": "picked"`, `"id": "promos"`, "c", "low"},
		{"unbinding list of two forms", `"offers": ["d", "e"]`, `"offers": ["d", "e"], "allTags": ["loan"]`, all, "home low"},
		{"unbinding list with an unknown field that may be a rule", `"offers": ["d", "e"]`, `"offers": ["d", "e"], "unless": "x"`, "a b c", "home low"},
		{"collection without a form", `"offers": ["d", "e"]`, `"offers": []`, all, "home low"},

		{"policy", `"profile.upset"`, `"profil.upset"`, "a d e", allActivities},
		{"policy with an unknown field", `"id": "calm"`, `"id": "calm", "unless": "true"`, "a d e", allActivities},
		{"policy without an id", `"id": "calm", `, ``, "a d e", allActivities},
		{"contact policy", `"limit": 3`, `"limit": "3"`, "c d e", allActivities},

		{"activity", `"id": "home"`, `"id": "home", "count": 0`, all, "side low"},
		{"activities with one id", `"id": "home"`, `"id": "side"`, all, "low"},
		{"activity with an unknown collection", `{"collection": "picked"`, `{"collection": "pick"`, all, "home low"},
		{"fallback", `{"id": "f"`, `{"id": "f", "name": "f"`, all, "side low"},
		{"fallback's representation", `{"id": "f", "representations": [`, `{"id": "f", "representations": [{"placement": "hero"}, `, all, "side low"},
		{"fallback's other representation", `{"id": "f", "representations": [`, `{"id": "f", "representations": [{"placement": "food"}, `, all, allActivities},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, err := decisioning.CompileJSON(wardText(t, tt.old, tt.new), decisioning.Quarantine())
			require.NoError(t, err)
			assert.Equal(t, tt.offers, offersOf(s.Catalog()), "%v", s.Faults())
			assert.Equal(t, tt.activities, activitiesOf(s.Catalog()), "%v", s.Faults())
			assert.Equal(t, tt.old != tt.new, len(s.Faults()) > 0)
			if tt.old != tt.new {
				_, err = decisioning.CompileJSON(wardText(t, tt.old, tt.new))
				assert.Equal(t, s.Faults(), faultsOf(t, err), "strict mode refuses the catalog for the same")
			}
		})
	}
}

func TestQuarantineRefusesTheCatalogWhereItCannotTellWhatToLeaveOut(t *testing.T) {
	for _, tt := range []struct{ name, old, new string }{
		{"syntax error", `"id": "calm"`, `"id" "calm"`},
		{"text behind", `"placement": "hero"}]
}`, `"placement": "hero"}]
} x`},
		{"unknown section", `"contactPolicies": [`, `"limits": 5, "contactPolicies": [`},
		{"misspelt section", `"contactPolicies": [`, `"contactpolicies": [`},
		{"repeated section", `"contactPolicies": [`, `"policies": [], "contactPolicies": [`},
		{"section of a wrong type", `"contactPolicies": [`, `"contactPolicies": 5, "x": [`},
		{"policy on an unknown collection", `"suppress": "loans"`, `"suppress": "loan"`},
		{"policy without a collection", `, "suppress": "loans"`, ``},
		{"policy with two collections", `"suppress": "loans"`, `"suppress": "loans", "suppress": "promos"`},
		{"policy of a wrong type", `"policies": [`, `"policies": [5, `},
		{"contact policy on an unknown collection", `"collection": "promos", "limit"`, `"collection": "x", "limit"`},
		{"contact policy on a collection without a form", `"anyTags": ["promo"]`, `"anyTags": []`},
		{"contact policy on a collection with an unreadable form", `"anyTags": ["promo"]`, `"anyTags": "promo"`},
		{"contact policy on a collection with an unreadable tag", `"anyTags": ["promo"]`, `"anyTags": ["promo", 5]`},
		{"contact policy on a collection with a form given twice", `"anyTags": ["promo"]`, `"anyTags": ["promo"], "anyTags": ["loan"]`},
		{"binding collection without a form", `"offers": ["d", "e"]`, `"eligibility": "true"`},
		{"collection of a wrong type", `"collections": [`, `"collections": [5, `},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, err := decisioning.CompileJSON(wardText(t, tt.old, tt.new), decisioning.Quarantine())
			assert.Nil(t, s)
			assert.NotEmpty(t, faultsOf(t, err))
		})
	}
}

func TestFaultyRepresentationTakesOutOnlyItself(t *testing.T) {
	placements := func(o offer.Offer) string {
		return idsOf(o.Representations, func(r offer.Representation) placement.ID { return r.Placement })
	}
	for _, tt := range []struct{ name, old, new, want string }{
		{"content", `"content": "hero"}]}, {"placement": "foot"`, `"content": ""}]}, {"placement": "foot"`, "foot"},
		{"unknown field", `"content": "hero"}]}, {"placement": "foot"`, `"content": "hero"}], "when": 1}, {"placement": "foot"`, "foot"},
		{"placement is out", `{"id": "foot", "contentTypes": ["text/html"]}`, `{"id": "foot", "contentTypes": ["html"]}`, "hero"},
		{"two for one placement", `"content": "hero"}]}, {"placement": "foot"`, `"content": "hero"}]}, {"placement": "hero"`, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, err := decisioning.CompileJSON(wardText(t, tt.old, tt.new), decisioning.Quarantine())
			require.NoError(t, err)
			assert.Equal(t, offer.ID("a"), s.Catalog().Offers[0].ID)
			assert.Equal(t, tt.want, placements(s.Catalog().Offers[0]))
		})
	}
}

func TestExplicitListLosesOnlyItsFaultyMembers(t *testing.T) {
	for _, tt := range []struct {
		name, old, new string
		want           []offer.ID
	}{
		{"unknown", `["d", "e"]`, `["x", "d", "e"]`, []offer.ID{"d", "e"}},
		{"repeated", `["d", "e"]`, `["d", "e", "d"]`, []offer.ID{"d", "e"}},
		{"out", `profile.age > 20`, `profil.age > 20`, []offer.ID{"e"}},
		{"all", `["d", "e"]`, `["x", 5]`, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, err := decisioning.CompileJSON(wardText(t, tt.old, tt.new), decisioning.Quarantine())
			require.NoError(t, err)
			c := s.Catalog()
			assert.Equal(t, "promos loans picked", collectionsOf(c))
			assert.Equal(t, tt.want, c.Collections[2].Offers)
			for i := range c.Offers {
				assert.Equal(t, slices.Contains(tt.want, c.Offers[i].ID), c.Collections[2].Selects(&c.Offers[i]))
			}
		})
	}
}

func TestQuarantinedActivityAnswersNoneAndDisturbsNoOther(t *testing.T) {
	s, err := decisioning.CompileJSON(wardText(t, `"id": "home"`, `"id": "home", "count": 0`), decisioning.Quarantine())
	require.NoError(t, err)
	e, err := decisioning.New(decisioning.Config{})
	require.NoError(t, err)
	require.NoError(t, e.Publish(s))
	d, err := e.Decide(t.Context(), decisioning.Request{
		ID: "r", At: noon, Profile: profile.JSON([]byte(`{"age": 30}`)), Activities: []decisioning.ActivityID{"home", "low"},
	})
	require.NoError(t, err)
	assert.Equal(t, decisioning.ProposesNone, d.Propositions[0].Kind)
	assert.Equal(t, decisioning.Quarantined, d.Propositions[0].Reason)
	assert.Equal(t, decisioning.ProposesFallback, d.Propositions[1].Kind)
}

// Whatever is broken, what survives is bound by all that bound it before: every
// surviving offer stands as it was, and every policy, contact policy and
// collection with rules over it survives too.
func TestQuarantineNeverLoosens(t *testing.T) {
	text := wardText(t)
	sound, err := decisioning.ParseCatalog(text)
	require.NoError(t, err)
	rapid.Check(t, func(t *rapid.T) {
		c, err := decisioning.ParseCatalog(text)
		if err != nil {
			t.Fatal(err)
		}
		breaks := breakages(&c)
		for range rapid.IntRange(1, 4).Draw(t, "mistakes") {
			breaks[rapid.IntRange(0, len(breaks)-1).Draw(t, "mistake")]()
		}
		s, err := decisioning.Compile(c, decisioning.Quarantine())
		if err != nil {
			return // refused: nothing is loosened
		}
		left := s.Catalog()
		for _, o := range left.Offers {
			i := slices.IndexFunc(sound.Offers, func(before offer.Offer) bool { return before.ID == o.ID })
			if i < 0 {
				t.Fatalf("offer %s was made up", o.ID)
			}
			before := sound.Offers[i]
			if o.Rule != before.Rule || o.Eligibility != before.Eligibility || !slices.Equal(o.Caps, before.Caps) || !o.End.Equal(before.End) {
				t.Fatalf("offer %s survives changed", o.ID)
			}
			for _, limiter := range limiters(sound, &before) {
				if !slices.Contains(limiters(left, &o), limiter) {
					t.Fatalf("offer %s has lost %s\n%v", o.ID, limiter, s.Faults())
				}
			}
		}
		if _, err := decisioning.Compile(withoutEmptyLists(left)); err != nil {
			t.Fatalf("what survives is faulty: %v", err)
		}
	})
}

// limiters names what binds the offer from outside.
func limiters(c decisioning.Catalog, o *offer.Offer) (names []string) {
	of := func(id collection.ID) bool {
		return slices.ContainsFunc(c.Collections, func(c collection.Collection) bool { return c.ID == id && c.Selects(o) })
	}
	for _, p := range c.Policies {
		if of(p.Suppress) {
			names = append(names, fmt.Sprintf("policy %+v", p))
		}
	}
	for _, p := range c.ContactPolicies {
		if of(p.Collection) {
			names = append(names, fmt.Sprintf("contact policy %+v", p))
		}
	}
	for _, x := range c.Collections {
		if x.Binds() && x.Selects(o) {
			names = append(names, fmt.Sprintf("collection %s: %s %s %s %s", x.ID, x.Rule, x.Eligibility, x.Applicability, x.Suitability))
		}
	}
	return names
}

func withoutEmptyLists(c decisioning.Catalog) decisioning.Catalog {
	var used []collection.Collection
	for _, x := range c.Collections {
		if len(x.AnyTags)+len(x.AllTags)+len(x.Offers) == 0 {
			x.Offers, x.AnyTags = nil, []offer.Tag{"nothing"}
		}
		used = append(used, x)
	}
	c.Collections = used
	return c
}

// breakages are ways to make an entity of the ward faulty.
func breakages(c *decisioning.Catalog) []func() {
	var all []func()
	for i := range c.Placements {
		all = append(all, func() { c.Placements[i].ContentTypes = nil }, func() { c.Placements[i].ID = c.Placements[0].ID })
	}
	for i := range c.Rules {
		all = append(all, func() { c.Rules[i].Expr = "1" }, func() { c.Rules[i].ID = "" })
	}
	for i := range c.Offers {
		o := &c.Offers[i]
		all = append(all,
			func() { o.Caps = append(o.Caps, offer.Cap{Limit: 0, Per: offer.PerAll}) },
			func() { o.Representations[0].Components = nil },
			func() { o.ID = c.Offers[0].ID }, // never the first itself: else an id might change hands
			func() { o.Rule = "unknown" })
	}
	for i := range c.Fallbacks {
		all = append(all, func() { c.Fallbacks[i].Representations[0].Placement = "x" })
	}
	for i := range c.Collections {
		x := &c.Collections[i]
		all = append(all,
			func() { x.Eligibility = "1" },
			func() { x.AnyTags, x.AllTags, x.Offers = nil, nil, nil },
			func() {
				if len(x.AnyTags)+len(x.AllTags)+len(x.Offers) > 0 { // else it would be another collection, without a fault
					x.AnyTags = append(x.AnyTags, "loan")
				}
			},
			func() { x.ID = c.Collections[0].ID })
	}
	for i := range c.Activities {
		all = append(all, func() { c.Activities[i].Count = 31 }, func() { c.Activities[i].Placement = "x" })
	}
	return append(all,
		func() { c.Policies[0].When = "1" },
		func() { c.Policies[0].OnError = constraint.OnError("x") },
		func() { c.ContactPolicies[0].Per = offer.Per("x") },
		func() {
			c.ContactPolicies = append(c.ContactPolicies, capping.ContactPolicy{ID: "few", Collection: "picked", Limit: 1, Per: offer.PerAll})
		},
	)
}
