package slot

import (
	"iter"
	"slices"
	"strings"
	"time"
)

// A Row is what the documents of one person have at the slots of a schema. Once
// it is filled it is only read.
type Row struct {
	Values   []Value // by slot
	Elements []Value // of the lists, whose own elements and members are not told
	Events   []Event // in their order
	// NoEvents: the events could not be had, so that counts have no value.
	NoEvents bool
}

// An Event is what counts look at.
type Event struct {
	Type    string // valid as long as the row is
	Seconds int64  // of the timestamp, since 1970
	Nanos   int32
	Typed   bool // false: without a type, or it is no string
	Dated   bool // false: without a timestamp that can be read
}

// Count returns how many events c counts at the instant, and whether the events
// could be had. Those later than now do not exist.
func (r *Row) Count(c Count, now time.Time) (n int, ok bool) {
	if r.NoEvents {
		return 0, false
	}
	start := now.Add(-c.Window)
	from, fromNanos := start.Unix(), int32(start.Nanosecond())
	to, toNanos := now.Unix(), int32(now.Nanosecond())
	for i := range r.Events {
		e := &r.Events[i]
		switch { // texts last: most events are out by their instants
		case c.Dated && (!e.Dated || !e.after(from, fromNanos)):
		case e.Dated && e.after(to, toNanos):
		case c.Typed && (!e.Typed || e.Type != c.Type):
		default:
			n++
		}
	}
	return n, true
}

func (e *Event) after(seconds int64, nanos int32) bool {
	return e.Seconds > seconds || e.Seconds == seconds && e.Nanos > nanos
}

// Clone returns a copy of r that shares no memory with it, texts included.
func (r *Row) Clone() *Row {
	clone := &Row{slices.Clone(r.Values), slices.Clone(r.Elements), slices.Clone(r.Events), r.NoEvents}
	var size int
	for text := range clone.texts() {
		size += len(*text)
	}
	var all strings.Builder
	all.Grow(size)
	for text := range clone.texts() {
		all.WriteString(*text)
	}
	rest := all.String()
	for text := range clone.texts() {
		*text, rest = rest[:len(*text)], rest[len(*text):]
	}
	return clone
}

// texts yields all texts of r, always in the same order.
func (r *Row) texts() iter.Seq[*string] {
	return func(yield func(*string) bool) {
		for _, values := range [...][]Value{r.Values, r.Elements} {
			for i := range values {
				if values[i].Text != "" && !yield(&values[i].Text) {
					return
				}
			}
		}
		for i := range r.Events {
			if !yield(&r.Events[i].Type) {
				return
			}
		}
	}
}
