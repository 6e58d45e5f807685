package decisioning

import (
	"context"
	"errors"
	"fmt"

	"github.com/proffer-go/proffer/constraint"
	"github.com/proffer-go/proffer/offer"
)

// filter lets the filters of the application take out candidates. Those that judge
// offers one by one do so when an offer's turn comes, unless a trace wants to know
// about all. Others see all candidates that pass the catalog's own constraints.
func (s *slot) filter(ctx context.Context, d *deciding) {
	if len(s.strategy.lazy) == len(s.strategy.filters) && !d.tracing() {
		return
	}
	s.allowed.Reset(d.binding.snapshot.offers, s.ref)
	for i := range s.walks {
		w := &s.walks[i]
		for e := range w.order.all {
			if e.open(d) && s.passes(d, w, e) {
				s.allowed.Add(int(e.offer))
			}
		}
	}
	s.sifted = true
	if d.tracing() {
		s.rejections = make(map[int32]string)
	}
	for _, f := range s.strategy.filters {
		s.sift(ctx, d, f)
	}
}

// sift shows the candidates to a filter, in a copy that it may do with what it likes.
// If it fails nothing passes.
func (s *slot) sift(ctx context.Context, d *deciding, f constraint.Filter) {
	if s.allowed.Len() == 0 {
		return
	}
	shown := offer.NewCandidates(s.allowed.Offers, s.ref, false)
	var rejected []int
	err := func() (err error) {
		defer contain(&err)
		for o := range s.allowed.All() {
			shown.Add(o)
		}
		if err = f.Filter(ctx, &d.facts, shown); err == nil && shown.Offers != s.allowed.Offers {
			err = errors.New("the filter replaced the candidates' set")
		}
		for o := range s.allowed.All() {
			if err != nil || !shown.Has(o) {
				rejected = append(rejected, o)
			}
		}
		return err
	}()
	if err != nil {
		d.degrade(FilterFailed, s.id, err)
		rejected = rejected[:0]
		for o := range s.allowed.All() {
			rejected = append(rejected, o)
		}
	}
	for _, o := range rejected {
		s.allowed.Remove(o)
		if s.rejections != nil {
			s.rejections[int32(o)] = d.filteredBy(ctx, f, int32(o), err)
		}
	}
}

// keeps asks the filters that judge one offer at a time. If one panics nothing
// passes any more, nor what has passed before.
func (s *slot) keeps(d *deciding, e *entry) bool {
	if s.barred {
		return false
	}
	kept, err := s.keep(d, d.option(e.offer).offer)
	if err != nil {
		d.degrade(FilterFailed, s.id, err)
		s.barred, s.pool, s.list, s.loose, s.considered = true, s.pool[:0], s.list[:0], 0, 0
		s.chosen = s.chosen[:0]
		d.learnt++ // what it has taken is free again
	}
	return kept
}

func (s *slot) keep(d *deciding, o *offer.Offer) (kept bool, err error) {
	defer func() { kept = kept && err == nil }()
	defer contain(&err)
	for _, f := range s.strategy.lazy {
		if !f.Keep(&d.facts, o) {
			return false, nil
		}
	}
	return true, nil
}

// filteredBy says why the filter rejects the offer.
func (d *deciding) filteredBy(ctx context.Context, f constraint.Filter, o int32, err error) string {
	if err != nil {
		return "the filter failed"
	}
	if explainer, ok := f.(constraint.Explainer); ok {
		return d.explain(ctx, explainer, d.option(o).offer)
	}
	return fmt.Sprintf("%T", f)
}

func (d *deciding) explain(ctx context.Context, e constraint.Explainer, o *offer.Offer) (text string) {
	defer func() {
		if recover() != nil {
			text = "the filter's explanation failed"
		}
	}()
	return e.Explain(ctx, &d.facts, o)
}
