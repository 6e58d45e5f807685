package capping

import "slices"

// dated holds instants by hash, each 8 bytes where there are many: in one table an
// era, nearly always one in all. A single instant needs no more than its cell.
type dated struct {
	eras []datedEra
	slab slab
}

type datedEra struct {
	era
	cells  table[cell]
	cursor int // of the sweep
}

// A cell is a timeline: a single instant if it is below eraNanos, else eraNanos plus
// its length up to largest in the low 8 bits, 0 if it is longer, and the index of its block.
type cell [1]uint64

func (d *dated) era(e era) *datedEra {
	for i := range d.eras {
		if d.eras[i].era == e {
			return &d.eras[i]
		}
	}
	return nil
}

// between returns how many instants of h there are from one until before another.
func (d *dated) between(h hash, from, until instant) (n int64) {
	firstEra, first := from.inEra()
	lastEra, last := until.inEra()
	for i := range d.eras {
		e := &d.eras[i]
		if e.era < firstEra || e.era > lastEra {
			continue
		}
		c := e.cells.get(h)
		if c == nil {
			continue
		}
		units := d.timeline(&c.val)
		end, start := len(units), 0
		if e.era == lastEra {
			end = units.before(last)
		}
		if e.era == firstEra {
			start = units.before(first)
		}
		n += int64(end - start)
	}
	return n
}

func (d *dated) add(h hash, at instant) {
	number, x := at.inEra()
	e := d.era(number)
	if e == nil {
		d.eras = append(d.eras, datedEra{era: number})
		e = &d.eras[len(d.eras)-1]
	}
	slot, found := e.cells.put(h)
	c := &slot.val
	if !found {
		c[0] = x
		return
	}
	units := d.timeline(c)
	if b := c.block(); int(b.class) == large {
		d.slab.large[b.index] = units.with(x)
		return
	}
	var space [largest + 1]uint64
	d.set(c, timeline(append(space[:0], units...)).with(x))
}

// remove takes one instant of h out, if there is one.
func (d *dated) remove(h hash, at instant) {
	number, x := at.inEra()
	e := d.era(number)
	if e == nil {
		return
	}
	slot := e.cells.get(h)
	if slot == nil {
		return
	}
	c := &slot.val
	units := d.timeline(c)
	k := units.before(x)
	if k == len(units) || units[k] != x {
		return
	}
	d.cut(c, k, k+1)
	if c[0] == nothing {
		e.cells.delete(h)
	}
}

// cut takes the units from until to out of the cell. The cell is nothing if none is left.
func (d *dated) cut(c *cell, from, to int) {
	units := d.timeline(c)
	left := len(units) - (to - from)
	b := c.block()
	switch {
	case left == 0:
		d.slab.giveBack(b)
		c[0] = nothing
	case int(b.class) == large && left > largest/2: // short of largest, lest it go back and forth
		d.slab.large[b.index] = slices.Delete(units, from, to)
	default:
		var space [largest]uint64
		d.set(c, append(append(space[:0], units[:from]...), units[to:]...))
	}
}

// nothing is a cell without a timeline, which is in no table.
const nothing = 1<<64 - 1

// set makes the units, one at least, the timeline of the cell.
func (d *dated) set(c *cell, units timeline) {
	if len(units) == 1 {
		d.slab.giveBack(c.block())
		c[0] = units[0]
		return
	}
	b := d.slab.store(c.block(), units)
	c[0] = eraNanos + uint64(b.index)<<8
	if int(b.class) != large {
		c[0] += uint64(len(units))
	}
}

// block returns the block of the cell, none if it is a single instant.
func (c *cell) block() block {
	if c[0] < eraNanos {
		return block{class: noBlock}
	}
	n := int((c[0] - eraNanos) & 0xff) //nolint:gosec // 8 bits
	if n == 0 {
		n = largest + 1
	}
	return block{uint32((c[0] - eraNanos) >> 8), classOf(n)} //nolint:gosec // as set put it together
}

func (d *dated) timeline(c *cell) timeline {
	b := c.block()
	switch {
	case b.class == noBlock:
		return c[:]
	case int(b.class) == large:
		return d.slab.large[b.index]
	default:
		return d.slab.at(b)[:(c[0]-eraNanos)&0xff]
	}
}

// sweep drops what lies before the instant from some of the cells.
func (d *dated) sweep(horizon instant) {
	number, x := horizon.inEra()
	for i := range d.eras {
		e := &d.eras[i]
		if e.era > number {
			continue
		}
		e.cells.sweep(&e.cursor, func(c *cell) bool {
			dead := len(d.timeline(c))
			if e.era == number {
				dead = d.timeline(c).before(x)
			}
			if dead > 0 {
				d.cut(c, 0, dead)
			}
			return c[0] == nothing
		})
	}
}
