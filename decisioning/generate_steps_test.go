package decisioning_test

import (
	"fmt"
	"time"

	"github.com/proffer-go/proffer/decisioning"
	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/placement"
	"github.com/proffer-go/proffer/profile"
)

// step is one thing that happens: exactly one of its parts is given.
type step struct {
	At      time.Time
	Ask     *inquiry   `json:",omitempty"`
	Confirm *follow    `json:",omitempty"`
	Release *follow    `json:",omitempty"`
	Correct *follow    `json:",omitempty"` // release by the decision itself
	Record  *happening `json:",omitempty"`
	Fill    *filling   `json:",omitempty"`
	Relimit int64      `json:",omitempty"` // publish the catalog with limits changed by this
}

// inquiry is a request, and what happens to the counter meanwhile.
type inquiry struct {
	ID                       string                   `json:",omitempty"`
	ProfileID                profile.ID               `json:",omitempty"`
	Profile, Events, Context string                   `json:",omitempty"` // JSON; empty: not given
	Values                   bool                     `json:",omitempty"` // the facts are given as Go values
	Activities               []decisioning.ActivityID `json:",omitempty"`
	Exclude                  []offer.ID               `json:",omitempty"`
	AllowDuplicates          bool                     `json:",omitempty"`
	DryRun                   bool                     `json:",omitempty"`
	Hold                     time.Duration            `json:",omitempty"`
	Blind                    bool                     `json:",omitempty"` // usage cannot be read, and nothing reserved
	Locked                   bool                     `json:",omitempty"` // nothing can be reserved
	Sneaks                   int                      `json:",omitempty"` // how many attempts to reserve somebody else forestalls
}

// follow follows up an earlier ask: 0 is the latest that was answered.
type follow struct {
	Ask int
	One bool `json:",omitempty"` // only the activity of its first item
}

// happening is an outcome.
type happening struct {
	ID    string
	Type  string
	Ask   int           // as in follow
	Named bool          `json:",omitempty"` // it names the decision
	Bare  bool          `json:",omitempty"` // it leaves profile and placement to the decision
	Wrong profile.ID    `json:",omitempty"` // it names this person instead
	Late  time.Duration `json:",omitempty"` // how long ago it happened
	Offer offer.ID      `json:",omitempty"` // if no decision has any to offer
	Where placement.ID  `json:",omitempty"` // likewise
}

func (g *generator) steps() {
	at := g.base
	n := pick(g, []int{1, 2, 2, 3, 4, 5})
	if g.counting {
		n = 5 + g.upTo(5)
	}
	for i := range n {
		if i > 0 && g.chance(5) {
			at = at.Add(pick(g, []time.Duration{
				time.Minute, time.Second, 10 * time.Minute, 30 * time.Minute, time.Hour, -time.Minute, 59 * time.Minute,
				2 * time.Hour, -time.Hour, 24 * time.Hour, time.Millisecond,
			}))
		}
		s := step{At: at}
		if g.chance(1) {
			s.At = at.In(time.FixedZone("", 5*3600+1800))
		}
		what := g.upTo(10)
		switch {
		case i == 0 || what < 6:
			s.Ask = g.ask()
		case what == 10:
			s.Relimit = pick(g, []int64{1, -1})
		case what == 6:
			s.Record = g.happening()
		case what == 7:
			s.Confirm = g.follow()
		case what == 8:
			s.Release = g.follow()
		default:
			s.Correct = g.follow()
		}
		g.s.Steps = append(g.s.Steps, s)
	}
}

func (g *generator) follow() *follow { return &follow{Ask: g.upTo(2), One: g.chance(3)} }

func (g *generator) happening() *happening {
	h := &happening{
		ID: pick(g, []string{"e1", "e2", "e3"}), Type: pick(g, []string{display, display, "click"}), Ask: g.upTo(2),
		Late:  pick(g, []time.Duration{0, time.Hour, time.Minute, -4 * time.Minute, -6 * time.Minute}),
		Offer: pick(g, g.s.Catalog.Offers).ID, Where: pick(g, g.s.Catalog.Placements).ID,
	}
	h.Named = g.chance(6)
	h.Bare = h.Named && g.chance(5)
	if h.Named && g.chance(1) {
		h.Wrong = "u9"
	}
	return h
}

func (g *generator) ask() *inquiry {
	a := &inquiry{
		ID: pick(g, []string{"d1", "d2", "d1", ""}), ProfileID: g.person(), Profile: g.attributes(), Events: g.events(), Context: g.context(),
		Values: g.chance(3), AllowDuplicates: g.chance(1), DryRun: g.chance(1),
	}
	if g.counting && a.ID != "" {
		a.ProfileID = map[string]profile.ID{"d1": "u1", "d2": "u2"}[a.ID]
	} else if g.chance(7) {
		a.ID = fmt.Sprintf("d%d", 3+len(g.s.Steps))
	}
	for _, x := range g.s.Catalog.Activities {
		if g.chance(9) || len(a.Activities) == 0 {
			a.Activities = append(a.Activities, x.ID)
		}
	}
	if n := len(a.Activities); n > 1 && g.chance(3) {
		a.Activities[0], a.Activities[n-1] = a.Activities[n-1], a.Activities[0]
	}
	if g.upTo(40) == 40 {
		a.Activities = append(a.Activities, pick(g, []decisioning.ActivityID{"nobody", a.Activities[0]}))
	}
	if g.chance(1) {
		a.Exclude = []offer.ID{pick(g, g.s.Catalog.Offers).ID, "nothing"}
	}
	if g.chance(3) {
		a.Hold = pick(g, []time.Duration{10*time.Minute + time.Microsecond, time.Minute + time.Microsecond, 40 * time.Second})
	}
	if g.chance(7) {
		a.Sneaks = 1 + g.upTo(1)
	}
	switch g.upTo(40) {
	case 38:
		malformed := pick(g, []string{`{"a":1,` + repeatedKey, `null`, `"x"`, `{"a":1e999}`, `[{"a":1},2]`, `{"a":`, `{"a":1} 2`})
		*pick(g, []*string{&a.Profile, &a.Events, &a.Context}) = malformed
	case 39:
		a.Blind = true
	case 40:
		a.Locked = true
	}
	return a
}

// repeatedKey makes an object that has the key already malformed.
const repeatedKey = `"a":2}`

// attributes draws a profile in which things are missing or of another type.
func (g *generator) attributes() string {
	if g.chance(1) {
		return ""
	}
	return g.object([]member{
		{"age", []string{`20`, `41.5`, `17`, `"20"`, `null`}},
		{"tier", []string{`"gold"`, `"silver"`, `"buy"`, `null`, `7`}},
		{"owns", []string{`["a"]`, `["a","b"]`, `[]`, `["b", 1]`, `"a"`, `{"a":1}`}},
		{"vip", []string{`true`, `false`, `"yes"`}},
		{"address", []string{`{"city":"Berlin"}`, `{"zip":20}`, `{}`, `"Berlin"`, `null`}},
		{"a b", []string{`1`, `1.5`}},
		{"scores", []string{`[1,2,3]`, `[]`, `[1,"x"]`, `[9007199254740993]`}},
		{"lat", []string{`52.6`, `48.1`, `"x"`}},
		{"since", []string{`"2026-05-30T12:00:00Z"`, `"2026-06-01T12:00:00.5+02:00"`, `"yesterday"`, `5`}},
	})
}

func (g *generator) context() string {
	if g.chance(2) {
		return ""
	}
	return g.object([]member{{"weather", []string{`"hot"`, `"a"`, `1`}}, {"limit", []string{`18`, `20.5`, `"18"`}}})
}

type member struct {
	name   string
	values []string
}

func (g *generator) object(members []member) string {
	text := ""
	for _, m := range members {
		if g.chance(7) {
			text += fmt.Sprintf(",%q:%s", m.name, pick(g, m.values))
		}
	}
	return "{" + text[min(1, len(text)):] + "}"
}

// events draws events around the windows of the rules, some later than now,
// some without what a rule needs.
func (g *generator) events() string {
	if g.chance(2) {
		return ""
	}
	text := ""
	for range g.upTo(3) {
		at := g.base.Add(-pick(g, []time.Duration{0, time.Minute, time.Hour, 24 * time.Hour, 48 * time.Hour, 23 * time.Hour, -time.Minute, -24 * time.Hour}))
		event := g.object([]member{
			{"eventType", []string{`"buy"`, `"buy"`, `"view"`, `"gold"`, `1`}},
			{"timestamp", []string{`"` + at.Format(time.RFC3339) + `"`, `"` + at.In(time.FixedZone("", -7200)).Format(time.RFC3339) + `"`, `"soon"`, `12`}},
			{"amount", []string{`5`, `11`, `"11"`}},
		})
		text += "," + event
	}
	return "[" + text[min(1, len(text)):] + "]"
}
