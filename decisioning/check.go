package decisioning

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/proffer-go/proffer/capping"
	"github.com/proffer-go/proffer/collection"
	"github.com/proffer-go/proffer/constraint"
	"github.com/proffer-go/proffer/internal/rules"
	"github.com/proffer-go/proffer/internal/strictjson"
	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/placement"
)

const maxIDBytes = 256

// A checker finds everything that is wrong with a catalog. Where a value is is
// said by its key, a path without ids: offers[12].caps[0].
type checker struct {
	options   compileOptions
	catalog   *Catalog
	path      func(key string) string // with ids
	reading   *strictjson.Reading     // knows what could not be read
	unread    bool                    // there is such a thing
	placed    bool                    // the catalog has a text
	partial   map[string]bool         // sections of which not all could be read
	compiler  *rules.Compiler
	schedules map[offer.Window]*capping.Schedule // of the windows without a fault

	found    int // faults, noted or not
	faults   []strictjson.Fault
	rankers  []strictjson.Fault // uses of registered rankers; the message is the name
	blamed   []string           // keys of what is faulty by a fault that is noted elsewhere
	vague    map[int]bool       // collections of which it cannot be told what they select
	exprs    []*rules.Expr      // held, so that they need not be compiled again
	accepted [][]string         // media types that have been seen to be right, by placement
	scouting bool               // faults are counted, not noted
	faulty   []int              // a scout's: entities with faults
	taken    *intake            // the offers, unless they are to be taken in yet

	// Where what can be referred to is, by id; of a repeated id the first.
	placements  map[placement.ID]int
	rules       map[offer.RuleID]int
	offers      map[offer.ID]int
	fallbacks   map[offer.ID]int
	collections map[collection.ID]int
	suggestions int // how often a reference was compared with what there is
}

// readFaults takes over the faults of the text. Of an entity that breaks off with
// the text nothing more is said.
func (k *checker) readFaults() {
	k.faults = slices.Clone(k.reading.Faults)
	for _, f := range k.faults {
		section, i, within := entityAt(f.Key)
		switch {
		case f.Ends:
			for _, all := range sections {
				k.partial[all] = true
			}
			if within {
				k.reading.Zeros[strictjson.Element(section, i)] = true
			}
		case !within:
			k.partial[f.Key] = true
		}
	}
}

func (k *checker) check() {
	c := k.catalog
	k.vague = make(map[int]bool)
	k.accepted = make([][]string, len(c.Placements))
	k.unread = slices.Contains(slices.Collect(maps.Values(k.reading.Zeros)), true)
	k.placements = index(k, "placements", c.Placements, func(p *placement.Placement) placement.ID { return p.ID })
	k.rules = index(k, "rules", c.Rules, func(r *constraint.Rule) offer.RuleID { return r.ID })
	if k.taken == nil {
		k.taken = k.takeOffers(c.Offers, c.Offers)
	}
	if k.offers = k.taken.ids; k.taken.badIDs {
		k.offers = index(k, "offers", c.Offers, idOfOffer)
	}
	k.fallbacks = index(k, "fallbacks", c.Fallbacks, func(f *offer.Fallback) offer.ID { return f.ID })
	k.collections = index(k, "collections", c.Collections, func(c *collection.Collection) collection.ID { return c.ID })
	index(k, "activities", c.Activities, func(a *Activity) ActivityID { return a.ID })
	index(k, "policies", c.Policies, func(p *constraint.Policy) constraint.PolicyID { return p.ID })
	index(k, "contactPolicies", c.ContactPolicies, func(p *capping.ContactPolicy) capping.PolicyID { return p.ID })
	k.sharedIDs()

	checkAll(k, "placements", c.Placements, (*checker).placement)
	checkMany(k, "rules", c.Rules, (*checker).rule)
	checkSome(k, "offers", c.Offers, k.taken.faulty, (*checker).offer)
	checkMany(k, "fallbacks", c.Fallbacks, (*checker).fallbackOffer)
	checkAll(k, "collections", c.Collections, (*checker).collection)
	checkAll(k, "activities", c.Activities, (*checker).activity)
	checkAll(k, "policies", c.Policies, (*checker).policy)
	checkAll(k, "contactPolicies", c.ContactPolicies, (*checker).contactPolicy)
}

// checkAll checks the entities of a section.
func checkAll[T any](k *checker, section string, entities []T, check func(*checker, *place, *T)) {
	at := place{name: section}
	for at.i = range entities {
		check(k, &at, &entities[at.i])
	}
}

// checkMany is checkAll for what there is much of. Scouts find the entities that
// have faults; what these are is said afterwards, in order. The check must do
// nothing but find faults, compile expressions and make schedules.
func checkMany[T any](k *checker, section string, entities []T, check func(*checker, *place, *T)) {
	checkSome(k, section, entities, scoutMany(k, section, entities, check), check)
}

// checkSome checks those of the entities that scouts have found to be faulty.
func checkSome[T any](k *checker, section string, entities []T, faulty []int, check func(*checker, *place, *T)) {
	at := place{name: section}
	for _, at.i = range faulty {
		check(k, &at, &entities[at.i])
	}
}

// scoutMany returns which of the entities have faults.
func scoutMany[T any](k *checker, section string, entities []T, check func(*checker, *place, *T)) (faulty []int) {
	for _, s := range spread(k.options.workers, len(entities), k.scout, func(s *checker, from, to int) {
		at := place{name: section}
		for at.i = from; at.i < to; at.i++ {
			before := s.found
			if check(s, &at, &entities[at.i]); s.found > before {
				s.faulty = append(s.faulty, at.i)
			}
		}
	}) {
		faulty = append(faulty, s.faulty...)
		k.join(s)
	}
	slices.Sort(faulty)
	return faulty
}

// scout returns a checker that only counts what it finds.
func (k *checker) scout() *checker {
	s := *k
	s.scouting, s.suggestions = true, maxSuggestions
	s.faults, s.blamed, s.exprs = nil, nil, nil // not to be appended to by two
	s.schedules, s.accepted = maps.Clone(k.schedules), make([][]string, len(k.catalog.Placements))
	return &s
}

// join takes over what a scout has compiled.
func (k *checker) join(s *checker) {
	k.exprs = append(k.exprs, s.exprs...)
	maps.Copy(k.schedules, s.schedules)
}

// index checks the ids of a section and returns where each is first.
func index[T any, K ~string](k *checker, section string, list []T, id func(*T) K) map[K]int {
	first := make(map[K]int, len(list))
	at := place{name: section}
	for i := range list {
		at.i = i
		id := id(&list[i])
		if problem := badID(string(id)); problem != "" {
			k.fault(&at, "id", "%s", problem)
		}
		if id == "" {
			continue
		}
		if j, ok := first[id]; ok {
			k.repeats(&at, &place{name: section, i: j})
			continue
		}
		first[id] = i
	}
	return first
}

func (k *checker) repeats(at, earlier *place) {
	k.fault(at, "id", "is the id of %s too: ids are unique", earlier.key())
	k.blamed = append(k.blamed, at.key(), earlier.key())
}

// sharedIDs reports fallbacks with the id of an offer.
func (k *checker) sharedIDs() {
	for i := range k.catalog.Fallbacks {
		if j, ok := k.offers[k.catalog.Fallbacks[i].ID]; ok {
			k.repeats(&place{name: "fallbacks", i: i}, &place{name: "offers", i: j})
		}
	}
}

func badID(id string) string {
	if plainID(id) {
		return ""
	}
	switch {
	case id == "":
		return "is missing: give it an id"
	case len(id) > maxIDBytes:
		return fmt.Sprintf("has %d bytes: at most %d are allowed", len(id), maxIDBytes)
	case !utf8.ValidString(id):
		return "is not valid UTF-8"
	case strings.ContainsFunc(id, unicode.IsControl):
		return "has a control character: remove it"
	}
	return ""
}

// plainID reports whether the id is printable ASCII, as most are.
func plainID(id string) bool {
	for i := range len(id) {
		if id[i] < ' ' || '~' < id[i] {
			return false
		}
	}
	return 0 < len(id) && len(id) <= maxIDBytes
}

// fault notes what is wrong with a field of the value at a place, or with the value
// itself if field is empty. What could not be read has been reported already.
func (k *checker) fault(at *place, field, format string, args ...any) {
	if k.found++; k.scouting {
		return
	}
	where := at.field(field)
	k.faultAt(where.key(), format, args...)
}

func (k *checker) faultAt(key, format string, args ...any) {
	if !k.reading.Unread(key) {
		k.faults = append(k.faults, k.newFault(key, fmt.Sprintf(format, args...)))
	}
}

func (k *checker) newFault(key, message string) strictjson.Fault {
	return strictjson.Fault{Path: k.path(key), Key: key, Message: message, Offset: strictjson.Unplaced}
}

// absent reports whether none of the fields was given but unreadable, so that it
// is right to miss them.
func (k *checker) absent(at *place, fields ...string) bool {
	return !k.unread || !slices.ContainsFunc(fields, func(f string) bool {
		where := at.field(f)
		return k.reading.Unread(where.key())
	})
}

// expr compiles an expression, if there is one.
func (k *checker) expr(at *place, field string, kind rules.Kind, text string) {
	if text == "" {
		return
	}
	e, issues := k.compiler.Compile(kind, text)
	if e != nil {
		k.exprs = append(k.exprs, e)
	}
	for _, i := range issues {
		k.fault(at, field, "%d:%d: %s", i.Line, i.Column, i.Message)
	}
}

// required compiles an expression that has to be there.
func (k *checker) required(at *place, field string, kind rules.Kind, text string) {
	if text == "" {
		k.fault(at, field, "is missing: give an expression")
	}
	k.expr(at, field, kind, text)
}

// ref finds what the field refers to, and reports it if there is no such thing.
// An empty id refers to nothing.
func ref[K ~string](k *checker, at *place, field, section string, id K, known map[K]int) (int, bool) {
	if id == "" {
		return 0, false
	}
	i, ok := known[id]
	if !ok && !k.partial[section] {
		k.fault(at, field, "unknown %s %q: %s", strings.TrimSuffix(section, "s"), string(id), advise(k, section, id, known))
	}
	return i, ok
}

// mustRef is ref for a field that has to be there.
func mustRef[K ~string](k *checker, at *place, field, section string, id K, known map[K]int) (int, bool) {
	if id == "" {
		k.fault(at, field, "is missing: name one of the %s", section)
	}
	return ref(k, at, field, section, id, known)
}

// A reference is compared with so many ids, and so many references are, to find
// what was meant: many faults in a large catalog must not take quadratic time.
const (
	maxSuggestible = 1000
	maxSuggestions = 100
)

func advise[K ~string](k *checker, section string, id K, known map[K]int) string {
	if len(known) <= maxSuggestible && k.suggestions < maxSuggestions {
		k.suggestions++
		ids := make([]string, 0, len(known))
		for _, other := range slices.Sorted(maps.Keys(known)) {
			ids = append(ids, string(other))
		}
		if meant, ok := strictjson.Near(string(id), ids); ok {
			return fmt.Sprintf("did you mean %q?", meant)
		}
	}
	return fmt.Sprintf("add it to the %s or correct the id", section)
}

// calendar checks the bounds of a calendar.
func (k *checker) calendar(at *place, start, end time.Time) {
	if !start.IsZero() && !end.IsZero() && !end.After(start) {
		k.fault(at, "end", "not after start: the end itself is outside")
	}
}
