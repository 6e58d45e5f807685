package decisioning_test

import (
	"context"
	"fmt"

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

// sneak takes all that is left of the first counter that the reservation wants.
func (c *upsetCounter) sneak(ctx context.Context, r capping.Reservation) []sneak {
	for _, item := range r.Items {
		for _, l := range item.Limits {
			if l.Key.Counts != "" {
				continue
			}
			c.sneaked++
			other := capping.Attempt{Tenant: r.Tenant, ID: fmt.Sprintf("sneak %d", c.sneaked), Profile: l.Key.Profile, At: r.At}
			usage, err := c.Memory.Usage(ctx, other, []capping.Key{l.Key}, nil)
			if err != nil {
				panic(err)
			}
			s := sneak{key: l.Key, at: r.At, max: l.Max, n: int(max(l.Max-usage.Units[0], 0))}
			take := capping.Item{Offer: "sneaked", Activity: "sneak", Limits: []capping.Limit{l}}
			reservation := capping.Reservation{Attempt: other}
			for range s.n {
				reservation.Items = append(reservation.Items, take)
			}
			if grant, err := c.Memory.Reserve(ctx, reservation); err != nil || !grant.Granted() {
				panic(fmt.Sprint("nothing to sneak: ", err))
			}
			return []sneak{s}
		}
	}
	return nil
}
