package capping

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"
)

// Errors for events that no engine passes on.
var (
	errNoEvent    = errors.New("an event without id, type or offer")
	errNoPerson   = errors.New("an event without decision needs profile and placement")
	errWhichPlace = errors.New("the decision proposes the offer in several placements: name the activity or the placement")
)

// A journal remembers the ids of a part of all events, under a lock of its own.
type journal struct {
	mu       sync.Mutex
	seen     map[hash]struct{}
	recorded queue[due]
}

// forget drops the ids that were remembered for long enough.
func (j *journal) forget(now instant) {
	for r := j.recorded.head(); r != nil && !now.before(r.instant); r = j.recorded.head() {
		delete(j.seen, j.recorded.pop().id)
	}
}

func (j *journal) remember(id hash, until instant) {
	if j.seen == nil {
		j.seen = make(map[hash]struct{})
	}
	j.seen[id] = struct{}{}
	j.recorded.push(due{until, id})
}

// A happening is an event with its hashes.
type happening struct {
	*Event
	id              hash
	person          hash
	activity, offer hash
	placement       hash
	streams         []hash
}

// Record implements [Recorder].
func (m *Memory) Record(ctx context.Context, e Event) error {
	if e.ID == "" || e.Type == "" || e.Offer == "" {
		return errNoEvent
	}
	d := m.desk()
	defer m.putBack(d)
	d.begin(m, &Attempt{Tenant: e.Tenant, ID: cmp.Or(e.Decision, e.ID), Profile: e.Profile})
	h := happening{
		Event: &e, id: d.hasher.id(e.Tenant, e.ID), person: d.person,
		activity: d.name(string(e.Activity)), offer: d.name(string(e.Offer)),
		placement: d.name(string(e.Placement)),
	}
	read, err := m.read(ctx)
	if err != nil {
		return err
	}
	j := &m.journals[h.id.part(bookBits)]
	j.mu.Lock()
	defer j.mu.Unlock()
	for {
		b := m.open(d.id, read)
		j.forget(b.now)
		if _, ok := j.seen[h.id]; ok {
			b.mu.Unlock()
			return nil
		}
		var of *record
		if e.Decision != "" {
			of = b.load(d.id, &d.own)
		}
		complete, err := h.complete(of, b)
		if err != nil {
			b.mu.Unlock()
			return err
		}
		set := complete.find(d) | of.stripes()
		if m.seize(b, set) {
			j.remember(h.id, b.now.add(m.config.EventRetention))
			m.happen(&complete, of, b, d)
			m.leave(b, set)
			return nil
		}
	}
}

// happen counts the event, and confirms what was displayed whether there is room for
// lapsed units again or not.
func (m *Memory) happen(h *happening, of *record, b *book, d *demand) {
	at := instantOf(h.At)
	for _, s := range h.streams {
		m.stripes[s.part(stripeBits)].events.add(s, at)
	}
	if of == nil || !h.Display {
		return
	}
	meant := func(u *unit) bool { return h.concerns(b.places.value(u.place), b.choices.value(u.choice)) }
	if m.confirm(of, b.now, meant) {
		b.saveChanged(d.id, of, &d.buffer)
	}
}

// find finds every stream in which a key may count the event, and the stripes that have them. Its texts are
// hashed, not learnt by heart as those of keys: they are mostly cut of a message that comes only once.
func (h *happening) find(d *demand) (set stripeSet) {
	count := func(id hash) {
		for _, p := range slices.Compact([]hash{{}, h.person}) {
			set |= h.enter(id.with(p))
			if h.placement != (hash{}) {
				set |= h.enter(d.plus(id, h.placement, aPlacement).with(p))
			}
		}
	}
	id := d.plus(hash{}, d.name(h.Type), aType)
	if h.Tenant != "" {
		id = d.plus(id, d.word(h.Tenant).hash, aTenant)
	}
	count(d.plus(id, h.offer, anOffer))
	for i, p := range h.Policies {
		if p != "" && !slices.Contains(h.Policies[:i], p) {
			count(d.plus(id, d.name(string(p)), aPolicy))
		}
	}
	return set
}

// enter adds a stream, and returns its stripe.
func (h *happening) enter(s hash) stripeSet {
	h.streams = append(h.streams, s)
	return 1 << s.part(stripeBits)
}

// concerns reports whether the event may be about such an item.
func (h *happening) concerns(p *place, c *choice) bool {
	return c.offer == h.offer &&
		(h.activity == hash{} || p.activity == h.activity) &&
		(h.placement == hash{} || p.placement == h.placement)
}

// complete fills in what the event leaves out, from the record of its decision, if
// one is kept, and refuses what contradicts it.
func (h happening) complete(of *record, b *book) (happening, error) {
	switch {
	case of == nil && h.Profile != "" && h.Placement != "":
		return h, nil
	case of == nil && h.Decision != "":
		return h, ErrUnknownDecision
	case of == nil:
		return h, errNoPerson
	case h.Profile == "":
		h.person = of.profile
	case h.person != of.profile:
		return h, ErrContradiction
	}
	place, err := h.placementOf(of, b)
	h.placement = place
	return h, err
}

// placementOf returns the one placement in which the event can have happened.
func (h *happening) placementOf(r *record, b *book) (placement hash, err error) {
	err = ErrContradiction
	for i := range r.parts {
		p := b.places.value(r.parts[i].place)
		switch {
		case !h.concerns(p, b.choices.value(r.parts[i].choice)):
		case err == nil && p.placement != placement:
			return hash{}, errWhichPlace
		default:
			placement, err = p.placement, nil
		}
	}
	return placement, err
}
