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

// A Lazy is a [Filter] that can also judge one offer, so that the engine need
// not show it the whole set. Keep and Filter agree. [Each] gives it for free.
type Lazy interface {
	Filter
	Keep(ctx context.Context, f *profile.Facts, o *offer.Offer) (bool, error)
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

// Each returns the [Lazy] filter that keeps the offers for which keep is true.
// The name stands in errors and explanations.
func Each(name string, keep func(ctx context.Context, f *profile.Facts, o *offer.Offer) (bool, error)) Filter {
	return &each{name: name, keep: keep}
}

type each struct {
	name string
	keep func(context.Context, *profile.Facts, *offer.Offer) (bool, error)
}

var (
	_ Lazy      = (*each)(nil)
	_ Explainer = (*each)(nil)
)

func (e *each) Keep(ctx context.Context, f *profile.Facts, o *offer.Offer) (bool, error) {
	ok, err := e.keep(ctx, f, o)
	if err != nil {
		return false, fmt.Errorf("%s: %w", e.name, err)
	}
	return ok, nil
}

func (e *each) Filter(ctx context.Context, f *profile.Facts, c *offer.Candidates) error {
	for i, o := range c.All() {
		ok, err := e.Keep(ctx, f, o)
		if err != nil {
			return err
		}
		if !ok {
			c.Remove(i)
		}
	}
	return nil
}

func (e *each) Explain(context.Context, *profile.Facts, *offer.Offer) string { return e.name }
