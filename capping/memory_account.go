package capping

import (
	"hash/maphash"
	"sync/atomic"
)

// accounts remember what keys read apart from their profiles, so that a look at a key tells its
// hashes. They are found without a lock, in pairs, by the hash of the offer or the policy. What comes first
// is remembered if it comes twice in a row, lest more keys than there is room for drive each other out
// for nothing.
type accounts [1 << accountBits]accountPair

type accountPair struct {
	first, second atomic.Pointer[account]
	missed        atomic.Uint64 // the latest that was not there
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
			if p.missed.Swap(by) == by {
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
	const odd = 0x9e3779b97f4a7c15
	more := uint64(k.Window.Rolling) ^ uint64(k.Start) ^ uint64(len(k.Counts))<<32 ^ uint64(len(k.Placement))<<40 //nolint:gosec // any bits do
	return maphash.String(h.hi, of) ^ more*odd
}

// doors tell which choices came of late.
type doors [1 << doorBits]atomic.Uint64

const doorBits = 10

// isNew reports whether the hash has not come of late.
func (t *doors) isNew(h hash) bool { return t[h.hi>>(64-doorBits)].Swap(h.lo) != h.lo }
