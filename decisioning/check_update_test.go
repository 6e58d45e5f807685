package decisioning

import (
	"errors"
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proffer-go/proffer/constraint"
	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/placement"
)

// base is a catalog without offers.
func base() Catalog {
	return Catalog{
		Placements: []placement.Placement{{ID: "hero", ContentTypes: []string{"image/*"}}, {ID: "mail", ContentTypes: []string{"text/html"}}},
		Rules:      []constraint.Rule{{ID: "adult", Expr: "profile.age >= 18"}},
		Fallbacks:  []offer.Fallback{{ID: "hello", Representations: content1("hero", "image/png")}},
	}
}

func content1(p placement.ID, mediaType string) []offer.Representation {
	return []offer.Representation{{Placement: p, Components: []offer.Component{{Type: mediaType, Languages: []string{"en"}, URL: "https://example.com"}}}}
}

func checksOf(tb testing.TB, c Catalog) *offerChecks {
	tb.Helper()
	k, err := newChecker(&c, readCatalog([]byte("{}"), &Catalog{}), nil)
	require.NoError(tb, err)
	k.check()
	require.Empty(tb, k.faults)
	return newOfferChecks(&c, k.compiler, k.schedules)
}

// promo is an offer with something of everything.
func promo() offer.Offer {
	return offer.Offer{
		ID: "promo", Name: "Promo", Status: offer.Approved, Tags: []offer.Tag{"a", "b"},
		Representations: append(content1("hero", "image/png"), content1("mail", "text/html")...),
		Start:           time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), End: time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC),
		Rule: "adult", Eligibility: "profile.tier == 'gold'",
		Caps:     []offer.Cap{{Limit: 3, Per: offer.PerProfile, Window: offer.Window{Every: offer.Day}}},
		Priority: 10, Value: 2.5, Acceptance: "0.5", Attributes: map[string]any{"brand": "blue", "margin": 0.4},
	}
}

func TestCheckOfOneOfferSaysWhatCompilingTheCatalogSays(t *testing.T) {
	checks := checksOf(t, base())
	for name, spoil := range map[string]func(o *offer.Offer){
		"nothing":              func(*offer.Offer) {},
		"status":               func(o *offer.Offer) { o.Status = "aproved" },
		"kind":                 func(o *offer.Offer) { o.Kind = "letter" },
		"no id":                func(o *offer.Offer) { o.ID = "" },
		"control character":    func(o *offer.Offer) { o.ID = "a\x00b" },
		"repeated tag":         func(o *offer.Offer) { o.Tags = []offer.Tag{"a", "b", "a", ""} },
		"unknown placement":    func(o *offer.Offer) { o.Representations[0].Placement = "hera" },
		"repeated placement":   func(o *offer.Offer) { o.Representations[1].Placement = "hero" },
		"media type":           func(o *offer.Offer) { o.Representations[0].Components[0].Type = "text/html" },
		"no components":        func(o *offer.Offer) { o.Representations[0].Components = nil },
		"content and url":      func(o *offer.Offer) { o.Representations[0].Components[0].Content = "x" },
		"empty language":       func(o *offer.Offer) { o.Representations[1].Components[0].Languages = []string{"en", ""} },
		"calendar":             func(o *offer.Offer) { o.End = o.Start },
		"year":                 func(o *offer.Offer) { o.End = time.Date(10_000, 1, 1, 0, 0, 0, 0, time.UTC) },
		"unknown rule":         func(o *offer.Offer) { o.Rule = "adlt" },
		"expression":           func(o *offer.Offer) { o.Suitability = "profil.x" },
		"several expressions":  func(o *offer.Offer) { o.Eligibility, o.Acceptance = "1 +", "offer.x" },
		"cap":                  func(o *offer.Offer) { o.Caps[0] = offer.Cap{Per: "person"} },
		"caps of one identity": func(o *offer.Offer) { o.Caps = append(o.Caps, o.Caps[0]) },
		"window":               func(o *offer.Offer) { o.Caps[0].Window = offer.Window{Every: "year", Rolling: -1} },
		"zone":                 func(o *offer.Offer) { o.Caps[0].Window.Timezone = "Mars" },
		"priority":             func(o *offer.Offer) { o.Priority = -1 },
		"value":                func(o *offer.Offer) { o.Value = math.NaN() },
		"not UTF-8":            func(o *offer.Offer) { o.Name, o.Tags[0] = "\xff", "\xfe" },
		"attribute":            func(o *offer.Offer) { o.Attributes["f"] = func() {} },
		"nested attribute":     func(o *offer.Offer) { o.Attributes["l"] = []any{1, map[string]any{"x": math.Inf(1)}} },
	} {
		t.Run(name, func(t *testing.T) {
			o := promo()
			spoil(&o)
			c := base()
			c.Offers = []offer.Offer{o}
			_, err := Compile(c)
			want, _ := errors.AsType[Faults](err)
			own, got := checks.offer(&o)
			require.Len(t, got, len(want))
			for i := range got {
				assert.Equal(t, want[i].Err, got[i].Err)
				whole := "offers[0]"
				if o.ID == promo().ID {
					whole += "(promo)"
				}
				assert.Equal(t, want[i].Path[len(whole):], got[i].Path[len(got[i].Path)-len(want[i].Path)+len(whole):])
				assert.Regexp(t, `^offers(\(promo\))?\.`, got[i].Path+".")
			}
			if len(got) == 0 {
				s, err := Compile(c)
				require.NoError(t, err)
				assert.Equal(t, s.Catalog().Offers[0], own)
			}
		})
	}
}

func TestOfferMayNotTakeTheIDOfAFallback(t *testing.T) {
	o := promo()
	o.ID = "hello"
	_, faults := checksOf(t, base()).offer(&o)
	require.Len(t, faults, 1)
	assert.EqualError(t, faults[0], "offers(hello).id: is the id of fallbacks[0] too: ids are unique")
}

func TestCheckOfOneOfferAllocatesOnlyItsCopy(t *testing.T) {
	checks, o := checksOf(t, base()), promo()
	o.Attributes = nil
	_, faults := checks.offer(&o)
	require.Empty(t, faults)
	// Tags, representations, components, languages, caps; the copy itself; the
	// expressions held meanwhile.
	assert.LessOrEqual(t, testing.AllocsPerRun(100, func() { _, _ = checks.offer(&o) }), 9.0)
}

func BenchmarkCheckOffer(b *testing.B) {
	c := base()
	for i := range 10_000 {
		c.Rules = append(c.Rules, constraint.Rule{ID: offer.RuleID(fmt.Sprint("rule-", i)), Expr: "true"})
	}
	checks, o := checksOf(b, c), promo()
	b.ReportAllocs()
	for b.Loop() {
		if _, faults := checks.offer(&o); faults != nil {
			b.Fatal(faults)
		}
	}
}
