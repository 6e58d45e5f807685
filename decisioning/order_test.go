package decisioning

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/proffer-go/proffer/internal/paged"
	"github.com/proffer-go/proffer/offer"
)

// drawEntry draws an entry of the offer that is often tied with others, also by its hash,
// and whose calendar often begins or ends in the very second 100.
func drawEntry(t *rapid.T, o int32) entry {
	e := entry{
		offer: o, rule: noRule, hash: rapid.Uint64Range(0, 40).Draw(t, "hash"),
		score: float64(rapid.IntRange(0, 3).Draw(t, "score")), unscored: rapid.IntRange(0, 9).Draw(t, "unscored") == 0,
		start: math.MinInt64, end: math.MaxInt64,
	}
	if rapid.IntRange(0, 3).Draw(t, "dated") == 0 {
		e.start = rapid.Int64Range(98, 101).Draw(t, "start")
		e.end = e.start + rapid.Int64Range(1, 2).Draw(t, "length")
	}
	return e
}

const maxEntries, maxChanges = 300, 40

// drawOrder draws an order that additions and removals have made of another, and its
// entries.
func drawOrder(t *rapid.T) (*order, []entry) {
	var all []entry
	for i := range rapid.IntRange(0, maxEntries).Draw(t, "entries") {
		all = append(all, drawEntry(t, int32(i)))
	}
	bundles := make([]bundle, 1)
	var made roll
	for _, e := range all {
		made.add(e)
	}
	o := newOrder(false, bundles, made)
	next := int32(len(all))
	for range rapid.IntRange(0, maxChanges).Draw(t, "changes") {
		if len(all) > 0 && rapid.Bool().Draw(t, "removes") {
			i := rapid.IntRange(0, len(all)-1).Draw(t, "removed")
			o = o.without(&all[i])
			all = slices.Delete(all, i, i+1)
			continue
		}
		e := drawEntry(t, next)
		next++
		o = o.with(&e, &bundles[0])
		all = append(all, e)
	}
	return o, all
}

// decidingAt returns a decision at the Unix second, on whose clock it is later.
func decidingAt(seconds int64, options paged.List[option]) *deciding {
	return &deciding{
		engine:  &Engine{config: Config{Now: func() time.Time { return time.Unix(seconds+1, 0) }}},
		binding: &binding{snapshot: &Snapshot{options: options}}, now: time.Unix(seconds, 0), seconds: seconds,
	}
}

// nextTied returns the candidate whose turn it is, with its hash, whatever its rule is.
func nextTied(w *walk, s *slot, d *deciding) (*entry, uint64) {
	if !w.turn(s, d) {
		return nil, 0
	}
	q := w.ties.band[w.ties.head]
	w.ties.head++
	return w.entry(&q), q.hash
}

// TestSeasonsHaveWhatIsOpen: a season that is kept has the entries of its block that are open at each of its
// instants, and no others, and counts how many are tied from each on.
func TestSeasonsHaveWhatIsOpen(t *testing.T) {
	options := paged.Make[option](maxEntries + maxChanges)
	for i := range options.Len() {
		options.At(i).offer = new(offer.Offer)
	}
	rapid.Check(t, func(t *rapid.T) {
		o, all := drawOrder(t)
		n := 0
		for _, b := range o.blocks {
			n += len(b.entries)
			d := decidingAt(rapid.Int64Range(95, 105).Draw(t, "at"), options)
			b.at(d, new(season))
			s := b.season.Load()
			bound := slices.ContainsFunc(b.entries, func(e entry) bool { return e.start == d.seconds || e.end == d.seconds })
			require.Equal(t, bound, s == nil)
			if bound {
				continue
			}
			later := rapid.Int64Range(max(s.from+1, 90), min(s.until-1, 110)).Draw(t, "later")
			require.Same(t, s, b.at(decidingAt(later, options), nil))
			var open []uint8
			for i := range b.entries {
				if e := &b.entries[i]; e.start < later && later < e.end {
					open = append(open, uint8(i))
				}
			}
			var places []uint8
			for _, o := range s.open {
				places = append(places, o.place)
			}
			require.Equal(t, open, places, "at %d of a season from %d until %d", later, s.from, s.until)
			for k, o := range s.open {
				e, run := &b.entries[o.place], 1
				hashes := map[uint64]bool{e.hash: true}
				for run < len(s.open)-k && b.entries[s.open[k+run].place].tied(e) {
					hashes[s.open[k+run].hash] = true
					run++
				}
				if run > shortTie || len(hashes) < run {
					run = maxRun
				}
				require.Equal(t, opening{
					hash: e.hash, rule: e.rule, offer: e.offer, shown: e.shown, place: o.place, run: uint8(run), bare: !e.limited && !e.unscored,
				}, o)
			}
		}
		require.Equal(t, o.n, n)
		require.Len(t, all, n)
	})
}

// TestTiesComeByHash: a walk serves all that are open, by score, then hash, then id, however
// long the ties are, wherever blocks end, and whether or not all rules are looked up.
func TestTiesComeByHash(t *testing.T) {
	options := paged.Make[option](maxEntries + maxChanges)
	for i := range options.Len() {
		options.At(i).offer = &offer.Offer{ID: offer.ID(strconv.Itoa(i * 7919 % 1009))}
	}
	rapid.Check(t, func(t *rapid.T) {
		o, all := drawOrder(t)
		d := decidingAt(rapid.SampledFrom([]int64{50, 100}).Draw(t, "second"), options)
		if d.swept = rapid.Bool().Draw(t, "swept"); rapid.Bool().Draw(t, "ahead of the clock") {
			d.present = d.seconds - 1
		}
		for i := range all {
			all[i].hash = tieOf(0, all[i].hash)
			limits := options.At(int(all[i].offer)).offer
			limits.Start, limits.End = boundAt(all[i].start), boundAt(all[i].end)
		}
		s := &slot{tieBase: 0, boundActivity: &boundActivity{
			activity: &activity{selections: make([]selection, 1)}, strategy: &boundStrategy{},
			rankings: []ranking{{static: true, order: o, minScore: math.Inf(-1)}},
		}}
		want := slices.DeleteFunc(slices.Clone(all), func(e entry) bool { return !e.open(d) })
		slices.SortFunc(want, func(a, b entry) int {
			if a.unscored != b.unscored {
				if b.unscored {
					return -1
				}
				return 1
			}
			return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.hash, b.hash), d.compareIDs(&a, &b))
		})
		d.plain = true
		var w walk
		for i, again := 0, 0; again < 2; i++ { // the second time with the memory of the first
			if i == 0 {
				w.begin(s, d, 0)
			}
			if n := rapid.IntRange(0, 3).Draw(t, "sprint"); n > 0 {
				s.begin(0)
				s.tieBase = 0
				w.sprint(s, d, n, nobody)
				for _, r := range s.pool {
					if i == len(want) || r.offer != want[i].offer {
						t.Fatalf("candidate %d in a sprint is %+v", i, r)
					}
					i++
				}
			}
			e, hash := nextTied(&w, s, d)
			if e == nil {
				if i != len(want) {
					t.Fatalf("%d candidates, want %d", i, len(want))
				}
				i, again = -1, again+1
				continue
			}
			if i == len(want) || e.offer != want[i].offer || hash != want[i].hash {
				t.Fatalf("candidate %d is %+v with hash %d", i, e, hash)
			}
		}
	})
}

// TestNoHashLiesBetweenBands: a long tie is served whole, also what lies at the very ends of
// the bands that it is served in.
func TestNoHashLiesBetweenBands(t *testing.T) {
	const n = 100
	width := math.MaxUint64 / uint64(n) * bandSize
	hashes := []uint64{0, 1, math.MaxUint64 - 1, math.MaxUint64}
	for floor, width := uint64(0), width; ; floor, width = floor+width+1, 4*width {
		if floor+width < floor {
			break
		}
		hashes = append(hashes, floor+width-1, floor+width, floor+width+1)
	}
	for len(hashes) < n {
		hashes = append(hashes, mix(uint64(len(hashes))))
	}
	options := paged.Make[option](n)
	var made roll
	for i, h := range hashes {
		options.At(i).offer = &offer.Offer{ID: offer.ID(strconv.Itoa(i))}
		made.add(entry{offer: int32(i), rule: noRule, hash: untie(h), start: math.MinInt64, end: math.MaxInt64})
	}
	d := decidingAt(100, options)
	s := &slot{boundActivity: &boundActivity{
		activity: &activity{selections: make([]selection, 1)}, strategy: &boundStrategy{},
		rankings: []ranking{{static: true, order: newOrder(false, make([]bundle, 1), made), minScore: math.Inf(-1)}},
	}}
	var w walk
	w.begin(s, d, 0)
	var got []uint64
	for e, hash := nextTied(&w, s, d); e != nil; e, hash = nextTied(&w, s, d) {
		got = append(got, hash)
	}
	slices.Sort(hashes)
	assert.Equal(t, hashes, got)
}

// untie is the inverse of tieOf with base 0.
func untie(x uint64) uint64 {
	by := tieOf(0, 1)
	inverse := by
	for range 6 { // Newton: each round doubles the bits that are right
		inverse *= 2 - by*inverse
	}
	return x * inverse
}

// boundAt returns the bound of a calendar.
func boundAt(seconds int64) time.Time {
	if seconds == math.MinInt64 || seconds == math.MaxInt64 {
		return time.Time{}
	}
	return time.Unix(seconds, 0)
}
