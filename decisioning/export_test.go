package decisioning

import (
	"math"
	"time"

	"github.com/proffer-go/proffer/offer"
)

// TieHash is the hash that orders tied offers: the contract promises what it
// depends on, not its value.
func TieHash(seed uint64, person string, activity ActivityID, o offer.ID) uint64 {
	return tieHash(seed, person, activity, o)
}

// Walked returns how many candidates the shortest of the orders has that decisions walk
// now.
func Walked(e *Engine) int {
	b, n := e.current.Load(), math.MaxInt
	for i := range b.live {
		o := b.snapshot.orders[i]
		if l := b.live[i].Load(); l != nil && l.order != nil {
			o = l.order
		}
		n = min(n, o.n)
	}
	return n
}

// SetAlone sets how long a batch stays in the goroutine of its loop: below 0 helpers
// take part from its first request on.
func (e *Engine) SetAlone(d time.Duration) { e.alone = d }
