package capping

import (
	"encoding/binary"
	"hash/maphash"
	"math"
	"time"

	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/profile"
)

// A hash stands for what it was made of: 128 bits, keyed by two seeds that each
// Memory draws for itself and never shows, so that nobody can aim at a collision.
// Of n things any two share a hash with a probability of about n²/2¹²⁹: 10⁻¹⁹
// for ten billion. The zero hash stands for nothing.
type hash struct{ hi, lo uint64 }

func (h hash) less(o hash) bool { return h.hi < o.hi || h.hi == o.hi && h.lo < o.lo }

type seeds struct{ hi, lo maphash.Seed }

func newSeeds() seeds { return seeds{maphash.MakeSeed(), maphash.MakeSeed()} }

func hashOf[T comparable](s *seeds, v T) hash {
	return hash{maphash.Comparable(s.hi, v), max(1, maphash.Comparable(s.lo, v))}
}

// id hashes what has an id of its own in each tenant.
func (s *seeds) id(tenant, id string) hash { return hashOf(s, [2]string{tenant, id}) }

func (s *seeds) profile(p profile.ID) hash { return hashOf(s, string(p)) }

// key hashes k with the profile of which only the hash is known, so that an event
// finds the keys of a profile that only its decision's record tells.
func (s *seeds) key(k *Key, of hash) hash {
	var space [256]byte // most keys fit
	b := binary.LittleEndian.AppendUint64(space[:0], of.hi)
	b = binary.LittleEndian.AppendUint64(b, uint64(k.Window.Rolling)) //nolint:gosec // any bits do
	b = binary.LittleEndian.AppendUint64(b, uint64(k.Start))          //nolint:gosec // any bits do
	b = binary.LittleEndian.AppendUint64(b, uint64(k.End))            //nolint:gosec // any bits do
	w := &k.Window
	for _, text := range [...]string{
		k.Tenant, string(k.Offer), string(k.Policy), k.Counts, string(k.Placement), string(w.Every), w.Timezone, w.WeekStart,
	} {
		b = append(binary.AppendUvarint(b, uint64(len(text))), text...)
	}
	hi := maphash.Bytes(s.hi, b)
	binary.LittleEndian.PutUint64(b, of.lo)
	return hash{hi, max(1, maphash.Bytes(s.lo, b))}
}

// stream hashes k without its window: any window may count the same events.
func (s *seeds) stream(k Key, of hash) hash {
	k.Window, k.Start, k.End = offer.Window{}, 0, 0
	return s.key(&k, of)
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

// A hasher makes the sources of keys. It remembers the profile of the latest, for
// most keys of a decision are of one.
type hasher struct {
	*seeds
	profile profile.ID
	known   hash // of the profile, if it is not zero
}

func (h *hasher) of(p profile.ID) hash {
	if h.known == (hash{}) || h.profile != p {
		h.profile, h.known = p, h.seeds.profile(p)
	}
	return h.known
}

func (h *hasher) source(k *Key) source {
	of := h.of(k.Profile)
	s := source{counter: counter{h.key(k, of), termOf(k)}}
	if k.Counts != "" {
		s.events, s.stream, s.start = true, h.stream(*k, of), k.Start
	}
	return s
}
