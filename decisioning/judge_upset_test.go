package decisioning_test

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/proffer-go/proffer/capping"
)

// upsetCounter is a counter in memory at which others take units just before a
// decision does, and which fails when told to. Not for concurrent decisions.
type upsetCounter struct {
	*capping.Memory

	asked   *inquiry
	sneaks  [][]sneak // what others took before each attempt of the decision
	sneaked int       // of all decisions
}

var _ capping.Recorder = (*upsetCounter)(nil)

// begin is called before each decision.
func (c *upsetCounter) begin(a *inquiry) {
	if c != nil {
		c.asked, c.sneaks = a, nil
	}
}

// end is called after each decision and says what went on.
func (c *upsetCounter) end() upset {
	if c == nil {
		return upset{}
	}
	return upset{blind: c.asked.Blind, locked: c.asked.Locked, sneaks: c.sneaks}
}

// isCalm reports whether nothing is to be upset.
func (c *upsetCounter) isCalm() bool { return !c.asked.Blind && !c.asked.Locked && c.asked.Sneaks == 0 }

func (c *upsetCounter) Usage(ctx context.Context, a capping.Attempt, keys []capping.Key, dst []int64) (capping.Usage, error) {
	if c.asked.Blind {
		return capping.Usage{}, errPart
	}
	return c.Memory.Usage(ctx, a, keys, dst)
}

func (c *upsetCounter) Reserve(ctx context.Context, r capping.Reservation) (capping.Grant, error) {
	if c.asked.Blind || c.asked.Locked {
		return capping.Grant{}, errPart
	}
	var taken []sneak
	if len(c.sneaks) < c.asked.Sneaks {
		taken = c.sneak(ctx, r)
	}
	c.sneaks = append(c.sneaks, taken)
	return c.Memory.Reserve(ctx, r)
}

// sneak takes all that is left of a counter that the first proposition which takes
// units wants.
func (c *upsetCounter) sneak(ctx context.Context, r capping.Reservation) []sneak {
	for _, item := range r.Items {
		limits := slices.DeleteFunc(slices.Clone(item.Limits), func(l capping.Limit) bool { return l.Key.Counts != "" })
		if len(limits) == 0 {
			continue
		}
		l := slices.MinFunc(limits, func(a, b capping.Limit) int { return cmp.Compare(asJSON(a.Key), asJSON(b.Key)) })
		return []sneak{c.take(ctx, l, r.At, math.MaxInt)}
	}
	return nil
}

// take takes up to n units of what is left of the counter for somebody else.
func (c *upsetCounter) take(ctx context.Context, l capping.Limit, at time.Time, n int) sneak {
	c.sneaked++
	other := capping.Attempt{Tenant: l.Key.Tenant, ID: fmt.Sprintf("sneak %d", c.sneaked), Profile: l.Key.Profile, At: at}
	usage, err := c.Memory.Usage(ctx, other, []capping.Key{l.Key}, nil)
	if err != nil {
		panic(err)
	}
	s := sneak{key: l.Key, at: at, max: l.Max, n: min(n, int(max(l.Max-usage.Units[0], 0)))}
	reservation := capping.Reservation{Attempt: other}
	for range s.n {
		reservation.Items = append(reservation.Items, capping.Item{Offer: "sneaked", Activity: "sneak", Limits: []capping.Limit{l}})
	}
	if grant, err := c.Memory.Reserve(ctx, reservation); err != nil || !grant.Granted() {
		panic(fmt.Sprint("nothing to sneak: ", err))
	}
	return s
}
