package column

import "github.com/proffer-go/proffer/internal/slot"

// A Bound is a program that knows where what it reads is in the rows of a schema and
// in a table. It remains right for what grows from the two. It is immutable and
// safe for concurrent use.
type Bound struct {
	*Program
	schema  *slot.Schema
	slots   []int32 // of paths
	columns []int   // in the table
}

// Bind returns the program bound to the schema and the table. It panics if they
// lack what the program reads: the schema must be with its paths, the table made
// or grown for it.
func (p *Program) Bind(s *slot.Schema, t *Table) *Bound {
	b := &Bound{Program: p, schema: s}
	for _, path := range p.paths {
		at, ok := s.Slot(path)
		if !ok {
			panic("column: the schema lacks a path of the program")
		}
		b.slots = append(b.slots, at)
	}
	for _, c := range p.columns {
		at, ok := t.number[c.Key]
		if !ok {
			panic("column: the table lacks a column of the program")
		}
		b.columns = append(b.columns, at)
	}
	return b
}
