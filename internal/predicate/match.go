package predicate

import (
	"math/bits"
	"time"

	"github.com/proffer-go/proffer/internal/slot"
)

// A Counter tells how many events are as a count says, and false if the events
// could not be had.
type Counter interface {
	Count(c slot.Count, now time.Time) (n int, ok bool)
}

// A Match is what is known of the rules of a view for one row: all that takes long is
// found out at most once, and not before it is asked for. The zero Match is ready
// to be [Match.Reset]. It is not safe for concurrent use.
type Match struct {
	view    *View
	row     *slot.Row
	counter Counter
	seconds float64 // of now, since 1970
	nanos   uint32
	now     time.Time

	// Memos are valid if they carry the epoch, above the truth: so none is
	// cleared from one decision to the next.
	epoch uint32
	cells []uint32
	rules []uint32

	touched uint32 // of no use, but to keep what computes it

	asked int         // rules, before there were codes
	codes []uint64    // of the row's values; those of others are not to be changed
	own   []uint64    // memory for codes
	owns  bool        // they are there
	plain [][fan]band // the bands of each rule, unless all were found out about

	told    []float64 // counts that are known from the beginning
	counted []uint32  // epoch of each of the other counts
	counts  []float64 // -1: the events could not be had

	swept    bool
	whole    bool    // nothing is open but what does not fit
	reopened int     // rules that were open, and were asked for
	table    []Truth // of all cells, as far as rules hold
	verdicts []Truth
}

// truthBits are the low bits of a memo.
const truthBits = 2

// Reset forgets all and makes m know of the row, which fills the view's schema,
// and of the instant. It allocates only if the view is larger than any before.
func (m *Match) Reset(v *View, row *slot.Row, counts Counter, now time.Time) {
	m.view, m.row, m.counter, m.now = v, row, counts, now
	m.seconds, m.nanos = float64(now.Unix()), uint32(now.Nanosecond())
	m.swept, m.whole, m.reopened = false, false, 0
	m.asked, m.plain, m.codes, m.owns, m.told = 0, nil, nil, false, nil
	m.cells = grown(m.cells, len(v.cells))
	m.rules = grown(m.rules, len(v.rules))
	m.counted = grown(m.counted, len(v.schema.Counts()))
	m.counts = grown(m.counts, len(v.schema.Counts()))
	m.epoch++
	if m.epoch == 1<<(32-truthBits) {
		clear(m.cells)
		clear(m.rules)
		clear(m.counted)
		m.epoch = 1
	}
}

// Forget lets go of the row. There is nothing to ask until the next Reset.
func (m *Match) Forget() { m.row, m.counter, m.codes, m.told = nil, nil, nil, nil }

// grown returns s with at least n elements, a quarter more than that if it has to
// grow, since views grow step by step.
func grown[T any](s []T, n int) []T {
	if n <= len(s) {
		return s
	}
	return append(s, make([]T, n+n/4-len(s))...)
}

// Holds returns True if the rule is true, False if it is false or an error, and
// Unknown if that hangs on what does not fit. The bands among its parts are asked all at once.
func (m *Match) Holds(r Rule) Truth {
	if !m.HasBands(r) {
		return m.hangs(r)
	}
	switch outside, left := m.Sift(r); {
	case outside != 0:
		return False
	case left == leftNothing:
		return True
	default:
		return m.Rest(r)
	}
}

// HasBands reports whether the rule may be sifted: Holds is that and, if need be, Rest, for those who are in
// too much of a hurry for calls within calls.
func (m *Match) HasBands(r Rule) bool { return uint(r) < uint(len(m.plain)) }

// Touch makes the processor fetch the bands of a rule, if it has any, that may be sifted soon: while others have their turn,
// which take as long as that.
func (m *Match) Touch(r Rule) {
	if m.HasBands(r) {
		m.touched += m.plain[r][0].slot
	}
}

// Sift asks the bands of the rule. If the row is outside of one the rule is False, else if
// nothing is left True.
//
//go:noinline
func (m *Match) Sift(r Rule) (outside uint64, left uint32) {
	of, codes := &m.plain[r], m.codes
	return of[0].misses(codes) | of[1].misses(codes) | of[2].misses(codes) | of[3].misses(codes),
		of[0].left | of[1].left | of[2].left | of[3].left
}

// Rest returns the truth of a rule if the row is outside of none of its bands.
func (m *Match) Rest(r Rule) Truth { return m.rest(&m.view.rules[r], &m.plain[r]) }

// rest returns the truth of parts all of which are in their bands.
func (m *Match) rest(parts *[fan]uint32, bands *[fan]band) Truth {
	t := True
	for open := leaves(bands); open != 0; open &= open - 1 {
		i := bits.TrailingZeros32(open) % fan
		if t = min(t, m.left(parts[i], &bands[i])); t == False {
			break
		}
	}
	return t
}

// leaves returns a bit for each of the bands that leaves something to ask.
func leaves(bands *[fan]band) (open uint32) {
	return least(bands[0].left) | least(bands[1].left)<<1 | least(bands[2].left)<<2 | least(bands[3].left)<<3
}

// least is 1 for what is above 0, without a branch.
func least(n uint32) uint32 { return (n | -n) >> 31 }

// left returns the truth of a part that is in its band.
func (m *Match) left(n uint32, b *band) Truth {
	switch b.left &^ leftNumber {
	case leftGate:
		g := &m.view.columns.gateways[b.left&leftNumber]
		if g.flat { // which costs no more than to look it up
			return truthOf(g.misses(m.codes) <= uint64(g.most))
		}
		if m.cells[n]>>truthBits != m.epoch {
			t := m.passes(g)
			m.cells[n] = m.epoch<<truthBits | uint32(t)
			return t
		}
	case leftMembers:
		return truthOf(m.view.columns.members[b.left&leftNumber].has(m.codes[b.slot]))
	case leftCount:
		if m.codes[b.slot] != uncounted { // since the bands were asked, perhaps
			return truthOf(b.misses(m.codes) == 0)
		}
	case leftNothing:
		return True
	}
	return m.holds(n).holds()
}

// passes returns the truth of a gate.
func (m *Match) passes(g *gateway) Truth {
	c, bands := &m.view.cells[g.cell], &g.bands
	in := uint32(0) // a bit for each band that the row is in
	for i := range bands {
		in |= uint32(1-bands[i].misses(m.codes)) << i
	}
	if c.op == opAnd {
		if in != 1<<fan-1 {
			return False
		}
		return m.rest(&c.refs, bands)
	}
	open := leaves(bands)
	if in&^open != 0 {
		return True
	}
	t := False
	for open &= in; open != 0 && t != True; open &= open - 1 {
		i := bits.TrailingZeros32(open) % fan
		t = max(t, m.left(c.refs[i], &bands[i]))
	}
	return t
}

// hangs is Holds where there are no bands, or all rules were found out about.
func (m *Match) hangs(r Rule) Truth {
	if m.whole || m.swept && m.verdicts[r] != Unknown {
		return m.verdicts[r]
	}
	if m.asked++; m.asked == few {
		m.encode()
	}
	if memo := m.rules[r]; memo>>truthBits == m.epoch {
		return Truth(memo & (1<<truthBits - 1))
	}
	if m.swept && m.reopens() {
		return m.verdicts[r]
	}
	t := m.all(&m.view.rules[r])
	m.rules[r] = m.epoch<<truthBits | uint32(t)
	return t
}

// few is how many rules are asked for before all values get codes.
const few = 8

// perLine is how many codes a cache line has.
const perLine = 8

func (m *Match) encode() {
	if m.codes == nil {
		m.own = m.view.appendCodes(m.own[:0], m.row)
		m.useOwn()
	}
}

// Know tells the codes of the row, right after Reset. They are of use if they were made for the
// view, or for one that is hardly different, and the counts if they were made for the instant.
func (m *Match) Know(c *Codes) {
	now := c.at.Equal(m.now)
	if now {
		m.told = c.counts
	}
	switch of := m.view.columns; {
	case c.of != of:
	case now || c.at.IsZero():
		for i := 0; i < len(c.codes); i += perLine { // nearly all lines of a person who was away are fetched at once
			m.touched += uint32(c.codes[i])
		}
		m.use(c.codes)
	default:
		m.own = of.appendUncounted(append(m.own[:0], c.codes[:of.slots]...))
		m.useOwn()
	}
}

func (m *Match) use(codes []uint64) { m.codes, m.plain = codes, m.view.columns.plain }

func (m *Match) useOwn() {
	m.use(m.own)
	m.owns = true
	for n, epoch := range m.counted[:m.view.columns.counts] {
		if epoch == m.epoch {
			m.view.columns.enter(m.codes, n, m.counts[n])
		}
	}
}

// holds returns the truth of the cell as far as rules hold; False and Error are
// the same for a gate.
func (m *Match) holds(n uint32) Truth {
	if memo := m.cells[n]; memo>>truthBits == m.epoch {
		return Truth(memo & (1<<truthBits - 1))
	}
	return m.find(n)
}

// find finds out what holds remembers.
func (m *Match) find(n uint32) Truth {
	var t Truth
	switch c := &m.view.cells[n]; c.op {
	case opAnd:
		t = m.all(&c.refs)
	case opOr:
		t = m.any(&c.refs)
	default:
		t = m.atom(c)
	}
	m.cells[n] = m.epoch<<truthBits | uint32(t)
	return t
}

// all asks until one part is not true, and any until one is.
func (m *Match) all(parts *[fan]uint32) Truth {
	t := True
	for _, p := range parts {
		if p == trueCell {
			break // what remains only fills up
		}
		if t = min(t, m.holds(p).holds()); t == False {
			break
		}
	}
	return t
}

func (m *Match) any(parts *[fan]uint32) Truth {
	t := False
	for _, p := range parts {
		if p == falseCell {
			break
		}
		if t = max(t, m.holds(p).holds()); t == True {
			break
		}
	}
	return t
}

// Value returns the truth of the rule, errors told from false. It is slower than
// Holds, which shares what it finds about gates.
func (m *Match) Value(r Rule) Truth { return m.value(opAnd, m.view.rules[r]) }

func (m *Match) value(gate op, parts [fan]uint32) Truth {
	t, absorbing := True, False
	if gate == opOr {
		t, absorbing = absorbing, t
	}
	for _, p := range parts {
		var part Truth
		if c := &m.view.cells[p]; c.isGate() {
			part = m.value(c.op, c.refs)
		} else {
			part = m.holds(p)
		}
		if gate == opAnd {
			t = and(t, part)
		} else {
			t = or(t, part)
		}
		if t == absorbing {
			break
		}
	}
	return t
}
