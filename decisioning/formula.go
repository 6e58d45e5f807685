package decisioning

import (
	"github.com/proffer-go/proffer/internal/column"
	"github.com/proffer-go/proffer/internal/rules"
)

// noFormula is the number of what is not computed over columns.
const noFormula = -1

// score compiles a formula, and numbers it if it can be computed over columns.
func (l *lineage) score(text string) (*rules.Expr, int32) {
	e := mustCompile(l.compiler, rules.Score, text)
	if e.Column() == nil {
		return e, noFormula
	}
	i, ok := l.formula[e]
	if !ok {
		i = int32(len(l.formula))
		l.formula[e] = i
	}
	return e, i
}

// compute gives the snapshot the columns that the formula reads.
func (l *lineage) compute(s *Snapshot, e *rules.Expr) {
	i, p := int(l.formula[e]), e.Column()
	l.lexicon.Need(p.Paths(), p.Counts())
	s.columns = s.columns.Grow([]*column.Program{p}, s.offers.At)
	for len(s.formulas) <= i {
		s.formulas = append(s.formulas, nil)
	}
	s.formulas[i] = p.Bind(l.lexicon.View().Schema(), s.columns)
}
