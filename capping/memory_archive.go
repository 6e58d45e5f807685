package capping

// An archive keeps bytes by hash, and what is due when.
type archive struct {
	entries table[entry]
	slab    slab[byte]
}

// An entry is where the bytes are, and in the archive of living records when the
// record is forgotten and how that is found out.
type entry struct {
	second    int64 // of the instant at which it is forgotten
	nano      int32
	place     uint32 // in the heap, from 1; 0: not in it
	index     uint32 // of the block
	class     uint8  // of the block
	queued    bool
	postponed bool // since it was queued
}

func newArchive() archive { return archive{slab: newSlab[byte](8)} }

func (e *entry) forget() instant { return instant{e.second, e.nano} }

func (a *archive) bytes(e *entry) reader { return reader(a.slab.at(block{e.index, e.class})) }

// put keeps the bytes for h, instead of what it has kept before.
func (a *archive) put(h hash, bytes []byte) *entry {
	e, found := a.entries.put(h)
	old := block{e.index, e.class}
	if !found {
		old = block{class: noBlock}
	}
	b := a.slab.store(old, bytes)
	e.index, e.class = b.index, b.class
	return e
}

func (a *archive) delete(h hash) {
	if e := a.entries.get(h); e != nil {
		a.slab.giveBack(block{e.index, e.class})
		a.entries.delete(h)
	}
}
