package decisioning

import (
	"maps"
	"math"
	"unicode/utf8"

	"github.com/proffer-go/proffer/offer"
)

// A copier copies offers of Go values, many at a time: the lists of all of them into
// one piece of memory for each type. It takes offers that have a JSON form as they
// are; what is wrong with others, or whether they are only unusual, an owner finds.
type copier struct {
	tags            []offer.Tag
	representations []offer.Representation
	components      []offer.Component
	languages       []string
	caps            []offer.Cap

	flat map[string]map[string]any // attributes that were copied, by their content; nil: none are shared
	key  content                   // scratch
}

// grow makes room for the lists of the offers.
func (c *copier) grow(all []offer.Offer) {
	var tags, representations, components, languages, caps int
	for i := range all {
		o := &all[i]
		tags += len(o.Tags)
		caps += len(o.Caps)
		representations += len(o.Representations)
		for j := range o.Representations {
			r := &o.Representations[j]
			components += len(r.Components)
			for k := range r.Components {
				languages += len(r.Components[k].Languages)
			}
		}
	}
	c.tags = make([]offer.Tag, tags)
	c.representations = make([]offer.Representation, representations)
	c.components = make([]offer.Component, components)
	c.languages = make([]string, languages)
	c.caps = make([]offer.Cap, caps)
}

// take returns a copy of the list that is cut from room; an empty list is nil.
func take[T any](room *[]T, list []T) []T {
	n := copy(*room, list)
	if n == 0 {
		return nil
	}
	own := (*room)[:n:n]
	*room = (*room)[n:]
	return own
}

// offer makes the lists of o its own, and reports whether it has a JSON form.
func (c *copier) offer(o *offer.Offer) bool {
	o.Tags = take(&c.tags, o.Tags)
	o.Representations = take(&c.representations, o.Representations)
	o.Caps = take(&c.caps, o.Caps)
	ok := text(o.ID) && text(o.Name) && text(o.Status) && text(o.Kind) && texts(o.Tags) &&
		text(o.Rule) && text(o.Eligibility) && text(o.Applicability) && text(o.Suitability) && text(o.Acceptance) &&
		plainNumber(&o.Value) && plainNumber(&o.Cost)
	for i := range o.Representations {
		ok = c.representation(&o.Representations[i]) && ok
	}
	for i := range o.Caps {
		p := &o.Caps[i]
		ok = ok && text(p.Per) && text(p.Counts) && text(p.Placement) &&
			text(p.Window.Every) && text(p.Window.Timezone) && text(p.Window.WeekStart)
	}
	var started, ended, plain bool
	o.Start, started = instantOf(o.Start)
	o.End, ended = instantOf(o.End)
	o.Attributes, plain = c.attributes(o.Attributes)
	return ok && started && ended && plain
}

// manyFlat is how many attributes are remembered. Where there are more, most are an
// offer's own.
const manyFlat = 4096

// attributes returns a copy of the attributes of an offer. Equal ones share it if they
// are no lists or objects: it takes more memory than the rest of a small offer.
func (c *copier) attributes(given map[string]any) (own map[string]any, ok bool) {
	values := 0
	switch {
	case len(given) == 0:
		return nil, true
	case c.flat == nil || !isFlat(given):
		return plainObject(given, 0, &values)
	}
	c.key = c.key[:0].object(given)
	if own, ok = c.flat[string(c.key)]; ok {
		return own, true
	}
	if own, ok = plainObject(given, 0, &values); ok && len(c.flat) < manyFlat {
		c.flat[string(c.key)] = own
	}
	return own, ok
}

func isFlat(members map[string]any) bool {
	for _, v := range members {
		switch v.(type) {
		case nil, bool, string, float64:
		default:
			return false
		}
	}
	return true
}

func (c *copier) representation(r *offer.Representation) bool {
	r.Components = take(&c.components, r.Components)
	ok := text(r.Placement)
	for i := range r.Components {
		p := &r.Components[i]
		p.Languages = take(&c.languages, p.Languages)
		ok = ok && text(p.Type) && texts(p.Languages) && text(p.Content) && text(p.URL)
	}
	return ok
}

func text[T ~string](s T) bool { return utf8.ValidString(string(s)) }

func texts[T ~string](list []T) bool {
	for _, s := range list {
		if !text(s) {
			return false
		}
	}
	return true
}

func plainNumber(f *float64) bool {
	if *f == 0 {
		*f = 0 // there is no negative zero
	}
	return !math.IsNaN(*f) && !math.IsInf(*f, 0)
}

// plainObject copies an object that is made of what encoding/json decodes to, and
// reports whether it is. A clone is quicker than a map that is filled.
func plainObject(members map[string]any, depth int, values *int) (own map[string]any, ok bool) {
	own = maps.Clone(members)
	for name, v := range own {
		changed, ok := plainValue(&v, depth+1, values)
		if !ok || !text(name) {
			return nil, false
		}
		if changed {
			own[name] = v
		}
	}
	return own, true
}

// plainValue makes the value a copy, and reports whether that is another one, which a
// scalar seldom is, and whether it is plain.
func plainValue(value *any, depth int, values *int) (changed, ok bool) {
	if *values++; *values >= maxAttributes || depth > maxAttributeDepth {
		return false, false
	}
	switch v := (*value).(type) {
	case nil, bool:
		return false, true
	case string:
		return false, text(v)
	case float64:
		if v == 0 {
			*value = 0.0 // there is no negative zero
		}
		return v == 0, finite(v)
	case map[string]any:
		if v == nil {
			*value = nil
			return true, true
		}
		*value, ok = plainObject(v, depth, values)
		return true, ok
	case []any:
		if v == nil {
			*value = nil
			return true, true
		}
		list := make([]any, len(v))
		copy(list, v)
		for i := range list {
			if _, ok := plainValue(&list[i], depth+1, values); !ok {
				return false, false
			}
		}
		*value = list
		return true, true
	default:
		return false, false
	}
}
