package capping

import (
	"encoding/binary"
	"hash/maphash"
	"slices"
	"strings"

	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/profile"
)

// A choice is what is proposed, and under which limits. Most decisions choose what others have
// chosen before: then a look tells all hashes but that of the profile.
type choice struct {
	id     offer.ID
	offer  hash
	stakes []stake // by limit
	told   bool    // of some of them only the record tells the counter
}

// A stake is one limit of a choice.
type stake struct {
	account
	max   int64
	whose whose
}

// An account is a key apart from its profile, and what it reads.
type account struct {
	key Key
	source
}

// whose tells the profile of a stake's key.
type whose uint8

const (
	everyones whose = iota // it has none
	persons                // the decision's
	told                   // another, or the key is seldom used: it is not known, and each record tells the hash of it
)

func whoseIs(k *Key, p profile.ID) whose {
	switch k.Profile {
	case "":
		return everyones
	case p:
		return persons
	default:
		return told
	}
}

// is reports whether the account is that of the key.
func (a *account) is(k *Key) bool {
	return a.key.Offer == k.Offer && a.key.Policy == k.Policy && a.key.Start == k.Start && a.key.End == k.End &&
		a.key.Window == k.Window && a.key.Placement == k.Placement && a.key.Counts == k.Counts && a.key.Tenant == k.Tenant
}

// is reports whether c is what the item for the profile chooses.
func (c *choice) is(i *Item, p profile.ID) bool {
	if c.id != i.Offer || len(c.stakes) != len(i.Limits) || c.told {
		return false
	}
	for k := range c.stakes {
		s, l := &c.stakes[k], &i.Limits[k]
		if s.max != l.Max || s.whose != whoseIs(&l.Key, p) || !s.is(&l.Key) {
			return false
		}
	}
	return true
}

// of returns the hash of the counter of the person's units. The account is known.
func (s *stake) of(person hash) hash {
	if s.whose == persons {
		return s.id.with(person)
	}
	return s.id
}

// by makes s what the profile's key reads.
func (s *source) by(person hash) {
	s.id = s.id.with(person)
	if s.events {
		s.stream = s.stream.with(person)
	}
}

// account returns what the key reads apart from its profile.
func (h *hasher) account(k *Key) (s source) {
	s.id, s.term = h.key(k, hash{}), termOf(k)
	if s.events = k.Counts != ""; s.events {
		s.stream, s.start = h.stream(k, hash{}, h.name(string(k.Placement))), k.Start
	}
	return s
}

// clone returns the key without its profile in memory of its own, lest it hold on to that of a caller.
func (k Key) clone() Key {
	k.Profile = ""
	for _, s := range []*string{
		&k.Tenant, (*string)(&k.Offer), (*string)(&k.Policy), &k.Counts, (*string)(&k.Placement),
		(*string)(&k.Window.Every), &k.Window.Timezone, &k.Window.WeekStart,
	} {
		*s = strings.Clone(*s)
	}
	return k
}

// choice returns what the item chooses.
func (m *Memory) choice(d *demand, i *Item) *name[choice] {
	quick := d.quick(i)
	for k := uint64(0); ; k++ {
		n := m.choices.probe(quick, k)
		if n == nil {
			break
		}
		if n.quick == quick && n.value.is(i, d.who) && !n.isGone() {
			return n
		}
	}
	return m.newChoice(d, i, quick)
}

// newChoice finds or makes what the item chooses. The keys of most choices are kept; but an application may
// name keys that hardly any other decision draws on, and those had better be told by
// the record. So a choice is kept only if it comes a second time soon (a doorkeeper,
// Einziger, Friedman and Manes 2017).
func (m *Memory) newChoice(d *demand, i *Item, quick uint64) *name[choice] {
	c := choice{id: i.Offer, offer: d.name(string(i.Offer)), stakes: d.stakes[:0]}
	for k := range i.Limits {
		l := &i.Limits[k]
		s := stake{account{l.Key, d.account(&l.Key)}, l.Max, whoseIs(&l.Key, d.who)}
		c.told = c.told || s.whose == told
		c.stakes = append(c.stakes, s)
	}
	d.stakes = c.stakes[:0]
	h := d.choice(&c)
	if len(c.stakes) > 0 && !c.told && !m.doors.knows(h) && !m.choices.has(h) {
		c.told = true
	}
	if c.told {
		for k := range c.stakes {
			s := &c.stakes[k]
			*s = stake{account{source: source{counter: counter{term: s.term}, events: s.events}}, s.max, told}
		}
		h, quick = d.choice(&c), 0
	}
	return m.choices.get(h, quick, m.clock.now().second, c.clone, m.oldestRecord)
}

// quick hashes enough of the item to find its choice.
func (h *hasher) quick(i *Item) uint64 {
	quick := maphash.String(h.hi, string(i.Offer))
	for k := range i.Limits {
		l := &i.Limits[k]
		quick = quick*odd ^ uint64(l.Max) ^ uint64(l.Key.Start) ^ uint64(l.Key.Window.Rolling) ^ uint64(len(l.Key.Policy)) //nolint:gosec // any bits do
	}
	return max(1, quick)
}

// choice hashes c.
func (h *hasher) choice(c *choice) hash {
	b := appendHash(h.buffer[:0], c.offer)
	for k := range c.stakes {
		s := &c.stakes[k]
		b = append(appendHash(b, s.id), byte(s.whose), flagOf(s.events))
		b = binary.LittleEndian.AppendUint64(b, uint64(s.rolling)) //nolint:gosec // any bits do
		b = binary.LittleEndian.AppendUint64(b, uint64(s.end))     //nolint:gosec // any bits do
		b = binary.LittleEndian.AppendUint64(b, uint64(s.max))     //nolint:gosec // any bits do
	}
	h.buffer = b
	return h.bytes(b)
}

func (c choice) clone() choice {
	c.id = offer.ID(strings.Clone(string(c.id)))
	c.stakes = slices.Clone(c.stakes)
	for k := range c.stakes {
		s := &c.stakes[k]
		s.key = s.key.clone()
	}
	return c
}

// place returns where the item is proposed. Mostly that is where the desk's latest was.
func (m *Memory) place(d *demand, k int, i *Item) *name[place] {
	if k == len(d.spots) {
		d.spots = append(d.spots, nil)
	}
	if n := d.spots[k]; n != nil && n.value.is(i) && !n.isGone() {
		return n
	}
	quick := max(1, maphash.String(m.seeds.hi, string(i.Activity)))
	var n *name[place]
	for k := uint64(0); ; k++ {
		if n = m.places.probe(quick, k); n == nil || n.quick == quick && n.value.is(i) && !n.isGone() {
			break
		}
	}
	if n == nil {
		n = m.places.get(d.pair(string(i.Activity), string(i.Placement)), quick, m.clock.now().second, func() place {
			return place{
				d.name(string(i.Activity)), d.name(string(i.Placement)),
				strings.Clone(string(i.Activity)), strings.Clone(string(i.Placement)),
			}
		}, m.oldestPast)
	}
	d.spots[k] = n
	return n
}
