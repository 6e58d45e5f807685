package decisioning

import (
	"context"
	"errors"
	"fmt"

	"github.com/proffer-go/proffer/constraint"
	"github.com/proffer-go/proffer/internal/predicate"
	"github.com/proffer-go/proffer/offer"
)

// filter lets the filters of the application take out candidates. Those that judge
// offers one by one do so when an offer's turn comes, unless a trace wants to know
// about all. Others see all candidates that pass the catalog's own constraints.
func (s *slot) filter(ctx context.Context, d *deciding) {
	if len(s.strategy.lazy) == len(s.strategy.filters) && !d.tracing() {
		return
	}
	n := 0
	for i := range s.walks {
		n += s.walks[i].order.n
	}
	d.expect(n)
	s.allowed.Reset(d.binding.snapshot.offers, s.ref)
	for i := range s.walks {
		s.allow(d, &s.walks[i])
	}
	s.sifted = true
	if d.tracing() {
		s.rejections = make(map[int32]string)
	}
	for _, f := range s.strategy.filters {
		s.sift(ctx, d, f)
	}
}

// allow makes the candidates of the walk that pass the allowed ones. Most are out by their
// rules: where all of these were looked up at once, the candidates that are left of a block are
// found without a branch for each, which no processor could foresee.
func (s *slot) allow(d *deciding, w *walk) {
	verdicts := d.match.Verdicts()
	free := !s.barred && !d.suppressing && len(s.selections[w.tier].earlier) == 0
	var left [blockSize]uint8
	for _, in := range w.order.blocks {
		block, n := in.entries, 0
		for i := range block {
			left[n&(blockSize-1)] = uint8(i)
			n += int(truthAt(verdicts, block[i].rule) & 1) // of what is not false
		}
		for _, i := range left[:n] {
			switch e := &block[i]; {
			case !e.open(d), !free && !s.stands(d, w, e):
			case e.rule != noRule && (d.rang() || truthAt(verdicts, e.rule) != predicate.True && !d.admits(e)):
			case len(s.strategy.lazy) > 0 && !s.keeps(d, e):
			default:
				s.allowed.Add(int(e.offer))
			}
		}
	}
}

// truthAt returns what is known of the rule: it is open if nothing is.
func truthAt(verdicts []predicate.Truth, rule ruleRef) predicate.Truth {
	if uint(rule) < uint(len(verdicts)) {
		return verdicts[rule]
	}
	return predicate.Unknown
}

// sift shows the candidates to a filter, in a copy that it may do with what it likes.
// If it fails nothing passes.
func (s *slot) sift(ctx context.Context, d *deciding, f constraint.Filter) {
	if s.allowed.Len() == 0 {
		return
	}
	var before offer.Candidates
	if s.rejections != nil {
		before.CopyFrom(&s.allowed)
	}
	err := d.show(ctx, f, &s.allowed)
	if err != nil {
		d.degrade(FilterFailed, s.id, err)
		s.allowed.Reset(s.allowed.Offers, s.ref)
	} else {
		s.allowed.Intersect(&d.shown)
	}
	d.shown = offer.Candidates{} // it may be the application's
	for o := range before.All() {
		if !s.allowed.Has(o) {
			s.rejections[int32(o)] = d.filteredBy(ctx, f, int32(o), err)
		}
	}
}

// show has the filter take out of shown what it rejects of the candidates. What it is given
// is a head of its own on the memory of the copy: it may put another in its place, whose
// memory is not ours to use again.
func (d *deciding) show(ctx context.Context, f constraint.Filter, c *offer.Candidates) (err error) {
	defer contain(&err)
	d.copy.CopyFrom(c)
	d.shown = d.copy
	if err = f.Filter(ctx, &d.facts, &d.shown); err == nil && d.shown.Offers != c.Offers {
		err = errors.New("the filter replaced the candidates' set")
	}
	return err
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
		s.barred, s.pool = true, s.pool[:0]
		s.unlist()
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
