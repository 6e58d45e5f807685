package predicate

import (
	"math"
	"time"

	"github.com/proffer-go/proffer/internal/slot"
)

// An unpacker reads what a packer wrote, in the same order.
type unpacker struct {
	packed Packed
	at     int // where to read on
}

func (r *unpacker) byte() uint8 {
	r.at++
	return r.packed[r.at-1]
}

func (r *unpacker) flag() bool { return r.byte() == 1 }

// varint reads what [encoding/binary.AppendVarint] wrote.
func (r *unpacker) varint() int64 {
	var n uint64
	for shift := 0; ; shift += 7 {
		b := r.byte()
		n |= uint64(b&0x7f) << shift
		if b < 0x80 {
			return int64(n>>1) ^ -int64(n&1)
		}
	}
}

func (r *unpacker) double() float64 {
	var bits uint64
	for shift := 0; shift < 64; shift += 8 {
		bits |= uint64(r.byte()) << shift
	}
	return math.Float64frombits(bits)
}

func (r *unpacker) text() string {
	n := int(r.varint())
	r.at += n
	return string(r.packed[r.at-n : r.at])
}

// list reads how many there are: room for them, nil for none.
func list[T any](r *unpacker) []T {
	n := r.varint()
	if n == 0 {
		return nil
	}
	return make([]T, n)
}

func (r *unpacker) path() slot.Path {
	p := slot.Path{Root: slot.Root(r.byte()), Keys: list[string](r)}
	for i := range p.Keys {
		p.Keys[i] = r.text()
	}
	return p
}

func (r *unpacker) value() (v slot.Value) {
	v.Kind = slot.Kind(r.byte())
	switch v.Kind {
	case slot.Number, slot.Bool:
		v.Number = r.double()
	case slot.String:
		v.Text = r.text()
	default: // the kind says all
	}
	return v
}

func (r *unpacker) form() *Form {
	switch o := op(r.byte()); o {
	case nothing:
		return nil
	case opAnd, opOr:
		f := &Form{Fits: true, op: o, parts: list[*Form](r), size: 1}
		for i := range f.parts {
			p := r.form()
			f.parts[i] = p
			f.Fits = f.Fits && p != nil && p.Fits
			if p != nil {
				f.size += p.size
			}
		}
		return f
	default:
		return r.atom(o)
	}
}

func (r *unpacker) atom(o op) *Form {
	both := new(struct { // one object
		form Form
		atom atom
	})
	f, a := &both.form, &both.atom
	f.Fits, f.op, f.atom, f.size = true, opAtom, a, 1
	a.op, a.negated, a.of, a.optional, a.path = o, r.flag(), aspect(r.byte()), r.byte(), r.path()
	a.constants = list[slot.Value](r)
	for i := range a.constants {
		a.constants[i] = r.value()
	}
	if !r.flag() {
		return f
	}
	a.rest = &rest{missing: r.value()}
	a.rest.count = slot.Count{Type: r.text(), Typed: r.flag(), Window: time.Duration(r.varint()), Dated: r.flag()}
	a.rest.other = r.path()
	a.rest.instant = time.Unix(r.varint(), r.varint()).UTC()
	a.rest.test = r.form()
	a.rest.left, a.rest.right = r.stages(), r.stages()
	f.size += len(a.rest.left) + len(a.rest.right)
	if a.rest.test != nil {
		f.size += a.rest.test.size
	}
	return f
}

func (r *unpacker) stages() []stage {
	all := list[stage](r)
	for i := range all {
		s := &all[i]
		s.do, s.kind, s.of, s.optional = action(r.byte()), slot.Kind(r.byte()), aspect(r.byte()), r.byte()
		s.number, s.whole, s.nanos, s.path = r.double(), r.varint(), r.varint(), r.path()
	}
	return all
}

// skipAtom passes over an atom of which the op is read.
func (r *unpacker) skipAtom() {
	for range 3 { // negated, of, optional
		r.byte()
	}
	r.skipPath()
	for range r.varint() {
		r.value()
	}
	if !r.flag() {
		return
	}
	r.value() // missing
	r.text()  // count
	r.flag()
	r.varint()
	r.flag()
	r.skipPath() // other
	r.varint()   // instant
	r.varint()
	r.skipForm() // test
	r.skipStages()
	r.skipStages()
}

func (r *unpacker) skipForm() {
	switch op(r.byte()) {
	case nothing:
	case opAnd, opOr:
		for range r.varint() {
			r.skipForm()
		}
	default:
		r.skipAtom()
	}
}

func (r *unpacker) skipPath() {
	r.byte()
	for range r.varint() {
		r.text()
	}
}

func (r *unpacker) skipStages() {
	for range r.varint() {
		for range 4 { // do, kind, of, optional
			r.byte()
		}
		r.double()
		r.varint()
		r.varint()
		r.skipPath()
	}
}
