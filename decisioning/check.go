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
	reading   *strictjson.Reading // knows what could not be read
	placed    bool                // the catalog has a text
	partial   map[string]bool     // sections of which not all could be read
	compiler  *rules.Compiler
	schedules map[offer.Window]*capping.Schedule // of the windows without a fault

	faults  []strictjson.Fault
	rankers []strictjson.Fault // uses of registered rankers; the message is the name
	blamed  []string           // keys of what is faulty by a fault that is noted elsewhere
	vague   map[int]bool       // collections of which it cannot be told what they select

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
	k.placements = index(k, "placements", c.Placements, func(p *placement.Placement) placement.ID { return p.ID })
	k.rules = index(k, "rules", c.Rules, func(r *constraint.Rule) offer.RuleID { return r.ID })
	k.offers = index(k, "offers", c.Offers, func(o *offer.Offer) offer.ID { return o.ID })
	k.fallbacks = index(k, "fallbacks", c.Fallbacks, func(f *offer.Fallback) offer.ID { return f.ID })
	k.collections = index(k, "collections", c.Collections, func(c *collection.Collection) collection.ID { return c.ID })
	index(k, "activities", c.Activities, func(a *Activity) ActivityID { return a.ID })
	index(k, "policies", c.Policies, func(p *constraint.Policy) constraint.PolicyID { return p.ID })
	index(k, "contactPolicies", c.ContactPolicies, func(p *capping.ContactPolicy) capping.PolicyID { return p.ID })
	k.sharedIDs()

	each(c.Placements, "placements", k.placement)
	each(c.Rules, "rules", k.rule)
	each(c.Offers, "offers", k.offer)
	each(c.Fallbacks, "fallbacks", func(key string, f *offer.Fallback) { k.representations(key, f.Representations) })
	each(c.Collections, "collections", k.collection)
	each(c.Activities, "activities", k.activity)
	each(c.Policies, "policies", k.policy)
	each(c.ContactPolicies, "contactPolicies", k.contactPolicy)
}

func each[T any](list []T, section string, check func(key string, e *T)) {
	for i := range list {
		check(strictjson.Element(section, i), &list[i])
	}
}

// index checks the ids of a section and returns where each is first.
func index[T any, K ~string](k *checker, section string, list []T, id func(*T) K) map[K]int {
	first := make(map[K]int, len(list))
	for i := range list {
		key, id := strictjson.Element(section, i), id(&list[i])
		if problem := badID(string(id)); problem != "" {
			k.fault(key, "id", "%s", problem)
		}
		if id == "" {
			continue
		}
		if j, ok := first[id]; ok {
			k.repeats(key, strictjson.Element(section, j))
			continue
		}
		first[id] = i
	}
	return first
}

func (k *checker) repeats(key, earlier string) {
	k.fault(key, "id", "is the id of %s too: ids are unique", earlier)
	k.blamed = append(k.blamed, key, earlier)
}

// sharedIDs reports fallbacks with the id of an offer.
func (k *checker) sharedIDs() {
	for i := range k.catalog.Fallbacks {
		if j, ok := k.offers[k.catalog.Fallbacks[i].ID]; ok {
			k.repeats(strictjson.Element("fallbacks", i), strictjson.Element("offers", j))
		}
	}
}

func badID(id string) string {
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

// fault notes what is wrong with a field of the value at key, or with the value
// itself if field is empty. What could not be read has been reported already.
func (k *checker) fault(key, field, format string, args ...any) {
	if field != "" {
		key = strictjson.Field(key, field)
	}
	if k.reading.Unread(key) {
		return
	}
	k.faults = append(k.faults, k.newFault(key, fmt.Sprintf(format, args...)))
}

func (k *checker) newFault(key, message string) strictjson.Fault {
	return strictjson.Fault{Path: k.catalog.path(key), Key: key, Message: message, Offset: strictjson.Unplaced}
}

// absent reports whether none of the fields was given but unreadable, so that it
// is right to miss them.
func (k *checker) absent(key string, fields ...string) bool {
	return !slices.ContainsFunc(fields, func(f string) bool { return k.reading.Unread(strictjson.Field(key, f)) })
}

// expr compiles an expression, if there is one.
func (k *checker) expr(key, field string, kind rules.Kind, text string) {
	if text == "" {
		return
	}
	_, issues := k.compiler.Compile(kind, text)
	for _, i := range issues {
		k.fault(key, field, "%d:%d: %s", i.Line, i.Column, i.Message)
	}
}

// required compiles an expression that has to be there.
func (k *checker) required(key, field string, kind rules.Kind, text string) {
	if text == "" {
		k.fault(key, field, "is missing: give an expression")
	}
	k.expr(key, field, kind, text)
}

// ref finds what the field refers to, and reports it if there is no such thing.
// An empty id refers to nothing.
func ref[K ~string](k *checker, key, field, section string, id K, known map[K]int) (int, bool) {
	i, ok := known[id]
	if !ok && id != "" && !k.partial[section] {
		k.fault(key, field, "unknown %s %q: %s", strings.TrimSuffix(section, "s"), string(id), advise(k, section, id, known))
	}
	return i, ok
}

// mustRef is ref for a field that has to be there.
func mustRef[K ~string](k *checker, key, field, section string, id K, known map[K]int) (int, bool) {
	if id == "" {
		k.fault(key, field, "is missing: name one of the %s", section)
	}
	return ref(k, key, field, section, id, known)
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
func (k *checker) calendar(key string, start, end time.Time) {
	if !start.IsZero() && !end.IsZero() && !end.After(start) {
		k.fault(key, "end", "not after start: the end itself is outside")
	}
}
