package decisioning

import (
	"encoding/binary"
	"math"
	"slices"
	"time"

	"github.com/proffer-go/proffer/capping"
	"github.com/proffer-go/proffer/collection"
	"github.com/proffer-go/proffer/constraint"
	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/placement"
	"github.com/proffer-go/proffer/rank"
)

// A content is an entity as bytes: all its fields in a fixed order, defaults filled
// in, every length before what is so long. Entities have the same bytes exactly if
// they have the same JSON form, defaults filled in.
type content []byte

func (c content) length(n int) content {
	if n < 0x80 { // as most are: one byte
		return append(c, byte(n))
	}
	return binary.AppendUvarint(c, uint64(n))
}
func (c content) word(w uint64) content { return binary.LittleEndian.AppendUint64(c, w) }
func (c content) int(n int64) content   { return binary.AppendVarint(c, n) }

func (c content) number(f float64) content {
	if f == 0 {
		f = 0 // there is no negative zero
	}
	return c.word(math.Float64bits(f))
}

func (c content) bool(b bool) content {
	bit := byte(0)
	if b {
		bit = 1
	}
	return append(c, bit)
}

func (c content) instant(t time.Time) content {
	c = c.int(t.Unix())
	return c.length(t.Nanosecond())
}

func addText[T ~string](c content, text T) content {
	c = c.length(len(text))
	return append(c, text...)
}

// addDefault adds the text, or what it means if it is empty.
func addDefault[T ~string](c content, text, empty T) content {
	if text == "" {
		text = empty
	}
	return addText(c, text)
}

func addTexts[T ~string](c content, list []T) content {
	c = c.length(len(list))
	for _, text := range list {
		c = addText(c, text)
	}
	return c
}

func (c content) placement(p *placement.Placement) content {
	c = addText(c, p.ID)
	c = addText(c, p.Name)
	c = addText(c, p.Channel)
	return addTexts(c, p.ContentTypes)
}

func (c content) rule(r *constraint.Rule) content {
	c = addText(c, r.ID)
	return addText(c, r.Expr)
}

func (c content) offer(o *offer.Offer) content {
	c = addText(c, o.ID)
	c = addText(c, o.Name)
	c = addDefault(c, o.Status, offer.Draft)
	c = addDefault(c, o.Kind, offer.Promotion)
	c = addTexts(c, o.Tags)
	c = c.representations(o.Representations)
	c = c.instant(o.Start)
	c = c.instant(o.End)
	c = c.constraints(o.Rule, o.Eligibility, o.Applicability, o.Suitability)
	c = c.length(len(o.Caps))
	for i := range o.Caps {
		c = c.cap(&o.Caps[i])
	}
	c = c.int(o.Priority)
	c = c.number(o.Value)
	c = c.number(o.Cost)
	c = addText(c, o.Acceptance)
	return c.object(o.Attributes)
}

func (c content) constraints(rule offer.RuleID, texts ...string) content {
	c = addText(c, rule)
	return addTexts(c, texts)
}

func (c content) representations(all []offer.Representation) content {
	c = c.length(len(all))
	for i := range all {
		r := &all[i]
		c = addText(c, r.Placement)
		c = c.length(len(r.Components))
		for j := range r.Components {
			p := &r.Components[j]
			c = addText(c, p.Type)
			c = addTexts(c, p.Languages)
			c = addText(c, p.Content)
			c = addText(c, p.URL)
		}
	}
	return c
}

func (c content) cap(p *offer.Cap) content {
	c = c.int(p.Limit)
	c = addText(c, p.Per)
	c = c.window(p.Window)
	c = addText(c, p.Counts)
	return addText(c, p.Placement)
}

func (c content) window(w offer.Window) content {
	w = w.Normal()
	c = addText(c, w.Every)
	c = addText(c, w.Timezone)
	c = addText(c, w.WeekStart)
	return c.int(int64(w.Rolling))
}

func (c content) fallback(f *offer.Fallback) content {
	c = addText(c, f.ID)
	return c.representations(f.Representations)
}

func (c content) collection(l *collection.Collection) content {
	c = addText(c, l.ID)
	c = addTexts(c, l.AnyTags)
	c = addTexts(c, l.AllTags)
	c = addTexts(c, l.Offers)
	return c.constraints(l.Rule, l.Eligibility, l.Applicability, l.Suitability)
}

func (c content) activity(a *Activity) content {
	c = addText(c, a.ID)
	c = addText(c, a.Placement)
	selections := a.Selections
	if a.Collection != "" {
		selections = []Selection{{Collection: a.Collection}}
	}
	c = c.length(len(selections))
	for _, s := range selections {
		c = addText(c, s.Collection)
		c = c.constraints(s.Rule, s.Eligibility)
		c = c.rank(s.Rank)
	}
	c = addText(c, a.Fallback)
	c = c.bool(a.Optional)
	c = c.int(int64(max(a.Count, 1)))
	if a.Weight == 0 {
		c = c.number(1)
	} else {
		c = c.number(a.Weight)
	}
	c = c.instant(a.Start)
	c = c.instant(a.End)
	c = c.constraints(a.Rule, a.Eligibility)
	return c.rank(a.Rank)
}

func (c content) rank(s rank.Spec) content {
	c = addText(c, s.By)
	c = addText(c, s.Formula)
	c = c.bool(s.MinScore != nil)
	if s.MinScore != nil {
		c = c.number(*s.MinScore)
	}
	return c
}

func (c content) policy(p *constraint.Policy) content {
	c = addText(c, p.ID)
	c = addText(c, p.When)
	c = addText(c, p.Suppress)
	c = addText(c, p.Until)
	c = addText(c, p.Reason)
	return addText(c, p.OnError)
}

func (c content) contactPolicy(p *capping.ContactPolicy) content {
	c = addText(c, p.ID)
	c = addText(c, p.Collection)
	return c.cap(&offer.Cap{Limit: p.Limit, Per: p.Per, Window: p.Window, Counts: p.Counts, Placement: p.Placement})
}

// object adds the attributes of an offer, or an object within them.
func (c content) object(members map[string]any) content {
	var space [16]string // most have few
	names := space[:0]
	for name := range members {
		names = append(names, name)
	}
	slices.Sort(names)
	c = c.length(len(names))
	for _, name := range names {
		c = addText(c, name)
		c = c.value(members[name])
	}
	return c
}

// value adds a JSON value, its type first.
func (c content) value(v any) content {
	switch v := v.(type) {
	case bool:
		c = append(c, 'b')
		c = c.bool(v)
	case float64:
		c = append(c, 'n')
		c = c.number(v)
	case string:
		c = append(c, 's')
		c = addText(c, v)
	case []any:
		c = append(c, 'l')
		c = c.length(len(v))
		for _, element := range v {
			c = c.value(element)
		}
	case map[string]any:
		c = append(c, 'o')
		c = c.object(v)
	default: // nil: the attributes of a checked catalog are JSON values
		c = append(c, '0')
	}
	return c
}
