package decisioning

import (
	"encoding/binary"
	"slices"

	"github.com/proffer-go/proffer/internal/rules"
	"github.com/proffer-go/proffer/offer"
)

// A fitter compiles offers, one after the other.
type fitter struct {
	*lineage
	numbers numbers
	conds   []*rules.Expr // scratch
}

// Numbers number what offers share: a lineage, or [notes] of its numbers.
type numbers interface {
	expr(text string) *rules.Expr
	score(text string) (*rules.Expr, int32)
	rule(conditions ...*rules.Expr) ruleRef
	bundle(within []int32) (int32, *bundle)
}

// option compiles the offer, which is in the collections and has the limits.
func (f *fitter) option(o *offer.Offer, within []int32, limits []limit) option {
	opt := option{offer: o, hash: hashText(string(o.ID)), accepts: noFormula, limits: limits}
	if o.Acceptance != "" {
		opt.acceptance, opt.accepts = f.numbers.score(o.Acceptance)
	}
	if f.formulas || o.Acceptance != "" {
		opt.object = rules.OfferObject(o)
	}
	var brought *bundle
	opt.bundle, brought = f.numbers.bundle(within)
	opt.limited = len(limits)+len(brought.limits) > 0
	f.conds = f.conds[:0]
	f.add(o.Rule, o.Eligibility, o.Applicability, o.Suitability)
	for _, i := range brought.binding {
		c := &f.catalog.Collections[i]
		f.add(c.Rule, c.Eligibility, c.Applicability, c.Suitability)
	}
	opt.rule = f.numbers.rule(f.conds...)
	opt.reads = brought.reads
	for _, e := range f.conds {
		opt.reads |= e.Reads()
	}
	return opt
}

// add adds the conditions that there are to those of the offer in work.
func (f *fitter) add(rule offer.RuleID, texts ...string) {
	if rule != "" {
		f.condition(f.shared[rule])
	}
	for _, text := range texts {
		if text != "" {
			f.condition(f.numbers.expr(text))
		}
	}
}

func (f *fitter) condition(e *rules.Expr) {
	if !slices.Contains(f.conds, e) {
		f.conds = append(f.conds, e)
	}
}

// limits compiles the caps of the offer. In place of another it has the counters of
// that one's limits.
func (l *lineage) limits(o *offer.Offer, replaced []limit) []limit {
	if len(o.Caps) == 0 {
		return nil
	}
	all := make([]limit, len(o.Caps))
	for i := range o.Caps {
		var id int32
		if i < len(replaced) {
			id = replaced[i].id
		} else {
			id = l.counter()
		}
		all[i] = l.limit(id, "", &o.Caps[i])
	}
	return all
}

// Notes are what one of several fitters at work remembers of the numbers of the
// lineage, so that they seldom wait for each other: most offers have nothing new.
type notes struct {
	lineage *lineage
	scores  map[string]scored
	rules   map[[fewConditions]*rules.Expr]ruleRef
	bundles map[string]bundled
	key     []byte // scratch
}

type scored struct {
	expr   *rules.Expr
	number int32
}

type bundled struct {
	*bundle
	number int32
}

// fewConditions is how many a rule has at most that is remembered.
const fewConditions = 4

// manyNotes is how many rules are noted. Where there are more, nearly each is an
// offer's own, and a note is never read.
const manyNotes = 4096

func newNotes(l *lineage) *notes {
	return &notes{
		lineage: l, scores: make(map[string]scored),
		rules: make(map[[fewConditions]*rules.Expr]ruleRef), bundles: make(map[string]bundled),
	}
}

// expr needs no note: the lineage has all conditions of the catalog from the start.
func (n *notes) expr(text string) *rules.Expr { return n.lineage.exprs[text] }

func (n *notes) score(text string) (*rules.Expr, int32) {
	s, ok := n.scores[text]
	if !ok {
		n.lineage.mu.Lock()
		defer n.lineage.mu.Unlock()
		s.expr, s.number = n.lineage.score(text)
		n.scores[text] = s
	}
	return s.expr, s.number
}

func (n *notes) rule(conditions ...*rules.Expr) ruleRef {
	if len(conditions) == 0 {
		return noRule
	}
	var key [fewConditions]*rules.Expr
	few := copy(key[:], conditions) == len(conditions)
	if r, ok := n.rules[key]; few && ok {
		return r
	}
	n.lineage.mu.Lock()
	defer n.lineage.mu.Unlock()
	r := n.lineage.rule(conditions...)
	if few && len(n.rules) < manyNotes {
		n.rules[key] = r
	}
	return r
}

func (n *notes) bundle(within []int32) (int32, *bundle) {
	n.key = n.lineage.bundleKey(n.key[:0], within)
	b, ok := n.bundles[string(n.key)]
	if !ok {
		n.lineage.mu.Lock()
		defer n.lineage.mu.Unlock()
		b.number, b.bundle = n.lineage.bundle(within)
		n.bundles[string(n.key)] = b
	}
	return b.number, b.bundle
}

// bundleKey appends what tells the bundle of the collections: those that bring
// something.
func (l *lineage) bundleKey(key []byte, within []int32) []byte {
	for _, c := range within {
		if from := &l.brings[c]; len(from.binding)+len(from.policies)+len(from.limits) > 0 {
			key = binary.LittleEndian.AppendUint32(key, uint32(c))
		}
	}
	return key
}
