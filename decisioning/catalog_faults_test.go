package decisioning_test

import (
	_ "embed"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proffer-go/proffer/decisioning"
)

// contract is the example of the contract: every feature of a catalog, no fault.
//
//go:embed testdata/contract.json
var contract string

// edited returns the contract's catalog with each old text replaced, which has to
// stand in it once.
func edited(tb testing.TB, oldnew ...string) []byte {
	tb.Helper()
	text := contract
	for i := 0; i < len(oldnew); i += 2 {
		require.Equal(tb, 1, strings.Count(text, oldnew[i]), "occurrences of %s", oldnew[i])
		text = strings.Replace(text, oldnew[i], oldnew[i+1], 1)
	}
	return []byte(text)
}

func faultsOf(tb testing.TB, err error) decisioning.Faults {
	tb.Helper()
	faults, ok := errors.AsType[decisioning.Faults](err)
	require.True(tb, ok || err == nil, "%v", err)
	return faults
}

func TestTheContractsExampleCompiles(t *testing.T) {
	s, err := decisioning.CompileJSON([]byte(contract))
	require.NoError(t, err)
	assert.Len(t, s.Version(), 32)
	assert.Empty(t, s.Faults())
}

// Each case makes one mistake, and exactly that is reported.
func TestEachMistakeIsOneFault(t *testing.T) {
	for _, tt := range []struct {
		name, old, new string
		path, message  string
	}{
		{"unknown field", `"channel": "web"`, `"medium": "web"`, "placements[0](hero).medium", "unknown field: want one of id, name, channel"},
		{"misspelt field", `"eligibility": "profile.tier in`, `"eligibilty": "profile.tier in`, "offers[0](card-upgrade).eligibilty", `did you mean "eligibility"?`},
		{"misspelt required field", `"expr":`, `"Expr":`, "rules[0](adult).Expr", `did you mean "expr"?`},
		{"misspelt section", `"collections": [`, `"colections": [`, "colections", `did you mean "collections"?`},
		{"repeated key", `"priority": 10,`, `"priority": 10, "priority": 10,`, "offers[0](card-upgrade).priority", "given twice"},
		{"repeated section", `"rules":       [`, `"rules": [], "rules": [`, "rules", "given twice"},
		{"null", `"cost": 1.5`, `"cost": null`, "offers[0](card-upgrade).cost", "is null, want a number"},
		{"text for a number", `"priority": 10,`, `"priority": "10",`, "offers[0](card-upgrade).priority", "is a string, want a number"},
		{"wrong type of a reference", `"collection": "promos", "fallback"`, `"collection": 5, "fallback"`, "activities[0](home).collection", "is a number, want a string"},
		{"wrong type in a list", `"tags": ["promo", "cards"]`, `"tags": ["promo", "cards", 5]`, "offers[0](card-upgrade).tags[2]", "is a number, want a string"},
		{"entity of a wrong type", `"rules":       [`, `"rules": ["x", `, "rules[0]", "is a string, want an object"},

		{"missing id", `{"id": "promo-pressure", `, `{`, "contactPolicies[0].id", "is missing"},
		{"empty id", `{"id": "home"`, `{"id": ""`, "activities[0].id", "is missing"},
		{"id with a control character", `{"id": "home"`, `{"id": "ho\u0085me"`, "activities[0].id", "control character"},
		{"id too long", `{"id": "home"`, `{"id": "` + strings.Repeat("é", 129) + `"`, "activities[0].id", "258 bytes"},
		{"repeated id", `{"id": "side"`, `{"id": "home"`, "activities[1](home).id", "is the id of activities[0] too"},
		{"fallback with the id of an offer", `"fallbacks":   [`, `"fallbacks": [{"id": "card-upgrade"}, `, "fallbacks[0](card-upgrade).id", "is the id of offers[0] too"},

		{"unknown rule", `"rule": "adult", "eligibility"`, `"rule": "adlt", "eligibility"`, "offers[0](card-upgrade).rule", `unknown rule "adlt": did you mean "adult"?`},
		{"unknown rule of a collection", `{"id": "promos",`, `{"id": "promos", "rule": "x",`, "collections[0](promos).rule", `unknown rule "x"`},
		{"unknown rule of an activity", `"id": "side",`, `"id": "side", "rule": "x",`, "activities[1](side).rule", `unknown rule "x"`},
		{"unknown rule of a selection", `"rule": "adult", "rank"`, `"rule": "x", "rank"`, "activities[2](mail).selections[0].rule", `unknown rule "x"`},
		{"unknown placement of an offer", `"representations": [{"placement": "hero", "components": [{"type": "image/png"`, `"representations": [{"placement": "zero", "components": [{"type": "image/png"`, "offers[0](card-upgrade).representations[0].placement", `unknown placement "zero": did you mean "hero"?`},
		{"unknown placement of a cap", `"placement": "hero"}],`, `"placement": "x"}],`, "offers[0](card-upgrade).caps[2].placement", `unknown placement "x": add it to the placements`},
		{"unknown placement of an activity", `"id": "side", "placement": "hero"`, `"id": "side", "placement": "x"`, "activities[1](side).placement", `unknown placement`},
		{"unknown placement of a contact policy", `"limit": 3, "per": "profile", "window": {"rolling": "168h"}},`, `"limit": 3, "per": "profile", "placement": "x"},`, "contactPolicies[0](promo-pressure).placement", `unknown placement`},
		{"missing placement", `"id": "side", "placement": "hero"`, `"id": "side"`, "activities[1](side).placement", `is missing`},
		{"unknown offer in a list", `"offers": ["card-upgrade"]`, `"offers": ["card-upgrade", "x"]`, "collections[2](picked).offers[1]", `unknown offer "x"`},
		{"fallback in a list", `"offers": ["card-upgrade"]`, `"offers": ["card-upgrade", "hero-default"]`, "collections[2](picked).offers[1]", `is a fallback`},
		{"unknown collection of an activity", `"collection": "promos", "fallback"`, `"collection": "x", "fallback"`, "activities[0](home).collection", `unknown collection "x"`},
		{"unknown collection of a selection", `{"collection": "picked"`, `{"collection": "x"`, "activities[2](mail).selections[0].collection", `unknown collection "x"`},
		{"unknown collection of a policy", `"suppress": "promos"`, `"suppress": "x"`, "policies[0](open-complaint).suppress", `unknown collection "x"`},
		{"missing collection of a policy", `"suppress": "promos", `, ``, "policies[0](open-complaint).suppress", `is missing`},
		{"unknown collection of a contact policy", `"collection": "card-promos"`, `"collection": "x"`, "contactPolicies[1](one-card).collection", `unknown collection "x"`},
		{"unknown fallback", `"collection": "promos", "fallback": "hero-default"`, `"collection": "promos", "fallback": "x"`, "activities[0](home).fallback", `unknown fallback "x"`},
		{"offer as a fallback", `"collection": "promos", "fallback": "hero-default"`, `"collection": "promos", "fallback": "card-upgrade"`, "activities[0](home).fallback", `is an offer`},

		{"two representations", `"representations": [{"placement": "hero", "components": [{"type": "image/png"`, `"representations": [{"placement": "hero", "components": [{"type": "image/png", "content": "x"}]}, {"placement": "hero", "components": [{"type": "image/png"`, "offers[0](card-upgrade).representations[1].placement", `has a representation already`},
		{"no component", `"components": [{"type": "text/html", "content": "<p>Hello</p>"}]`, `"components": []`, "fallbacks[0](hero-default).representations[0].components", `at least one component`},
		{"both content and url", `"url": "https`, `"content": "x", "url": "https`, "offers[0](card-upgrade).representations[0].components[0]", `both content and url`},
		{"neither content nor url", `, "url": "https://cdn.example.com/up.png"`, ``, "offers[0](card-upgrade).representations[0].components[0]", `neither content nor url`},
		{"empty content and no url", `"content": "<p>Hello</p>"`, `"content": ""`, "fallbacks[0](hero-default).representations[0].components[0]", `neither content nor url`},
		{"missing type", `{"type": "text/html", `, `{`, "fallbacks[0](hero-default).representations[0].components[0].type", `is missing`},
		{"no media type", `{"type": "text/html", `, `{"type": "html", `, "fallbacks[0](hero-default).representations[0].components[0].type", `"html" is no media type`},
		{"a wildcard as a type", `{"type": "text/html", `, `{"type": "image/*", `, "fallbacks[0](hero-default).representations[0].components[0].type", `"image/*" is no media type`},
		{"type that is not accepted", `{"type": "text/html", `, `{"type": "text/plain", `, "fallbacks[0](hero-default).representations[0].components[0].type", `placement "hero" does not accept text/plain, only image/png, text/html`},
		{"empty language", `["en"]`, `[""]`, "offers[0](card-upgrade).representations[0].components[0].languages[0]", `is empty`},
		{"placement that accepts nothing", `["image/png", "text/html"]`, `[]`, "placements[0](hero).contentTypes", `accepts nothing`},
		{"placement without types", `, "contentTypes": ["image/png", "text/html"]`, ``, "placements[0](hero).contentTypes", `accepts nothing`},
		{"accepted type that is none", `"text/html"]}]`, `"text/html", "png"]}]`, "placements[0](hero).contentTypes[2]", `"png" is no media type`},
		{"fallback without the activity's placement", `"placements":  [`, `"placements":  [{"id": "foot", "contentTypes": ["*/*"]}, `, "", ""},

		{"neither fallback nor optional", `"optional": true, `, ``, "activities[1](side)", `neither fallback nor optional`},
		{"both fallback and optional", `"optional": true, `, `"optional": true, "fallback": "hero-default", `, "activities[1](side)", `both fallback and optional`},
		{"count 0", `"count": 3`, `"count": 0`, "activities[2](mail).count", `0 is out of range: want 1 to 30`},
		{"count 31", `"count": 3`, `"count": 31`, "activities[2](mail).count", `31 is out of range: want 1 to 30`},
		{"negative count", `"count": 3`, `"count": -1`, "activities[2](mail).count", `-1 is out of range`},
		{"weight 0", `"count": 3`, `"weight": 0`, "activities[2](mail).weight", `0 is out of range: want above 0 and at most 1000`},
		{"weight -0", `"count": 3`, `"weight": -0.0`, "activities[2](mail).weight", `0 is out of range`},
		{"weight above 1000", `"count": 3`, `"weight": 1000.5`, "activities[2](mail).weight", `1000.5 is out of range`},
		{"negative weight", `"count": 3`, `"weight": -1`, "activities[2](mail).weight", `-1 is out of range`},
		{"both collection and selections", `"count": 3`, `"collection": "promos"`, "activities[2](mail)", `both collection and selections`},
		{"neither collection nor selections", `"collection": "promos", "fallback"`, `"fallback"`, "activities[0](home)", `neither collection nor selections`},
		{"empty collection", `"collection": "promos", "fallback"`, `"collection": "", "fallback"`, "activities[0](home).collection", `is empty`},
		{"empty selections", `"collection": "promos", "fallback"`, `"selections": [], "fallback"`, "activities[0](home).selections", `is empty`},

		{"empty list of tags", `"anyTags": ["promo"]`, `"anyTags": []`, "collections[0](promos).anyTags", `is empty`},
		{"empty list of offers", `"offers": ["card-upgrade"]`, `"offers": []`, "collections[2](picked).offers", `is empty`},
		{"empty tag", `"anyTags": ["promo"]`, `"anyTags": ["promo", ""]`, "collections[0](promos).anyTags[1]", `is empty`},
		{"repeated tag of a collection", `"allTags": ["promo", "cards"]`, `"allTags": ["promo", "cards", "promo"]`, "collections[1](card-promos).allTags[2]", `repeats allTags[0]`},
		{"repeated offer", `"offers": ["card-upgrade"]`, `"offers": ["card-upgrade", "card-upgrade"]`, "collections[2](picked).offers[1]", `repeats offers[0]`},
		{"repeated tag of an offer", `"tags": ["promo", "cards"]`, `"tags": ["promo", "cards", "cards"]`, "offers[0](card-upgrade).tags[2]", `repeats tags[1]`},
		{"no form", `, "anyTags": ["promo"]`, ``, "collections[0](promos)", `none of anyTags, allTags and offers`},
		{"two forms", `"anyTags": ["promo"]`, `"anyTags": ["promo"], "offers": ["card-upgrade"]`, "collections[0](promos)", `more than one of anyTags, allTags and offers`},

		{"end not after start", `"end": "2027-01-01T00:00:00Z"`, `"end": "2026-01-01T01:00:00+01:00"`, "offers[0](card-upgrade).end", `not after start`},
		{"end of an activity", `"start": "2026-01-01T00:00:00Z",
                   "sel`, `"start": "2026-01-01T00:00:00Z", "end": "2025-01-01T00:00:00Z",
                   "sel`, "activities[2](mail).end", `not after start`},
		{"end at the first of all instants", `"start": "2026-01-01T00:00:00Z", "end": "2027-01-01T00:00:00Z"`, `"end": "0001-01-01T00:00:00Z"`, "offers[0](card-upgrade).end", `is before every instant`},
		{"instant without time", `"end": "2027-01-01T00:00:00Z"`, `"end": "2027-01-01"`, "offers[0](card-upgrade).end", `not an instant with date, time and offset`},
		{"instant without offset", `"end": "2027-01-01T00:00:00Z"`, `"end": "2027-01-01T00:00:00"`, "offers[0](card-upgrade).end", `offset`},

		{"bad zone", `"timezone": "Europe/Berlin"`, `"timezone": "Europe/Bärlin"`, "offers[0](card-upgrade).caps[1].window.timezone", `unknown time zone "Europe/Bärlin"`},
		{"local zone", `"timezone": "Europe/Berlin"`, `"timezone": "Local"`, "offers[0](card-upgrade).caps[1].window.timezone", `differs by machine`},
		{"empty zone", `"timezone": "Europe/Berlin"`, `"timezone": ""`, "offers[0](card-upgrade).caps[1].window.timezone", `is empty`},
		{"bad duration", `"window": {"rolling": "168h"}, "counts"`, `"window": {"rolling": "7d"}, "counts"`, "offers[0](card-upgrade).caps[2].window.rolling", `not a duration`},
		{"duration 0", `"window": {"rolling": "168h"}, "counts"`, `"window": {"rolling": "0s"}, "counts"`, "offers[0](card-upgrade).caps[2].window.rolling", `is not above 0`},
		{"negative duration", `"window": {"rolling": "168h"}, "counts"`, `"window": {"rolling": "-1h"}, "counts"`, "offers[0](card-upgrade).caps[2].window.rolling", `is not above 0`},
		{"unknown period", `"every": "day"`, `"every": "year"`, "offers[0](card-upgrade).caps[1].window.every", `unknown period "year"`},
		{"bad weekday", `"every": "day"`, `"every": "week", "weekStart": "Monday"`, "offers[0](card-upgrade).caps[1].window.weekStart", `"Monday" is no English weekday in lower case`},
		{"weekday without week", `"every": "day"`, `"every": "day", "weekStart": "monday"`, "offers[0](card-upgrade).caps[1].window.weekStart", `only a window per week has one`},
		{"window of a policy per decision", `"per": "decision"`, `"per": "decision", "window": {"every": "day"}`, "contactPolicies[1](one-card).window", `a policy per decision has no window`},
		{"counts of a policy per decision", `"per": "decision"`, `"per": "decision", "counts": "x"`, "contactPolicies[1](one-card).counts", `a policy per decision counts propositions`},
		{"both every and rolling", `"every": "day"`, `"every": "day", "rolling": "1h"`, "offers[0](card-upgrade).caps[1].window", `both every and rolling`},
		{"neither every nor rolling", `"every": "day", `, ``, "offers[0](card-upgrade).caps[1].window", `neither every nor rolling`},
		{"empty window", `"window": {"rolling": "168h"}, "counts"`, `"window": {}, "counts"`, "offers[0](card-upgrade).caps[2].window", `is empty`},
		{"unknown field of a window", `"every": "day"`, `"every": "day", "month": 1`, "offers[0](card-upgrade).caps[1].window.month", `unknown field`},
		{"cap without per", `{"limit": 2, "per": "profile"}`, `{"limit": 2}`, "offers[0](card-upgrade).caps[0].per", `is missing`},
		{"cap with an unknown per", `{"limit": 2, "per": "profile"}`, `{"limit": 2, "per": "household"}`, "offers[0](card-upgrade).caps[0].per", `unknown per "household"`},
		{"cap per decision", `{"limit": 2, "per": "profile"}`, `{"limit": 2, "per": "decision"}`, "offers[0](card-upgrade).caps[0].per", `only a contact policy`},
		{"contact policy with an unknown per", `"per": "decision"`, `"per": "request"`, "contactPolicies[1](one-card).per", `unknown per "request"`},
		{"contact policy without per", `, "per": "decision"`, ``, "contactPolicies[1](one-card).per", `is missing`},
		{"limit 0", `{"limit": 2, "per": "profile"}`, `{"limit": 0, "per": "profile"}`, "offers[0](card-upgrade).caps[0].limit", `0 is below 1`},
		{"missing limit", `{"limit": 2, "per": "profile"}`, `{"per": "profile"}`, "offers[0](card-upgrade).caps[0].limit", `0 is below 1`},
		{"limit of a contact policy", `"limit": 1, "per": "decision"`, `"limit": -1, "per": "decision"`, "contactPolicies[1](one-card).limit", `-1 is below 1`},
		{"limit with a fraction", `{"limit": 2, "per": "profile"}`, `{"limit": 2.5, "per": "profile"}`, "offers[0](card-upgrade).caps[0].limit", `is no integer`},
		{"two caps that count the same", `{"limit": 2, "per": "profile"}`, `{"limit": 2, "per": "all", "window": {"timezone": "Europe/Berlin", "every": "day"}}`, "offers[0](card-upgrade).caps[1]", `counts the same as caps[0]`},
		{"two rolling caps that count the same", `{"limit": 2, "per": "profile"}`, `{"limit": 2, "per": "profile", "window": {"rolling": "10080m"}, "counts": "decisioning.propositionDisplay", "placement": "hero"}`, "offers[0](card-upgrade).caps[2]", `counts the same as caps[0]`},
		{"empty counts", `"counts": "decisioning.propositionDisplay"`, `"counts": ""`, "offers[0](card-upgrade).caps[2].counts", `is empty`},

		{"negative priority", `"priority": 10,`, `"priority": -1,`, "offers[0](card-upgrade).priority", `-1 is negative`},
		{"priority with a fraction", `"priority": 10,`, `"priority": 10.5,`, "offers[0](card-upgrade).priority", `is no integer`},
		{"number beyond float64", `"value": 25.0`, `"value": 1e999`, "offers[0](card-upgrade).value", `beyond float64`},
		{"attribute beyond float64", `"margin": 0.4`, `"margin": [1e999]`, "offers[0](card-upgrade).attributes.margin[0]", `beyond float64`},
		{"unknown status", `"status": "approved"`, `"status": "Approved"`, "offers[0](card-upgrade).status", `unknown status "Approved": use draft, approved or archived`},
		{"empty status", `"status": "approved"`, `"status": ""`, "offers[0](card-upgrade).status", `is empty: use draft, approved or archived`},
		{"unknown kind", `"kind": "promotion"`, `"kind": "service"`, "offers[0](card-upgrade).kind", `unknown kind "service": use promotion or action`},
		{"both by and formula", `{"by": "utility", "minScore": 0.5}`, `{"by": "utility", "formula": "1"}`, "activities[1](side).rank", `both by and formula`},
		{"neither by nor formula", `{"by": "utility", "minScore": 0.5}`, `{"minScore": 0.5}`, "activities[1](side).rank", `neither by nor formula`},
		{"empty rank", `{"by": "utility", "minScore": 0.5}`, `{}`, "activities[1](side).rank", `is empty`},
		{"empty by", `{"by": "utility", "minScore": 0.5}`, `{"by": ""}`, "activities[1](side).rank.by", `is empty`},
		{"unknown onError", `"reason": "service first"`, `"onError": "ignore"`, "policies[0](open-complaint).onError", `unknown onError "ignore"`},

		{"missing expression of a rule", `, "expr": "profile.age >= 18"`, ``, "rules[0](adult).expr", `is missing`},
		{"missing when", `"when": "events.ofType('complaint').within(duration('168h')).size() > 0",`, ``, "policies[0](open-complaint).when", `is missing`},
		{"empty expression", `"eligibility": "profile.tier in ['gold', 'platinum']"`, `"eligibility": ""`, "offers[0](card-upgrade).eligibility", `is empty`},
		{"unknown variable", `"suitability": "profile.debtRatio`, `"suitability": "profil.debtRatio`, "offers[0](card-upgrade).suitability", `1:1: undeclared reference to 'profil'`},
		{"syntax of an expression", `"eligibility": "profile.age >= 18"`, `"eligibility": "profile.age >="`, "collections[1](card-promos).eligibility", `1:`},
		{"rule that is no condition", `"expr": "profile.age >= 18"`, `"expr": "'x' + 'y'"`, "rules[0](adult).expr", `string`},
		{"formula that is no number", `"formula": "offer.priority * (context.weather == 'hot' ? 2.0 : 1.0)"`, `"formula": "'x'"`, "activities[2](mail).selections[1].rank.formula", `string`},
		{"acceptance that is no number", `"acceptance": "0.02 + 0.1 * double(profile.loyalty)"`, `"acceptance": "true"`, "offers[0](card-upgrade).acceptance", `bool`},
		{"until that is no timestamp", `"until": "timestamp(profile.complaint.dueBy)"`, `"until": "1"`, "policies[0](open-complaint).until", `int`},
		{"arithmetic that can only err", `"suitability": "profile.debtRatio < 0.4"`, `"suitability": "profile.debtRatio + 1 < 0.4"`, "offers[0](card-upgrade).suitability", `1.0`},
		{"field of offer that does not exist", `"formula": "offer.priority *`, `"formula": "offer.prio *`, "activities[2](mail).selections[1].rank.formula", `prio`},
		{"offer in a rule", `"expr": "profile.age >= 18"`, `"expr": "offer.priority > 1"`, "rules[0](adult).expr", `offer`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			text := edited(t, tt.old, tt.new)
			_, err := decisioning.CompileJSON(text)
			faults := faultsOf(t, err)
			if tt.path == "" {
				require.Empty(t, faults)
				return
			}
			require.Len(t, faults, 1, "%v", err)
			assert.Equal(t, tt.path, faults[0].Path)
			assert.Contains(t, faults[0].Err.Error(), tt.message)
			assert.Equal(t, tt.path+": "+faults[0].Err.Error(), faults[0].Error())
			line := 1 + strings.Count(contract[:strings.Index(contract, tt.old)], "\n")
			assert.InDelta(t, line, faults[0].Line, 2, "line") // what is missing is reported around its place
			assert.Positive(t, faults[0].Column)
		})
	}
}

func TestFallbackNeedsARepresentationForTheActivitysPlacement(t *testing.T) {
	_, err := decisioning.CompileJSON(edited(t,
		`"placements":  [`, `"placements":  [{"id": "foot", "contentTypes": ["*/*"]}, `,
		`{"id": "home", "placement": "hero"`, `{"id": "home", "placement": "foot"`))
	faults := faultsOf(t, err)
	require.Len(t, faults, 1, "%v", err)
	assert.Equal(t, `activities[0](home).fallback: "hero-default" has no representation for placement "foot": add one, or name another fallback`, faults[0].Error())
}

func TestWhatIsAllowedIsNoFault(t *testing.T) {
	for _, tt := range []struct{ name, old, new string }{
		{"no tags", `"tags": ["promo", "cards"]`, `"tags": []`},
		{"no representations", `"representations": [{"placement": "hero", "components": [{"type": "image/png", "languages": ["en"], "url": "https://cdn.example.com/up.png"}]}],`, `"representations": [],`},
		{"priority 10.0", `"priority": 10,`, `"priority": 10.0,`},
		{"limit 1e1", `{"limit": 2, "per": "profile"}`, `{"limit": 1e1, "per": "profile"}`},
		{"priority, value and cost 0", `"priority": 10, "value": 25.0, "cost": 1.5,`, `"priority": 0, "value": 0, "cost": 0,`},
		{"start at the first of all instants", `"start": "2026-01-01T00:00:00Z", "end"`, `"start": "0001-01-01T00:00:00Z", "end"`},
		{"no attributes", `{"brand": "blue", "margin": 0.4}`, `{}`},
		{"null in attributes", `{"brand": "blue", "margin": 0.4}`, `{"brand": null}`},
		{"not optional", `"collection": "promos", "fallback"`, `"collection": "promos", "optional": false, "fallback"`},
		{"type in another case, with parameters", `{"type": "text/html", `, `{"type": "Text/HTML; charset=utf-8", `},
		{"repeated selection", `"selections": [`, `"selections": [{"collection": "picked"}, {"collection": "picked"}, {}, `},
		{"ranker that is registered later", `{"by": "utility", "minScore": 0.5}`, `{"by": "model", "minScore": 0}`},
		{"minScore 0", `"minScore": 0.5`, `"minScore": 0`},
		{"policy per decision for a placement", `"per": "decision"`, `"per": "decision", "placement": "hero"`},
		{"fallback without representations that no activity names", `"fallbacks":   [`, `"fallbacks": [{"id": "none"}, `},
		{"caps that count over different windows", `{"limit": 2, "per": "profile"}`, `{"limit": 2, "per": "all", "window": {"every": "day"}}`},
		{"count and weight at their bounds", `"count": 3`, `"count": 30, "weight": 1000`},
		{"smallest weight", `"count": 3`, `"count": 1, "weight": 1e-300`},
		{"duration of several units", `"window": {"rolling": "168h"}, "counts"`, `"window": {"rolling": "1h30m"}, "counts"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := decisioning.CompileJSON(edited(t, tt.old, tt.new))
			assert.NoError(t, err)
		})
	}
}

// Of a text that breaks off, what was read is checked, but nothing is missed that
// may stand in the rest.
func TestSyntaxErrorIsReportedWithTheFaultsBeforeIt(t *testing.T) {
	text := edited(t, `"status": "approved"`, `"status": "x"`)
	text = []byte(strings.Replace(string(text), `"activities":  [`, `"activities":  [{"id": "a", "count": 99}, {"id": "b" "count": 99},`, 1))
	_, err := decisioning.CompileJSON(text)
	faults := faultsOf(t, err)
	var got []string
	for _, f := range faults {
		got = append(got, fmt.Sprintf("%d: %v", f.Line, f))
	}
	require.NotEmpty(t, got)
	all := strings.Join(got, "\n")
	assert.Contains(t, all, `offers[0](card-upgrade).status: unknown status "x"`)
	assert.Contains(t, all, "activities[0](a).count: 99 is out of range")
	assert.Contains(t, got[len(got)-1], `activities[1](b): unexpected '"', want ',' or '}'`)
	assert.NotContains(t, all, "activities[1](b).count")
}
