package constraint

import (
	"context"
	"fmt"

	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/profile"
)

// A Filter removes from c the offers that it rejects. It sees all candidates of
// an activity at once.
//   - It only removes; what it adds is ignored.
//   - It decides from f and the offers alone, takes the time from f.Now, and
//     keeps nothing of f or c.
//   - If it returns an error or panics, no candidate of the activity passes, and
//     the decision says that it is degraded.
//   - Safe for concurrent use.
type Filter interface {
	Filter(ctx context.Context, f *profile.Facts, c *offer.Candidates) error
}

// A Lazy is a [Filter] that can also judge one offer, without fail, so that the
// engine asks it only about the few offers whose turn comes. Keep and Filter agree.
// [Where] gives it for free.
type Lazy interface {
	Filter
	Keep(f *profile.Facts, o *offer.Offer) bool
}

// A Binder does work once for each snapshot, when it is published, and returns
// the Filter to use with it.
type Binder interface {
	Bind(s *offer.Set) (Filter, error)
}

// An Explainer says why its filter rejects an offer. It is asked only for a
// trace; the text must not quote personal data.
type Explainer interface {
	Explain(ctx context.Context, f *profile.Facts, o *offer.Offer) string
}

// FilterFunc is a function as a [Filter].
type FilterFunc func(ctx context.Context, f *profile.Facts, c *offer.Candidates) error

// Filter calls fn.
func (fn FilterFunc) Filter(ctx context.Context, f *profile.Facts, c *offer.Candidates) error {
	return fn(ctx, f, c)
}

// Where returns the [Lazy] filter that keeps the offers for which keep is true. The
// name stands in explanations. Keep is fast and has no I/O: one that can fail is for [Each].
func Where(name string, keep func(f *profile.Facts, o *offer.Offer) bool) Lazy {
	return &where{name: name, keep: keep}
}

type where struct {
	name string
	keep func(*profile.Facts, *offer.Offer) bool
}

var _ Explainer = (*where)(nil)

func (w *where) Keep(f *profile.Facts, o *offer.Offer) bool { return w.keep(f, o) }

func (w *where) Filter(_ context.Context, f *profile.Facts, c *offer.Candidates) error {
	for i, o := range c.All() {
		if !w.keep(f, o) {
			c.Remove(i)
		}
	}
	return nil
}

func (w *where) Explain(context.Context, *profile.Facts, *offer.Offer) string { return w.name }

// Each returns the [Filter] that keeps the offers for which keep is true. All
// candidates are judged, since an error about any lets none pass: where keep cannot fail
// [Where] is faster. The name stands in errors and explanations.
func Each(name string, keep func(ctx context.Context, f *profile.Facts, o *offer.Offer) (bool, error)) Filter {
	return &each{name: name, keep: keep}
}

type each struct {
	name string
	keep func(context.Context, *profile.Facts, *offer.Offer) (bool, error)
}

var _ Explainer = (*each)(nil)

func (e *each) Filter(ctx context.Context, f *profile.Facts, c *offer.Candidates) error {
	for i, o := range c.All() {
		ok, err := e.keep(ctx, f, o)
		if err != nil {
			return fmt.Errorf("%s: %w", e.name, err)
		}
		if !ok {
			c.Remove(i)
		}
	}
	return nil
}

func (e *each) Explain(context.Context, *profile.Facts, *offer.Offer) string { return e.name }
