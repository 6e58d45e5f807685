package predicate

import (
	"time"

	"github.com/proffer-go/proffer/internal/slot"
)

// atom returns the truth of an atom, or of a constant.
func (m *Match) atom(c *cell) Truth {
	if c.of == events || c.op >= opConstant {
		return m.special(c)
	}
	value := &m.row.Values[c.refs[subjectRef]]
	switch {
	case value.Kind != slot.Absent:
		return c.negate(m.view.judge(c, value, m.row))
	case m.isMissing(c.refs[subjectRef], c.optional):
		return c.none
	case c.optional > 0:
		return Error
	case c.op == opHas:
		return c.negate(m.lacks(c.refs[subjectRef]))
	}
	return Error
}

// special returns the truth of an atom that is not about the value at one path.
func (m *Match) special(c *cell) Truth {
	switch c.op {
	case opConstant:
		return c.none
	case opBefore:
		return c.negate(truthOf(m.seconds < c.number || m.seconds == c.number && m.nanos < c.refs[nanosRef]))
	case opEqualPath, opLessPath:
		return c.negate(m.pair(c))
	case opEqualQuantity, opLessQuantity, opAtMostQuantity:
		return c.negate(m.compare(c))
	default:
		n := m.count(c.refs[subjectRef])
		if n < 0 {
			return Error
		}
		return c.negate(m.view.judgeScalar(c, &slot.Value{Kind: slot.Number, Number: n}))
	}
}

// pair returns the truth of a comparison between two paths.
func (m *Match) pair(c *cell) Truth {
	a, b := &m.row.Values[c.refs[subjectRef]], &m.row.Values[c.refs[otherRef]]
	if a.Kind == slot.Absent || b.Kind == slot.Absent {
		return Error
	}
	return judgePair(c.op, a, b)
}

// lacks returns has(path) of a path without a value. What should hold the last key
// must be there; a list has no keys, so that asking is an error, while scalars
// just lack them.
func (m *Match) lacks(subject uint32) Truth {
	switch above := m.view.schema.Above(int32(subject)); {
	case above < 0, m.row.Values[above].Kind == slot.Absent, m.row.Values[above].Kind == slot.List:
		return Error
	}
	return False
}

// isMissing reports whether a path without a value lacks no more than its last keys,
// that are optional. The nearest part that is there decides: in a list no key can
// be missing, as it is an error to ask.
func (m *Match) isMissing(subject uint32, optional uint8) bool {
	at := int32(subject)
	for range optional {
		at = m.view.schema.Above(at)
		if kind := m.row.Values[at].Kind; kind != slot.Absent {
			return kind != slot.List
		}
	}
	return false
}

// count returns the count of events, -1 if they could not be had.
func (m *Match) count(n uint32) float64 {
	if int(n) < len(m.told) {
		return m.told[n]
	}
	if m.counted[n] != m.epoch {
		m.counted[n], m.counts[n] = m.epoch, countOf(m.counter, m.view.schema.Counts()[n], m.now)
		if m.owns {
			m.view.columns.enter(m.codes, int(n), m.counts[n])
		}
	}
	return m.counts[n]
}

func countOf(counts Counter, c slot.Count, at time.Time) float64 {
	if n, ok := counts.Count(c, at); ok {
		return float64(n)
	}
	return -1
}
