package predicate

import (
	"math"
	"math/bits"
	"slices"
	"time"

	"github.com/proffer-go/proffer/internal/slot"
)

// The code of a value is what most atoms see of it, in one number: atoms that compare a value
// with a constant are bands of codes, and asked without a branch, which no processor could
// foresee. Numbers are in their order; the bits that are no number leave room for
// all else (NaN boxing: Gudeman, Representing type information in dynamically typed
// languages, 1993).
const (
	noCode   uint64 = 0 // of no value
	infinity uint64 = 0xfff0_0000_0000_0000

	nullCode  = infinity + 1
	falseCode = infinity + 2
	trueCode  = infinity + 3
	otherCode = infinity + 4 // a list, a map, or a text that no atom has as a constant
	textCode  = infinity + 5 // the first text; the others follow

	absentCode uint64 = math.MaxUint64
)

// codeOf returns the code of the number.
func codeOf(number float64) uint64 {
	b := math.Float64bits(number + 0) // +0 and -0 are equal
	return b ^ (uint64(int64(b)>>63) | 1<<63)
}

// A band is an atom as the codes that make it true: from a code on so many, and
// only those that a dam of 64 bits does not hold back. An atom that is more than that has a band
// that all are in of which it is true, and something is left to ask. It takes half a cache line.
type band struct {
	from, width uint64
	dam         uint64
	slot        uint32
	left        uint32 // what is left to ask, and in the bits of leftNumber the number of a list
}

const (
	leftNothing uint32 = iota << leftBits
	leftItself         // the atom
	leftCount          // the atom, if its count has no code yet
	leftMembers        // whether the code is a member
	leftGate           // the parts of a gate

	leftBits   = 28
	leftNumber = 1<<leftBits - 1
)

// A gateway is a gate as the bands of its parts.
type gateway struct {
	bands [fan]band
	cell  uint32
	most  uint8 // of them may miss in a gate that is true
	flat  bool  // they leave nothing to ask
}

// A member list has codes; without: of values that are no members.
type members struct {
	codes   []uint64
	without bool
}

// full is the band that all codes are in.
var full = band{width: math.MaxUint64}

// beside is that of atoms that are not about a code.
var beside = band{width: math.MaxUint64, left: leftItself}

// misses returns 0 if the value at the band's slot is in the band, else 1.
func (b *band) misses(codes []uint64) uint64 {
	code := codes[b.slot]
	_, outside := bits.Sub64(b.width, code-b.from, 0)
	return outside | b.dam>>hole(code)&1
}

// misses returns how many of the bands the row is outside of.
func (g *gateway) misses(codes []uint64) uint64 {
	return g.bands[0].misses(codes) + g.bands[1].misses(codes) + g.bands[2].misses(codes) + g.bands[3].misses(codes)
}

// hole returns which bit of a dam is the code's. Texts, which have numbers in a row, differ.
func hole(code uint64) uint64 { return code % 64 }

// bandOf returns the atom as a band.
func (b *builder) bandOf(c *cell) band {
	switch {
	case c.op == opConstant && c.none == True:
		return full
	case c.op == opConstant && c.none == False:
		return band{dam: math.MaxUint64}
	case c.of == events:
		return b.bandOfCount(c)
	case c.of != whole || c.none == True: // which it is of a value that is not there
		return beside
	}
	v, in := b.view, band{slot: c.refs[subjectRef]}
	switch c.op {
	case opLess:
		if c.kind != slot.Number || math.IsNaN(c.number) || math.IsInf(c.number, -1) {
			return beside
		}
		least, bound := codeOf(math.Inf(-1)), codeOf(c.number)
		if in.from, in.width = least, bound-least-1; c.negated {
			in.from, in.width = bound, infinity-bound
		}
	case opEqual:
		if in.from = v.codeOfConstant(v.constant(c), &b.words); c.negated {
			b.among(&in, []uint64{in.from}, true)
		}
	case opIn:
		var codes []uint64
		for _, k := range v.set(c.refs[constantRef]) {
			codes = append(codes, v.codeOfConstant(k, &b.words))
		}
		slices.Sort(codes)
		b.among(&in, codes, c.negated)
	case opTrue:
		if in.from = trueCode; c.negated {
			in.from = falseCode
		}
	case opHas:
		if c.negated { // then it hangs on what should hold the value
			return beside
		}
		in.from, in.width = noCode, absentCode-1
	default:
		return beside
	}
	return in
}

// bandOfCount returns an atom about a count as a band, which has the code of one that is not known, too.
func (b *builder) bandOfCount(c *cell) band {
	if c.op != opLess || c.kind != slot.Number || math.IsNaN(c.number) {
		return beside
	}
	in, bound := band{slot: uint32(b.slots) + c.refs[subjectRef], left: leftCount}, max(codeOf(c.number), codeOf(0))
	if in.from, in.width = uncounted, bound-1-uncounted; c.negated {
		in.from, in.width = bound, uncounted-bound // once around
	}
	return in
}

// gatewayOf returns the gate as a band, after its parts.
func (b *builder) gatewayOf(n uint32, c *cell, bands []band) band {
	g := gateway{cell: n, flat: true}
	if c.op == opOr {
		g.most = fan - 1
	}
	for i, p := range c.refs {
		g.bands[i] = bands[p]
		g.flat = g.flat && bands[p].left == leftNothing
	}
	b.gateways = append(b.gateways, g)
	return band{width: math.MaxUint64, left: leftGate + uint32(len(b.gateways)-1)}
}

// among makes the band that of the values that are there and among the codes, which ascend, or not.
func (b *builder) among(in *band, codes []uint64, without bool) {
	if !without {
		in.dam = math.MaxUint64
		for _, code := range codes {
			in.dam &^= 1 << hole(code)
		}
		if n := len(codes); n > 0 && codes[n-1]-codes[0] <= hole(math.MaxUint64) {
			in.from, in.width = codes[0], codes[n-1]-codes[0] // each has a hole of its own
			return
		}
	}
	in.from, in.width, in.left = noCode, absentCode-1, leftMembers+uint32(len(b.members))
	b.members = append(b.members, members{codes, without})
}

// encode finds the bands of the cells, and of the rules.
func (b *builder) encode() {
	v := b.view
	b.words = newVocabulary(v)
	b.slots, b.counts = v.schema.Len(), len(v.schema.Counts())
	bands := make([]band, len(v.cells))
	for n := range v.cells {
		c := &v.cells[n]
		if c.isGate() {
			bands[n] = b.gatewayOf(uint32(n), c, bands)
			continue
		}
		bands[n] = b.bandOf(c)
		if c.of == whole && (c.op == opEqual && c.kind == slot.String || c.op == opIn) {
			b.words.sought[c.refs[subjectRef]] = true
		}
	}
	b.plain = make([][fan]band, len(v.rules))
	for r, parts := range v.rules {
		for i, p := range parts {
			b.plain[r][i] = bands[p]
		}
	}
}

// has reports whether the code, which is in a band that leaves this to ask, makes its atom true.
func (m *members) has(code uint64) bool {
	if len(m.codes) <= fewMembers {
		return slices.Contains(m.codes, code) != m.without
	}
	_, found := slices.BinarySearch(m.codes, code)
	return found != m.without
}

func (v *View) codeOfConstant(k constant, words *vocabulary) uint64 {
	switch k.kind {
	case slot.Number:
		return codeOf(k.number)
	case slot.Bool:
		return falseCode + uint64(k.number)
	case slot.String:
		return words.code(v, v.texts[k.text])
	default:
		return nullCode
	}
}

// uncounted is the code of a count that is not known: that of the number before 0, which is none.
var uncounted = codeOf(0) - 1

// Codes are those of a row's values, by slot, and behind these of what counts come to at an instant.
type Codes struct {
	of     *columns
	codes  []uint64
	counts []float64 // by number; -1: the events could not be had
	at     time.Time
}

// Encode returns the codes of the row, which fills the view's schema, with the counts at the
// instant unless that is zero.
func (v *View) Encode(row *slot.Row, counts Counter, at time.Time) *Codes {
	c := &Codes{of: v.columns, codes: v.appendCodes(nil, row), at: at}
	if at.IsZero() {
		return c
	}
	for n, count := range v.schema.Counts() {
		c.counts = append(c.counts, countOf(counts, count, at))
		v.columns.enter(c.codes, n, c.counts[n])
	}
	return c
}

// enter makes the code of the count the one of what it came to.
func (c *columns) enter(codes []uint64, n int, count float64) {
	if n < c.counts && count >= 0 {
		codes[c.slots+n] = codeOf(count)
	}
}

// appendUncounted appends the codes of counts of which nothing is known.
func (c *columns) appendUncounted(codes []uint64) []uint64 {
	for range c.counts {
		codes = append(codes, uncounted)
	}
	return codes
}

func (v *View) appendCodes(codes []uint64, row *slot.Row) []uint64 {
	words := &v.columns.words
	for i := range words.sought { // which later slots are not of
		value, code := &row.Values[i], absentCode
		switch value.Kind {
		case slot.Absent:
		case slot.Null:
			code = nullCode
		case slot.Bool:
			code = falseCode + uint64(value.Number)
		case slot.Number:
			code = codeOf(value.Number)
		case slot.String:
			if code = otherCode; words.sought[i] {
				code = words.code(v, value.Text)
			}
		default:
			code = otherCode
		}
		codes = append(codes, code)
	}
	return v.columns.appendUncounted(codes)
}
