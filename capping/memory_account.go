package capping

import (
	"hash/maphash"
	"sync/atomic"
)

// accounts remember what keys read apart from their profiles, so that a look at a key tells its
// hashes. They are found without a lock, in pairs, by the hash of the offer or the policy. A key
// is remembered when it comes again soon, lest more than there is room for drive each other out
// for nothing.
type accounts [1 << accountBits]accountPair

type accountPair struct {
	first, second atomic.Pointer[account]
	door          door
}

const accountBits = 11

// read makes s what the key reads.
func (t *accounts) read(d *demand, s *source, k *Key) {
	by := d.guess(k)
	p := &t[by>>(64-accountBits)]
	known := p.first.Load()
	if known == nil || !known.is(k) {
		known = p.second.Load()
		if known == nil || !known.is(k) {
			*s = d.account(k)
			if p.door.knows(by) {
				p.second.Store(p.first.Load())
				p.first.Store(&account{k.clone(), *s})
			}
			s.by(d.of(k.Profile))
			return
		}
	}
	*s = known.source
	s.by(d.of(k.Profile))
}

// guess hashes enough of the key to find its account.
func (h *hasher) guess(k *Key) uint64 {
	of := string(k.Offer)
	if of == "" {
		of = string(k.Policy)
	}
	more := uint64(k.Window.Rolling) ^ uint64(k.Start) ^ uint64(len(k.Counts))<<32 ^ uint64(len(k.Placement))<<40 //nolint:gosec // any bits do
	return maphash.String(h.hi, of) ^ more*odd
}

// odd mixes bits: 2⁶⁴ by the golden ratio.
const odd = 0x9e3779b97f4a7c15

// A door remembers one hash of late, but for its lowest bit, which is set until another came.
type door struct{ atomic.Uint64 }

// knows reports whether the hash has come before. If not it is remembered, instead of another that did not come
// between the latest two.
func (d *door) knows(h uint64) bool {
	switch known := d.Load(); {
	case known|1 == h|1:
		return true
	case known&1 != 0:
		d.Store(known &^ 1)
	default:
		d.Store(h | 1)
	}
	return false
}

// doors tell which choices came of late.
type doors [1 << doorBits]door

const doorBits = 10

func (t *doors) knows(h hash) bool { return t[h.hi>>(64-doorBits)].knows(h.lo) }
