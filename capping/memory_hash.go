package capping

import (
	"encoding/binary"
	"math"
	"time"

	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/profile"
)

// A hash stands for what it was made of: 128 bits, keyed by seeds that each
// Memory draws for itself and never shows, so that nobody can aim at a collision.
// Of n things any two share a hash with a probability of about n²/2¹²⁹: 10⁻¹⁹
// for ten billion. The zero hash stands for nothing.
type hash struct{ hi, lo uint64 }

// part returns the top bits of the hash, by which things are dealt out to parts of a
// Memory with locks of their own. Tables look at the other bits first.
func (h hash) part(bits int) int { return int(h.lo >> (64 - bits)) } //nolint:gosec // few bits

// name hashes a text; nothing, if it is empty.
func (s *seeds) name(text string) hash {
	if text == "" {
		return hash{}
	}
	return digest(s, text)
}

// A hasher makes hashes. It remembers that of the profile of the latest key, for most keys of a decision are
// of one; those of texts that come again and again, and of a few windows.
type hasher struct {
	*seeds
	profile profile.ID
	known   hash // of the profile
	buffer  []byte

	words   words
	windows [8]knownWindow
	seen    int // how many were entered
}

// start begins with a call that is about the profile.
func (h *hasher) start(s *seeds, p profile.ID) {
	if h.words.begin(); h.words.calls == 0 {
		h.windows, h.seen = [8]knownWindow{}, 0
	}
	h.seeds, h.profile, h.known = s, p, s.name(string(p))
}

// end forgets what is the caller's.
func (h *hasher) end() {
	h.profile, h.known = "", hash{}
}

func (h *hasher) of(p profile.ID) hash {
	if h.profile != p {
		h.profile, h.known = p, h.name(string(p))
	}
	return h.known
}

// pair hashes two texts.
func (h *hasher) pair(a, b string) hash {
	h.buffer = appendText(appendText(h.buffer[:0], a), b)
	return digest(h.seeds, h.buffer)
}

// id hashes what has an id of its own in each tenant.
func (h *hasher) id(tenant, id string) hash {
	if tenant == "" {
		return h.name(id)
	}
	return h.plus(h.name(id), h.word(tenant).hash, aTenant)
}

// source makes s what k reads.
func (h *hasher) source(s *source, k *Key) {
	h.account(s, k)
	s.by(h.of(k.Profile))
}

// account makes s what k reads apart from its profile. The hash of a key is the sum of those of
// its parts: it is as random as they are.
func (h *hasher) account(s *source, k *Key) {
	s.term = termOf(k)
	var place hash
	if k.Placement != "" {
		place = h.word(string(k.Placement)).hash
	}
	s.id = h.stream(k, place)
	if s.events = k.Counts != ""; s.events {
		s.stream, s.start = s.id, k.Start
	}
	if w := &k.Window; w.Rolling|time.Duration(k.Start|k.End) != 0 || w.Every != "" || w.Timezone != "" || w.WeekStart != "" {
		part := h.window(k)
		s.id = hash{s.id.hi ^ part.hi, s.id.lo ^ part.lo}
	}
}

// stream hashes what k counts apart from its window and its profile, for any window may count the same
// events. The hashes of the profile and the placement are enough, so that an event
// finds them though only its decision's record tells who and where it was.
func (h *hasher) stream(k *Key, place hash) hash {
	var id hash
	if k.Offer != "" {
		id = h.plus(id, h.word(string(k.Offer)).hash, anOffer)
	}
	if k.Policy != "" {
		id = h.plus(id, h.word(string(k.Policy)).hash, aPolicy)
	}
	if k.Counts != "" {
		id = h.plus(id, h.word(k.Counts).hash, aType)
	}
	if k.Tenant != "" {
		id = h.plus(id, h.word(k.Tenant).hash, aTenant)
	}
	if place != (hash{}) {
		id = h.plus(id, place, aPlacement)
	}
	return id
}

// A part of a key is hashed once more, each kind by a number of its own, so that what is
// equal in two of them does not cancel out. The numbers are odd, of about as many ones as zeros.
type kind uint64

const (
	anOffer    kind = 0x9e3779b185ebca87
	aPlacement kind = 0xc2b2ae3d27d4eb4f
	aPolicy    kind = 0x165667b19e3779f9
	aType      kind = 0x85ebca77c2b2ae63
	aTenant    kind = 0x27d4eb2f165667c5
	aWindow    kind = 0xd6e8feb86659fd93
)

// plus returns the sum of h and the hash of a part.
func (s *seeds) plus(h, o hash, k kind) hash {
	return hash{h.hi ^ fold(o.hi^s[2], uint64(k)), h.lo ^ fold(o.lo^s[3], uint64(k))}
}

// A knownWindow remembers the part of a key that is the hash of its window.
type knownWindow struct {
	offer.Window
	start, end int64
	part       hash
}

func (w *knownWindow) is(k *Key) bool {
	return w.end == k.End && w.start == k.Start && w.Rolling == k.Window.Rolling &&
		w.Every == k.Window.Every && w.Timezone == k.Window.Timezone && w.WeekStart == k.Window.WeekStart
}

// window hashes the window of k. Few are in use at a time.
func (h *hasher) window(k *Key) hash {
	for i := range h.windows[:min(h.seen, len(h.windows))] {
		if w := &h.windows[i]; w.is(k) {
			return w.part
		}
	}
	h.buffer = appendWindow(h.buffer[:0], k)
	part := h.plus(hash{}, digest(h.seeds, h.buffer), aWindow)
	h.windows[h.seen%len(h.windows)] = knownWindow{k.Window, k.Start, k.End, part}
	h.seen++
	return part
}

func appendWindow(b []byte, k *Key) []byte {
	b = binary.LittleEndian.AppendUint64(b, uint64(k.Window.Rolling)) //nolint:gosec // any bits do
	b = binary.LittleEndian.AppendUint64(b, uint64(k.Start))          //nolint:gosec // any bits do
	b = binary.LittleEndian.AppendUint64(b, uint64(k.End))            //nolint:gosec // any bits do
	b = appendText(b, string(k.Window.Every))
	b = appendText(b, k.Window.Timezone)
	return appendText(b, k.Window.WeekStart)
}

// with returns the hash of something together with a profile, if there is one: the sum
// of two random numbers is as random as they are. What belongs to one profile is in
// one part, so that a decision has to do with few.
func (h hash) with(of hash) hash {
	if of == (hash{}) {
		return h
	}
	const partBits = 1<<64 - 1<<(64-stripeBits)
	lo := (h.lo^of.lo)&^partBits | of.lo&partBits
	return hash{h.hi ^ of.hi, lo}
}

// appendText appends the text and its length, so that no two lists of texts are alike.
func appendText(b []byte, text string) []byte {
	if n := len(text); n < 255 {
		return append(append(b, byte(n)), text...)
	}
	return append(binary.AppendUvarint(append(b, 255), uint64(len(text))), text...)
}

// never is the end of a counter that is not of a calendar window.
const never = math.MaxInt64

// A counter is what is kept of the Key of one.
type counter struct {
	id hash
	term
}

// A term is how long units count.
type term struct {
	rolling time.Duration // above 0: the length of a rolling window
	end     int64         // of a calendar window, in Unix seconds, else never
}

func termOf(k *Key) term {
	switch w := &k.Window; {
	case w.Rolling > 0:
		return term{w.Rolling, never}
	case w.Every != "":
		return term{0, k.End}
	default:
		return term{0, never}
	}
}

// gone reports whether units at the instant may have been dropped, if what no instant
// from horizon on can see is.
func (t term) gone(at, horizon instant) bool {
	if t.rolling > 0 {
		return at.before(horizon)
	}
	return t.end != never && !horizon.before(instant{second: t.end})
}

// A source is what a limit reads: a counter, or a stream of events.
type source struct {
	counter
	events bool
	stream hash  // of the events
	start  int64 // of a calendar window of events, in Unix seconds
}

// stripe returns the number of the stripe that has the source.
func (s *source) stripe() int {
	if s.events {
		return s.stream.part(stripeBits)
	}
	return s.id.part(stripeBits)
}

// by makes s what the key of the profile reads, if there is one.
func (s *source) by(of hash) {
	s.id = s.id.with(of)
	if s.events {
		s.stream = s.stream.with(of)
	}
}
