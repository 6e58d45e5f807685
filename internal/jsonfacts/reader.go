package jsonfacts

import (
	"math"
	"slices"
	"unsafe"

	"github.com/proffer-go/proffer/internal/slot"
	"github.com/proffer-go/proffer/profile"
)

// A Reader reads the documents of one person after another into the slots of a
// schema. It passes over JSON text once, and allocates nothing once its memory has
// grown. Go values, and text that is refused, are left to [Object] and [Events].
//
// The zero Reader is to be Reset before its first use. It is not safe for
// concurrent use.
type Reader struct {
	// Row is what was read. It is valid until Reset, and as long as no document
	// changes.
	Row slot.Row

	limits Limits
	roots  [2]root
	events eventList
	scan   scanner
}

// A root is a document that was read into a root slot.
type root struct {
	document profile.Document
	facts    map[string]any // once asked for
	filled   []int32        // the slots that are not absent
}

// Reset makes r ready for the documents of another person and forgets those of
// the last. It costs in proportion to what they filled.
func (r *Reader) Reset(s *slot.Schema, l Limits) {
	r.limits = l.orDefault()
	r.scan.depth = r.limits.Depth
	r.scan.follow(s)
	for i := range r.roots {
		r.forget(slot.Root(i))
	}
	r.forgetEvents()
	r.Row.NoEvents = false
	r.Row.Values = slices.Grow(r.Row.Values[:0], s.Len())[:s.Len()] // what is not in use is absent
	clear(r.Row.Elements)
	r.Row.Elements = recycle(r.Row.Elements[:0])
	r.scan.reset()
}

// Object reads a profile or a context in place of what was read for the root. A
// document that is not given is an empty object. An error is that of [Object], and
// leaves the root absent.
func (r *Reader) Object(at slot.Root, d profile.Document) error {
	r.forget(at)
	root := &r.roots[at]
	root.document = d
	if !d.Given() {
		r.Row.Values[at] = slot.Value{Kind: slot.Map}
		return nil
	}
	if text := d.Text(); r.isReadable(text) {
		if r.scanObject(text, at) {
			return nil
		}
		r.clear(root)
	}
	facts, err := Object(d, r.limits)
	if err != nil {
		r.forget(at)
		return err
	}
	root.facts = facts
	r.fill(int32(at), facts, root)
	r.Row.Values[at] = slot.Value{Kind: slot.Map, Size: int32(len(facts))}
	return nil
}

// FailProfile makes the profile one that could not be had.
func (r *Reader) FailProfile() { r.forget(slot.Profile) }

// Maps returns the facts that [Object] gives for the document of the root: nil if
// it was not read. They are decoded when first asked for and are not to be changed.
func (r *Reader) Maps(at slot.Root) map[string]any {
	root := &r.roots[at]
	if root.facts == nil && r.Row.Values[at].Kind != slot.Absent {
		root.facts, _ = Object(root.document, r.limits) // which was read without an error
	}
	return root.facts
}

// isReadable reports whether the scanner may read the text. It numbers positions
// and sizes by int32.
func (r *Reader) isReadable(text []byte) bool {
	return text != nil && len(text) <= min(r.limits.Bytes, math.MaxInt32)
}

func (r *Reader) scanObject(text []byte, at slot.Root) bool {
	root := &r.roots[at]
	s := &r.scan
	s.values, s.elements, s.filled = r.Row.Values, r.Row.Elements, root.filled
	ok := s.object(text, int32(at))
	r.Row.Elements, root.filled = s.elements, s.filled
	return ok
}

// forget makes the root absent.
func (r *Reader) forget(at slot.Root) {
	root := &r.roots[at]
	r.clear(root)
	if int(at) < len(r.Row.Values) {
		r.Row.Values[at] = slot.Value{}
	}
	root.document, root.facts = profile.Document{}, nil
}

// clear makes what lies below the root absent.
func (r *Reader) clear(root *root) {
	for _, filled := range root.filled {
		r.Row.Values[filled] = slot.Value{}
	}
	root.filled = root.filled[:0]
}

// Keep returns a copy of the row that outlives r and the documents. It is
// immutable and safe for concurrent use.
func (r *Reader) Keep() *slot.Row {
	return r.Row.Clone()
}

// Memory that is larger than it has to be for documents of a few times the common
// size is not kept for the next one.
const maxKept = 64 << 10

// recycle returns memory for the next document: s, which is empty, or nothing.
func recycle[T any](s []T) []T {
	var element T
	if uintptr(cap(s))*unsafe.Sizeof(element) > maxKept {
		return nil
	}
	return s
}
