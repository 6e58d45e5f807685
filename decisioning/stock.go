package decisioning

import (
	"slices"

	"github.com/proffer-go/proffer/internal/paged"
	"github.com/proffer-go/proffer/offer"
)

// A stocker is one of the workers that compile the offers of a catalog. What it looks
// at is large and seldom in a cache of the processor, so it does all at once that is to
// be done with an offer.
type stocker struct {
	fitter fitter
	rolls  []roll  // by the number of the selection
	limits []limit // room for those of the piece in work
	within []int32 // scratch
	events bool
}

// offers compiles the offers, and puts them in the orders of the selections that take
// them.
func (l *lineage) offers(s *Snapshot, workers int) {
	offers := s.catalog.Offers
	s.options = paged.Make[option](len(offers))
	l.schedule(offer.Window{}) // so that the stockers find all there are
	counters := l.countCaps(offers)
	newStocker := func() *stocker {
		return &stocker{fitter: fitter{lineage: l, numbers: newNotes(l)}, rolls: make([]roll, len(s.orders))}
	}
	all := spread(workers, len(offers), newStocker, func(w *stocker, from, to int) {
		if from == 0 { // one of them does this, while the others begin
			s.offers = offer.NewSet(offers)
		}
		w.stock(s, from, offers[from:to], counters[from/chunk])
	})
	if len(offers) == 0 {
		s.offers = offer.NewSet(nil)
	}
	for _, w := range all {
		s.events = s.events || w.events
	}
	for i := range l.bundles {
		s.events = s.events || countEvents(l.bundles[i].limits)
	}
	l.arrange(s, all, workers)
}

// countCaps gives every cap a counter, and returns the first one of each piece of the
// offers.
func (l *lineage) countCaps(offers []offer.Offer) (first []int32) {
	for piece := range slices.Chunk(offers, chunk) {
		first = append(first, l.counters)
		for i := range piece {
			l.counters += int32(len(piece[i].Caps))
		}
	}
	return first
}

// stock compiles a piece of the offers, which begins at an index and whose limits draw
// on the counters from the given one on.
func (w *stocker) stock(s *Snapshot, from int, offers []offer.Offer, counter int32) {
	l := w.fitter.lineage
	caps := 0
	for i := range offers {
		caps += len(offers[i].Caps)
	}
	w.limits = make([]limit, 0, caps)
	for i := range offers {
		o, opt := &offers[i], s.options.At(from+i)
		w.within = l.shelf.of(o, w.within[:0])
		*opt = w.fitter.option(o, w.within, w.limitsOf(o, &counter))
		w.events = w.events || countEvents(opt.limits)
		l.place(opt, int32(from+i), w.within, func(at int32, e entry) { w.rolls[at].add(e) })
	}
}

// limitsOf compiles the caps of the offer, which have the next counters.
func (w *stocker) limitsOf(o *offer.Offer, counter *int32) []limit {
	if len(o.Caps) == 0 {
		return nil
	}
	at := len(w.limits)
	for i := range o.Caps {
		w.limits = append(w.limits, w.fitter.limit(*counter, "", &o.Caps[i]))
		*counter++
	}
	return slices.Clip(w.limits[at:])
}

// arrange fills the orders of the selections.
func (l *lineage) arrange(s *Snapshot, stocked []*stocker, workers int) {
	spreadBy(1, workers, len(s.orders), func() any { return nil }, func(_ any, number, _ int) {
		rolls := make([]roll, len(stocked))
		for i, w := range stocked {
			rolls[i] = w.rolls[number]
		}
		s.orders[number] = newOrder(s.orders[number].byIndex, l.bundles, rolls...)
	})
}
