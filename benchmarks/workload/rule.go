package workload

import (
	"slices"
	"strings"
)

// A Term is a condition on a person.
type Term interface {
	// Holds reports whether it is true, and whether it has a value at all: where
	// an attribute is missing it has none, as in CEL.
	Holds(p *Person) (value, ok bool)
}

// A Rule is a conjunction.
type Rule struct{ Terms []Term }

// Holds reports whether all terms of the rule have the value true.
func (r Rule) Holds(p *Person) bool {
	for _, t := range r.Terms {
		if value, ok := t.Holds(p); !value || !ok {
			return false
		}
	}
	return true
}

// The terms.
type (
	// AtLeast is number >= Value.
	AtLeast struct {
		*Attribute
		Value float64
	}
	// Below is number < Value.
	Below struct {
		*Attribute
		Value float64
	}
	// Between is number >= Low && number < High.
	Between struct {
		*Attribute
		Low, High float64
	}
	// Equals is text == Value.
	Equals struct {
		*Attribute
		Value string
	}
	// Differs is text != Value.
	Differs struct {
		*Attribute
		Value string
	}
	// OneOf is text in Values.
	OneOf struct {
		*Attribute
		Values []string
	}
	// Is is flag, or !flag.
	Is struct {
		*Attribute
		Want bool
	}
	// Has is that there is such an attribute.
	Has struct{ *Attribute }
	// Contains is Value in set.
	Contains struct {
		*Attribute
		Value string
	}
	// Count is that there were at least Min events of the type in the last days.
	Count struct {
		Type      string
		Days, Min int
	}
	// Or is that one of two terms is true.
	Or struct{ Left, Right Term }

	// EndsWith is text.endsWith(Suffix): no index knows it.
	EndsWith struct {
		*Attribute
		Suffix string
	}
	// Sum is A + B >= Min of two numbers: no index knows it.
	Sum struct {
		A, B *Attribute
		Min  float64
	}
	// AnyStartsWith is that a member of the set begins so: no index knows it.
	AnyStartsWith struct {
		*Attribute
		Prefix string
	}
)

// value returns what the person has, and whether it is there.
func value[T any](p *Person, a *Attribute) (T, bool) {
	v, ok := p.Values[a.Index].(T)
	return v, ok
}

// Holds implements [Term].
func (t AtLeast) Holds(p *Person) (is, ok bool) {
	v, ok := value[float64](p, t.Attribute)
	return v >= t.Value, ok
}

// Holds implements [Term].
func (t Below) Holds(p *Person) (is, ok bool) {
	v, ok := value[float64](p, t.Attribute)
	return v < t.Value, ok
}

// Holds implements [Term].
func (t Between) Holds(p *Person) (is, ok bool) {
	v, ok := value[float64](p, t.Attribute)
	return v >= t.Low && v < t.High, ok
}

// Holds implements [Term].
func (t Equals) Holds(p *Person) (is, ok bool) {
	v, ok := value[string](p, t.Attribute)
	return v == t.Value, ok
}

// Holds implements [Term].
func (t Differs) Holds(p *Person) (is, ok bool) {
	v, ok := value[string](p, t.Attribute)
	return v != t.Value, ok
}

// Holds implements [Term].
func (t OneOf) Holds(p *Person) (is, ok bool) {
	v, ok := value[string](p, t.Attribute)
	return slices.Contains(t.Values, v), ok
}

// Holds implements [Term].
func (t Is) Holds(p *Person) (is, ok bool) {
	v, ok := value[bool](p, t.Attribute)
	return v == t.Want, ok
}

// Holds implements [Term].
func (t Has) Holds(p *Person) (is, ok bool) { return p.Values[t.Index] != nil, true }

// Holds implements [Term].
func (t Contains) Holds(p *Person) (is, ok bool) {
	v, ok := value[[]string](p, t.Attribute)
	return slices.Contains(v, t.Value), ok
}

// Holds implements [Term].
func (t Count) Holds(p *Person) (is, ok bool) { return p.Count(t.Type, t.Days) >= t.Min, true }

// Holds implements [Term]: what is true absorbs what has no value.
func (t Or) Holds(p *Person) (is, ok bool) {
	left, leftOK := t.Left.Holds(p)
	right, rightOK := t.Right.Holds(p)
	if left && leftOK || right && rightOK {
		return true, true
	}
	return false, leftOK && rightOK
}

// Holds implements [Term].
func (t EndsWith) Holds(p *Person) (is, ok bool) {
	v, ok := value[string](p, t.Attribute)
	return strings.HasSuffix(v, t.Suffix), ok
}

// Holds implements [Term].
func (t Sum) Holds(p *Person) (is, ok bool) {
	a, ok := value[float64](p, t.A)
	b, also := value[float64](p, t.B)
	return a+b >= t.Min, ok && also
}

// Holds implements [Term].
func (t AnyStartsWith) Holds(p *Person) (is, ok bool) {
	v, ok := value[[]string](p, t.Attribute)
	return slices.ContainsFunc(v, func(s string) bool { return strings.HasPrefix(s, t.Prefix) }), ok
}
