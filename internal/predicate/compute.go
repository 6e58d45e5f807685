package predicate

import (
	"math"
	"time"

	"github.com/proffer-go/proffer/internal/instant"
	"github.com/proffer-go/proffer/internal/slot"
)

// A computed value has a kind that data have, or one of its own. It is an error if
// it is absent. Of strings, lists and maps only the kind is known.
type computed struct {
	kind   slot.Kind
	number float64
	whole  int64 // as in a step
	nanos  int64
}

// compare returns the truth of a comparison between two quantities.
func (m *Match) compare(c *cell) Truth {
	a, b := m.compute(c.refs[subjectRef]), m.compute(c.refs[otherRef])
	switch {
	case a.kind == slot.Absent || b.kind == slot.Absent:
		return Error
	case a.kind == openKind || b.kind == openKind:
		return Unknown
	case c.op != opEqualQuantity && (math.IsNaN(a.number) || math.IsNaN(b.number)):
		return unordered(&a, &b)
	case a.kind != b.kind && c.op == opEqualQuantity:
		return False
	case a.kind != b.kind:
		return Error
	case c.op == opEqualQuantity:
		return a.equals(&b)
	case c.op == opAtMostQuantity:
		return b.less(&a).not()
	}
	return a.less(&b)
}

// unordered returns the truth of a < b, and of a <= b, where one of them is no
// number. What cel-go says beside other kinds hangs on which side they are.
func unordered(a, b *computed) Truth {
	if a.kind == b.kind {
		return False
	}
	return Unknown
}

// equals returns the truth of a == b, which are of one kind.
func (a *computed) equals(b *computed) Truth {
	switch a.kind {
	case slot.Number, slot.Bool:
		return truthOf(a.number == b.number)
	case instantKind, durationKind:
		return truthOf(a.whole == b.whole && a.nanos == b.nanos)
	case slot.Null:
		return True
	default:
		return Unknown
	}
}

// less returns the truth of a < b, which are of one kind.
func (a *computed) less(b *computed) Truth {
	switch a.kind {
	case slot.Number, slot.Bool:
		return truthOf(a.number < b.number)
	case instantKind, durationKind:
		return truthOf(a.whole < b.whole || a.whole == b.whole && a.nanos < b.nanos)
	case slot.String:
		return Unknown
	default:
		return Error
	}
}

// compute returns the value of a quantity.
func (m *Match) compute(n uint32) computed {
	var values [mostValues]computed
	top := -1
	steps := m.view.quantity(n)
	for i := range steps {
		switch s := &steps[i]; s.do {
		case putConstant, putNow, putValue, putDouble, putTimestamp:
			top++
			values[top] = m.put(s)
		case negate:
			values[top] = values[top].negative()
		default:
			top--
			values[top] = values[top].with(&values[top+1], s.do)
		}
	}
	return values[0]
}

// put returns the value that the step puts on the stack.
func (m *Match) put(s *step) computed {
	switch s.do {
	case putConstant:
		return computed{s.kind, s.number, s.whole, s.nanos}
	case putNow:
		return computed{kind: instantKind, whole: m.now.Unix(), nanos: int64(m.now.Nanosecond())}
	default:
		return m.putPath(s)
	}
}

// putPath returns what the step makes of the value at its path.
func (m *Match) putPath(s *step) computed {
	value := &m.row.Values[s.slot]
	switch {
	case value.Kind == slot.Absent && !m.isMissing(s.slot, s.optional):
		return computed{}
	case value.Kind == slot.Absent:
		value = &slot.Value{Kind: slot.Number, Number: s.number}
	case s.of == size:
		n, ok := sizeOf(value)
		if !ok {
			return computed{}
		}
		value = &slot.Value{Kind: slot.Number, Number: float64(n)}
	}
	switch s.do {
	case putDouble:
		return doubleOf(value)
	case putTimestamp:
		return timestampOf(value)
	default:
		return computed{kind: value.Kind, number: value.Number}
	}
}

// doubleOf returns double(value). What strings stand for is left to the program.
func doubleOf(value *slot.Value) computed {
	switch value.Kind {
	case slot.Number:
		return computed{kind: slot.Number, number: value.Number}
	case slot.String:
		return computed{kind: openKind}
	default:
		return computed{}
	}
}

// timestampOf returns timestamp(value), as cel-go reads it. Other than the package
// instant it takes no leap second and no lower case, but a year 0 that an offset
// turns into the year 1.
func timestampOf(value *slot.Value) computed {
	text := value.Text
	if value.Kind != slot.String || len(text) < len("2006-01-02T15:04:05Z") {
		return computed{}
	}
	if text[:4] == "0000" {
		return computed{kind: openKind}
	}
	if text[10] == 't' || text[17] == '6' || text[len(text)-1] == 'z' {
		return computed{}
	}
	t, err := instant.Parse(text)
	if err != nil {
		return computed{}
	}
	return computed{kind: instantKind, whole: t.Unix(), nanos: int64(t.Nanosecond())}
}

func (a *computed) negative() computed {
	switch a.kind {
	case slot.Number:
		return computed{kind: slot.Number, number: -a.number}
	case durationKind:
		if a.whole != math.MinInt64 {
			return computed{kind: durationKind, whole: -a.whole}
		}
	case openKind:
		return *a
	default: // an error
	}
	return computed{}
}

// with returns the result of an operation. One operand that is an error makes it
// an error.
func (a *computed) with(b *computed, do action) computed {
	switch {
	case a.kind == slot.Number && b.kind == slot.Number:
		return computed{kind: slot.Number, number: calculated(a.number, b.number, do)}
	case a.kind == slot.Absent || b.kind == slot.Absent:
		return computed{}
	case a.kind == openKind || b.kind == openKind:
		return computed{kind: openKind}
	case do == add && a.kind == b.kind && (a.kind == slot.String || a.kind == slot.List):
		return computed{kind: a.kind}
	case do == add && b.kind == durationKind:
		return a.later(b.whole)
	case do == add && a.kind == durationKind:
		return b.later(a.whole)
	case do == subtract && b.kind == durationKind:
		return a.earlier(b.whole)
	case do == subtract && a.kind == instantKind && b.kind == instantKind:
		return a.since(b)
	}
	return computed{}
}

// calculated returns a result in the order of CEL: each is rounded, lest a compiler
// fuse it with the next.
func calculated(a, b float64, do action) float64 {
	switch do {
	case add:
		return float64(a + b)
	case subtract:
		return float64(a - b)
	case multiply:
		return float64(a * b)
	default:
		return float64(a / b)
	}
}

// The seconds, since 1970, at which the year 1 begins and the year 9999 ends.
const (
	firstSecond = -62135596800
	lastSecond  = 253402300799
)

// later returns an instant or a duration by so many nanoseconds later, an error if
// that is out of range.
func (a *computed) later(nanos int64) computed {
	switch a.kind {
	case durationKind:
		sum := a.whole + nanos
		if (sum > a.whole) == (nanos > 0) {
			return computed{kind: durationKind, whole: sum}
		}
	case instantKind:
		t := time.Unix(a.whole, a.nanos).Add(time.Duration(nanos))
		if s := t.Unix(); firstSecond <= s && s <= lastSecond {
			return computed{kind: instantKind, whole: s, nanos: int64(t.Nanosecond())}
		}
	default: // an error
	}
	return computed{}
}

// earlier is the opposite of later. The shortest duration of all has no opposite.
func (a *computed) earlier(nanos int64) computed {
	switch {
	case nanos != math.MinInt64:
		return a.later(-nanos)
	case a.kind == durationKind && a.whole < 0:
		return computed{kind: durationKind, whole: a.whole - nanos}
	}
	return computed{}
}

// since returns the duration from b to a, an error if it is out of range. As cel-go
// does, it scales the seconds first: the last second of the range is beyond it.
func (a *computed) since(b *computed) computed {
	seconds, nanos := a.whole-b.whole, a.nanos-b.nanos
	const most = math.MaxInt64 / int64(time.Second)
	if seconds < -most || seconds > most {
		return computed{}
	}
	start := computed{kind: durationKind, whole: seconds * int64(time.Second)}
	return start.later(nanos)
}
