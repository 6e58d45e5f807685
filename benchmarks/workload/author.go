package workload

import (
	"math"
	"math/rand/v2"
	"slices"
)

// An author writes rules of a wanted share of truth. He knows the people by a
// sample, as who writes rules knows his customers by reports.
type author struct {
	rng    *rand.Rand
	all    []*Attribute
	people []*Person
	skew   bool
	favour []float64 // running sums: which attributes rules like

	columns map[*Attribute][]float64 // numbers of the sample, ascending
}

// newAuthor returns an author who is to write rules of the share of truth. The
// sample is large enough to tell it.
func newAuthor(rng *rand.Rand, all []*Attribute, skew bool, truth float64) *author {
	w := &author{rng: rng, all: all, skew: skew, columns: make(map[*Attribute][]float64)}
	for range max(500, int(5/truth)) {
		w.people = append(w.people, newPerson(rng, "", all, skew, 0))
	}
	exponent := 0.3
	if skew {
		exponent = 1.2
	}
	w.favour = zipf(len(all), exponent)
	return w
}

// share returns the share of the sample for whom the term is true.
func (w *author) share(t Term) float64 {
	n := 0
	for _, p := range w.people {
		if is, ok := t.Holds(p); is && ok {
			n++
		}
	}
	return float64(n) / float64(len(w.people))
}

// rule writes a rule of 1 to 5 terms that is true for the share of the people.
// What a term cannot match is left to the terms after it.
func (w *author) rule(truth float64) Rule {
	n := 1 + w.rng.IntN(5)
	or, opaque := -1, -1
	if w.rng.Float64() < 0.15 {
		or = w.rng.IntN(n)
	}
	if w.rng.Float64() < 0.05 {
		opaque = w.rng.IntN(n)
	}
	var r Rule
	used := make(map[*Attribute]bool)
	for i := range n {
		target := min(math.Pow(truth, 1/float64(n-i)), 0.98)
		var t Term
		switch {
		case i == opaque && i == or:
			t = Or{w.opaque(1 - math.Sqrt(1-target)), w.term(1-math.Sqrt(1-target), used)}
		case i == opaque:
			t = w.opaque(target)
		case i == or:
			each := 1 - math.Sqrt(1-target)
			t = Or{w.term(each, used), w.term(each, used)}
		default:
			t = w.term(target, used)
		}
		truth /= max(w.share(t), truth)
		r.Terms = append(r.Terms, t)
	}
	return r
}

// term writes one term over an attribute that the rule has not used: the nearest
// of a few attempts, and good enough as soon as it is within a tenth.
func (w *author) term(target float64, used map[*Attribute]bool) Term {
	var best Term
	var of *Attribute
	nearest := math.Inf(1)
	for tries := 0; tries < 24 && nearest > 0.1; tries++ {
		t, a := w.attempt(target)
		if t == nil || used[a] {
			continue
		}
		if off := math.Abs(math.Log((w.share(t) + 1e-4) / target)); off < nearest {
			best, of, nearest = t, a, off
		}
	}
	if best == nil {
		return w.number(w.all[3], target)
	}
	if of != nil {
		used[of] = true
	}
	return best
}

// attempt writes some term whose truth may be near the target.
func (w *author) attempt(target float64) (Term, *Attribute) {
	if w.rng.Float64() < 0.15 {
		return w.counting(target), nil
	}
	a := w.all[pickBy(w.rng, w.favour)]
	if a.Optional() {
		return Has{a}, a
	}
	switch a.Kind {
	case Number:
		return w.number(a, target), a
	case Text:
		return w.text(a, target), a
	case Flag:
		return Is{a, w.rng.IntN(3) > 0}, a
	case Set:
		return Contains{a, a.Values[pick(w.rng, len(a.Values), w.skew)]}, a
	default:
		return nil, nil // words are for what no index knows
	}
}

// column returns the numbers that the sample has, ascending.
func (w *author) column(a *Attribute) []float64 {
	c := w.columns[a]
	if c == nil {
		for _, p := range w.people {
			v, _ := value[float64](p, a)
			c = append(c, v)
		}
		slices.Sort(c)
		w.columns[a] = c
	}
	return c
}

// quantile returns the number that the share of the sample is below.
func (w *author) quantile(a *Attribute, share float64) float64 {
	return w.column(a)[min(int(share*float64(len(w.people))), len(w.people)-1)]
}

func (w *author) number(a *Attribute, target float64) Term {
	switch w.rng.IntN(5) {
	case 0, 1:
		return AtLeast{a, w.quantile(a, 1-target)}
	case 2, 3:
		return Below{a, w.quantile(a, target)}
	default:
		from := w.rng.Float64() * (1 - target)
		return Between{a, w.quantile(a, from), w.quantile(a, from+target)}
	}
}

func (w *author) text(a *Attribute, target float64) Term {
	v := func() string { return a.Values[w.rng.IntN(len(a.Values))] }
	switch {
	case target > 0.85:
		return Differs{a, v()}
	case target < 0.3 && w.rng.IntN(2) == 0:
		return Equals{a, v()}
	}
	t := OneOf{Attribute: a}
	for _, i := range w.rng.Perm(len(a.Values)) {
		t.Values = append(t.Values, a.Values[i])
		if len(t.Values) == 12 || w.share(t) > 0.9*target {
			break
		}
	}
	return t
}

// counting counts events of a type in a window, as many as the target needs.
func (w *author) counting(target float64) Term {
	t := Count{Type: EventTypes[w.rng.IntN(len(EventTypes))], Days: EventDays[w.rng.IntN(len(EventDays))]}
	counts := make([]int, len(w.people))
	for i, p := range w.people {
		counts[i] = p.Count(t.Type, t.Days)
	}
	slices.Sort(counts)
	t.Min = max(1, counts[int((1-target)*float64(len(counts)-1))])
	return t
}

// opaque writes a term that no index knows. A sum can be as rare as it must.
func (w *author) opaque(target float64) Term {
	switch form := w.rng.IntN(3); {
	case form == 0 && target > 0.15:
		return EndsWith{w.find("email"), mailHosts[w.rng.IntN(len(mailHosts))]}
	case form == 1 && target > 0.35:
		a := w.find("interests")
		return AnyStartsWith{a, a.Values[10+w.rng.IntN(len(a.Values)-10)]}
	}
	t := Sum{A: w.find("loyaltyPoints"), B: w.find("incomeYearly")}
	sums := make([]float64, len(w.people))
	for i, p := range w.people {
		a, _ := value[float64](p, t.A)
		b, _ := value[float64](p, t.B)
		sums[i] = a + b
	}
	slices.Sort(sums)
	t.Min = sums[int((1-target)*float64(len(sums)-1))]
	return t
}

func (w *author) find(name string) *Attribute {
	return w.all[slices.IndexFunc(w.all, func(a *Attribute) bool { return a.Name == name })]
}
