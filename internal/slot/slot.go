// Package slot holds the facts that expressions read, each at a number of its own:
// a path such as profile.address.city is looked up once, when it is compiled, and
// is an index from then on.
//
// A [Schema] numbers the paths and the counts of events; a [Row] holds what one
// person's documents have there.
package slot

import "time"

// A Root is the variable that a path begins at.
type Root uint8

// The roots, which are the slots 0 and 1 of every schema.
const (
	Profile Root = iota
	Context
)

// A Path is a variable and the keys that lead from it: profile.a["b c"].
type Path struct {
	Root Root
	Keys []string
}

// A Count is how many events are of a type and within a window: the value of
// events.ofType(t).within(d).size(). It counts events whose timestamp can be read
// if it has a window, and all of the type otherwise.
type Count struct {
	Type   string        // of the events; meaningful if Typed
	Typed  bool          // false: of any type, even of none
	Window time.Duration // timestamps in (now-Window, now]; meaningful if Dated
	Dated  bool          // false: whatever their timestamps
}

// A Kind is the JSON type of a value.
type Kind uint8

// The kinds. Absent is what has no value: its key is missing, or what should hold
// it is no object, or could not be had.
const (
	Absent Kind = iota
	Null
	Bool
	Number
	String
	List
	Map
)

// A Value is what a document has at a path.
type Value struct {
	Kind   Kind
	Size   int32   // of a list or map: its elements or members
	First  int32   // of a list: where its elements begin in [Row.Elements]
	Number float64 // of a number; 1 of true, 0 of false
	Text   string  // of a string, unescaped; valid as long as the row is
}
