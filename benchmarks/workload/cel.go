package workload

import (
	"fmt"
	"strconv"
	"strings"
)

// A Dialect is how a CEL environment names facts.
type Dialect struct {
	Path  func(*Attribute) string
	Has   func(*Attribute) string
	Count func(Count) string // the number of events
}

// Proffer is CEL with proffer's macros for events.
var Proffer = Dialect{
	Path: (*Attribute).Path,
	Has:  func(a *Attribute) string { return "has(" + a.Path() + ")" },
	Count: func(c Count) string {
		return fmt.Sprintf("events.ofType('%s').within(duration('%dh')).size()", c.Type, 24*c.Days)
	},
}

// CEL writes the rule in the dialect.
func (r Rule) CEL(d Dialect) string {
	terms := make([]string, len(r.Terms))
	for i, t := range r.Terms {
		terms[i] = d.term(t)
	}
	return strings.Join(terms, " && ")
}

func (d Dialect) term(t Term) string {
	switch t := t.(type) {
	case AtLeast:
		return d.Path(t.Attribute) + " >= " + Double(t.Value)
	case Below:
		return d.Path(t.Attribute) + " < " + Double(t.Value)
	case Between:
		path := d.Path(t.Attribute)
		return path + " >= " + Double(t.Low) + " && " + path + " < " + Double(t.High)
	case Equals:
		return d.Path(t.Attribute) + " == " + Quote(t.Value)
	case Differs:
		return d.Path(t.Attribute) + " != " + Quote(t.Value)
	case OneOf:
		return d.Path(t.Attribute) + " in [" + QuoteAll(t.Values) + "]"
	case Is:
		if !t.Want {
			return "!" + d.Path(t.Attribute)
		}
		return d.Path(t.Attribute)
	case Has:
		return d.Has(t.Attribute)
	case Contains:
		return Quote(t.Value) + " in " + d.Path(t.Attribute)
	case Count:
		return d.Count(t) + " >= " + strconv.Itoa(t.Min)
	case Or:
		return "(" + d.term(t.Left) + " || " + d.term(t.Right) + ")"
	case EndsWith:
		return d.Path(t.Attribute) + ".endsWith(" + Quote(t.Suffix) + ")"
	case Sum:
		return d.Path(t.A) + " + " + d.Path(t.B) + " >= " + Double(t.Min)
	case AnyStartsWith:
		return d.Path(t.Attribute) + ".exists(s, s.startsWith(" + Quote(t.Prefix) + "))"
	default:
		panic(fmt.Sprintf("a term without a form: %T", t))
	}
}

// Double writes a number that reads as a double.
func Double(v float64) string {
	s := strconv.FormatFloat(v, 'f', -1, 64)
	if !strings.Contains(s, ".") {
		s += ".0"
	}
	return s
}

// Quote quotes a text, which has no quotes itself.
func Quote(s string) string { return "'" + s + "'" }

// QuoteAll quotes texts and separates them by commas.
func QuoteAll(all []string) string { return "'" + strings.Join(all, "', '") + "'" }
