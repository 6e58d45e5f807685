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

func (c *content) length(n int) {
	if n < 0x80 { // as most are, one byte
		*c = append(*c, byte(n))
		return
	}
	*c = binary.AppendUvarint(*c, uint64(n))
}
func (c *content) word(w uint64) { *c = binary.LittleEndian.AppendUint64(*c, w) }
func (c *content) int(n int64)   { *c = binary.AppendVarint(*c, n) }

func (c *content) number(f float64) {
	if f == 0 {
		f = 0 // there is no negative zero
	}
	c.word(math.Float64bits(f))
}

func (c *content) bool(b bool) {
	bit := byte(0)
	if b {
		bit = 1
	}
	*c = append(*c, bit)
}

func (c *content) instant(t time.Time) {
	c.int(t.Unix())
	c.length(t.Nanosecond())
}

func addText[T ~string](c *content, text T) {
	c.length(len(text))
	*c = append(*c, text...)
}

// addDefault adds the text, or what it means if it is empty.
func addDefault[T ~string](c *content, text, empty T) {
	if text == "" {
		text = empty
	}
	addText(c, text)
}

func addTexts[T ~string](c *content, list []T) {
	c.length(len(list))
	for _, text := range list {
		addText(c, text)
	}
}

func (c *content) placement(p *placement.Placement) {
	addText(c, p.ID)
	addText(c, p.Name)
	addText(c, p.Channel)
	addTexts(c, p.ContentTypes)
}

func (c *content) rule(r *constraint.Rule) {
	addText(c, r.ID)
	addText(c, r.Expr)
}

func (c *content) offer(o *offer.Offer) {
	addText(c, o.ID)
	addText(c, o.Name)
	addDefault(c, o.Status, offer.Draft)
	addDefault(c, o.Kind, offer.Promotion)
	addTexts(c, o.Tags)
	c.representations(o.Representations)
	c.instant(o.Start)
	c.instant(o.End)
	c.constraints(o.Rule, o.Eligibility, o.Applicability, o.Suitability)
	c.length(len(o.Caps))
	for i := range o.Caps {
		c.cap(&o.Caps[i])
	}
	c.int(o.Priority)
	c.number(o.Value)
	c.number(o.Cost)
	addText(c, o.Acceptance)
	c.object(o.Attributes)
}

func (c *content) constraints(rule offer.RuleID, texts ...string) {
	addText(c, rule)
	addTexts(c, texts)
}

func (c *content) representations(all []offer.Representation) {
	c.length(len(all))
	for i := range all {
		r := &all[i]
		addText(c, r.Placement)
		c.length(len(r.Components))
		for j := range r.Components {
			p := &r.Components[j]
			addText(c, p.Type)
			addTexts(c, p.Languages)
			addText(c, p.Content)
			addText(c, p.URL)
		}
	}
}

func (c *content) cap(p *offer.Cap) {
	c.int(p.Limit)
	addText(c, p.Per)
	c.window(p.Window)
	addText(c, p.Counts)
	addText(c, p.Placement)
}

func (c *content) window(w offer.Window) {
	w = w.Normal()
	addText(c, w.Every)
	addText(c, w.Timezone)
	addText(c, w.WeekStart)
	c.int(int64(w.Rolling))
}

func (c *content) fallback(f *offer.Fallback) {
	addText(c, f.ID)
	c.representations(f.Representations)
}

func (c *content) collection(l *collection.Collection) {
	addText(c, l.ID)
	addTexts(c, l.AnyTags)
	addTexts(c, l.AllTags)
	addTexts(c, l.Offers)
	c.constraints(l.Rule, l.Eligibility, l.Applicability, l.Suitability)
}

func (c *content) activity(a *Activity) {
	addText(c, a.ID)
	addText(c, a.Placement)
	selections := a.Selections
	if a.Collection != "" {
		selections = []Selection{{Collection: a.Collection}}
	}
	c.length(len(selections))
	for _, s := range selections {
		addText(c, s.Collection)
		c.constraints(s.Rule, s.Eligibility)
		c.rank(s.Rank)
	}
	addText(c, a.Fallback)
	c.bool(a.Optional)
	c.int(int64(max(a.Count, 1)))
	if a.Weight == 0 {
		c.number(1)
	} else {
		c.number(a.Weight)
	}
	c.instant(a.Start)
	c.instant(a.End)
	c.constraints(a.Rule, a.Eligibility)
	c.rank(a.Rank)
}

func (c *content) rank(s rank.Spec) {
	addText(c, s.By)
	addText(c, s.Formula)
	c.bool(s.MinScore != nil)
	if s.MinScore != nil {
		c.number(*s.MinScore)
	}
}

func (c *content) policy(p *constraint.Policy) {
	addText(c, p.ID)
	addText(c, p.When)
	addText(c, p.Suppress)
	addText(c, p.Until)
	addText(c, p.Reason)
	addText(c, p.OnError)
}

func (c *content) contactPolicy(p *capping.ContactPolicy) {
	addText(c, p.ID)
	addText(c, p.Collection)
	c.cap(&offer.Cap{Limit: p.Limit, Per: p.Per, Window: p.Window, Counts: p.Counts, Placement: p.Placement})
}

// object adds the attributes of an offer, or an object within them.
func (c *content) object(members map[string]any) {
	var space [16]string // most have few
	names := space[:0]
	for name := range members {
		names = append(names, name)
	}
	slices.Sort(names)
	c.length(len(names))
	for _, name := range names {
		addText(c, name)
		c.value(members[name])
	}
}

// value adds a JSON value, its type first.
func (c *content) value(v any) {
	switch v := v.(type) {
	case bool:
		*c = append(*c, 'b')
		c.bool(v)
	case float64:
		*c = append(*c, 'n')
		c.number(v)
	case string:
		*c = append(*c, 's')
		addText(c, v)
	case []any:
		*c = append(*c, 'l')
		c.length(len(v))
		for _, element := range v {
			c.value(element)
		}
	case map[string]any:
		*c = append(*c, 'o')
		c.object(v)
	default: // nil: the attributes of a checked catalog are JSON values
		*c = append(*c, '0')
	}
}
