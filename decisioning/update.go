package decisioning

import (
	"errors"
	"fmt"
	"slices"

	"github.com/proffer-go/proffer/offer"
)

// A Change is something that happens to the inventory: an offer is put into it, in the
// place of the one with its id if there is one, or it is removed. Exactly one of the
// fields is given.
type Change struct {
	Put    *offer.Offer // is copied
	Remove offer.ID     // an unknown one changes nothing
}

// With returns the snapshot of the changed catalog, as [Compile] would make it, with the
// same version: a version says what the content is, not how it came about. The changes
// are made in order and together, all or none; s stays as it is.
//
// The error is [Faults] with all that is wrong with the changes: what Compile says of an
// offer, and removing what a collection lists. In quarantine mode what is faulty is left
// out instead, as Compile does.
//
// A change takes time in proportion to the offer and to the activities that it belongs
// to, about 20 µs, and that of compiling its rules if they are new, whatever the size of
// the inventory. Now and then one takes as long as a Compile of which all rules are known:
// when the rules that no offer has any more have become as many as the others, and in
// quarantine mode where something is left out, before or after. With may be called by several
// goroutines at once; it keeps none from deciding.
func (s *Snapshot) With(changes ...Change) (*Snapshot, error) {
	for i, c := range changes {
		if (c.Put == nil) == (c.Remove == "") {
			return nil, fmt.Errorf("changes[%d]: give either Put or Remove", i)
		}
	}
	if len(s.faults) > 0 {
		return s.compileWith(changes)
	}
	next, faults := s.apply(s, changes)
	switch {
	case next != nil:
		return next, nil
	case len(faults) > 0 && !s.quarantine:
		return nil, faults
	default:
		return s.compileWith(changes)
	}
}

// Update changes the catalog that is published: it is [Snapshot.With] and
// [Engine.Publish] in one step, so that no change of several goroutines is lost. No
// decision waits for it. The errors are theirs, and [ErrNoSnapshot].
func (e *Engine) Update(changes ...Change) error {
	e.publishing.Lock()
	defer e.publishing.Unlock()
	s := e.Snapshot()
	if s == nil {
		return fmt.Errorf("update: %w", ErrNoSnapshot)
	}
	next, err := s.With(changes...)
	if err != nil {
		return err
	}
	return e.publish(next)
}

// apply makes the changes to a snapshot of the lineage. It returns nil if the catalog
// has to be compiled as a whole, because of faults or of what has been left behind.
func (l *lineage) apply(s *Snapshot, changes []Change) (*Snapshot, Faults) {
	l.mu.Lock()
	defer l.mu.Unlock()
	own, faults := l.check(changes)
	if len(faults) > 0 || l.overgrown() {
		return nil, faults
	}
	next := *s
	next.catalog.Offers = nil
	next.orders = slices.Clone(s.orders)
	for i, c := range changes {
		if c.Put != nil {
			l.put(&next, &own[i])
		} else if at, known := next.offers.Index(c.Remove); known {
			l.remove(&next, at)
		}
	}
	next.version = next.content.String()
	l.complete(&next)
	return &next, nil
}

// check returns copies of the offers that are put, and what is wrong with the changes.
func (l *lineage) check(changes []Change) (own []offer.Offer, faults Faults) {
	own = make([]offer.Offer, len(changes))
	for i, c := range changes {
		if c.Put != nil {
			var found Faults
			own[i], found = l.checks.offer(c.Put)
			faults = append(faults, found...)
			continue
		}
		again := func(later Change) bool { return later.Put != nil && later.Put.ID == c.Remove }
		if lists := l.shelf.listed[c.Remove]; len(lists) > 0 && !slices.ContainsFunc(changes[i+1:], again) {
			faults = append(faults, &Fault{
				Path: fmt.Sprintf("offers(%s)", c.Remove),
				Err: fmt.Errorf("cannot be removed: collections(%s).offers lists it; archive it, or change the collection first",
					l.catalog.Collections[lists[0]].ID),
			})
		}
	}
	return own, faults
}

// overgrown reports whether most of what the lineage numbers is not in use any more.
func (l *lineage) overgrown() bool {
	return l.lexicon.Rules() > 2*l.rulesAtFirst+spareRules || int(l.counters) > 2*l.countersAtFirst+spareRules
}

// spareRules is how many rules may always be left behind.
const spareRules = 4096

// A standing is an entry in one of the orders.
type standing struct {
	number int32
	entry  entry
}

// standings returns where the offer at the index stands.
func (l *lineage) standings(o *option, i int) (all []standing) {
	within := l.shelf.of(o.offer, nil)
	l.place(o, int32(i), within, func(at int32, e entry) { all = append(all, standing{at, e}) })
	return all
}

// move makes the offer stand in its new places instead of the old ones. Where nothing
// changed for the orders they stay.
func (l *lineage) move(s *Snapshot, from, to []standing) {
	if slices.Equal(from, to) {
		return
	}
	for i := range from {
		s.orders[from[i].number] = s.orders[from[i].number].without(&from[i].entry)
	}
	for i := range to {
		at := &s.orders[to[i].number]
		*at = (*at).with(&to[i].entry, &l.bundles[to[i].entry.bundle])
	}
}

// put puts the offer in the place of the one with its id.
func (l *lineage) put(s *Snapshot, o *offer.Offer) {
	var from []standing
	var old option
	if i, known := s.offers.Index(o.ID); known {
		old = *s.options.At(i)
		from = l.standings(&old, i)
		s.content.sub(offerDigest(old.offer))
	}
	var i int
	s.offers, i = s.offers.With(o)
	f := fitter{lineage: l, numbers: l}
	opt := f.option(o, l.shelf.of(o, nil), l.limits(o, old.limits))
	s.options = s.options.With(i, opt)
	s.columns = s.columns.With(i, o)
	if opt.accepts != noFormula && (int(opt.accepts) >= len(s.formulas) || s.formulas[opt.accepts] == nil) {
		s.formulas = slices.Clone(s.formulas)
		l.compute(s, opt.acceptance)
	}
	s.content.add(offerDigest(o))
	s.events = s.events || countEvents(opt.limits) || countEvents(l.bundles[opt.bundle].limits)
	l.move(s, from, l.standings(&opt, i))
}

// remove takes the offer out. The last one takes its place.
func (l *lineage) remove(s *Snapshot, i int) {
	old, last := *s.options.At(i), s.options.Len()-1
	s.content.sub(offerDigest(old.offer))
	l.move(s, l.standings(&old, i), nil)
	if i != last {
		moved := *s.options.At(last)
		l.move(s, l.standings(&moved, last), l.standings(&moved, i))
		s.options = s.options.With(i, moved)
		s.columns = s.columns.With(i, moved.offer)
	}
	s.options = s.options.WithoutLast()
	s.columns = s.columns.Truncate(last)
	s.offers = s.offers.Without(i)
}

// compileWith compiles the changed catalog as a whole.
func (s *Snapshot) compileWith(changes []Change) (*Snapshot, error) {
	c := s.Catalog()
	if len(s.faults) > 0 {
		c = *s.given
	}
	offers := slices.Clone(c.Offers)
	for _, change := range changes {
		id := change.Remove
		if change.Put != nil {
			id = change.Put.ID
		}
		at := slices.IndexFunc(offers, func(o offer.Offer) bool { return o.ID == id })
		if at < 0 {
			at = len(offers)
		}
		offers = slices.DeleteFunc(offers, func(o offer.Offer) bool { return o.ID == id })
		if change.Put != nil {
			offers = slices.Insert(offers, min(at, len(offers)), *change.Put)
		}
	}
	c.Offers = offers
	options := []CompileOption{WithCache(s.cache)}
	if s.quarantine {
		options = append(options, Quarantine())
	}
	next, err := Compile(c, options...)
	if faults, ok := errors.AsType[Faults](err); ok {
		return nil, faults
	}
	return next, err
}
