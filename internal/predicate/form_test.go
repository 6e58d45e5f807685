package predicate

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/proffer-go/proffer/internal/slot"
)

func TestTruthIsKleenes(t *testing.T) {
	all := []Truth{False, Unknown, Error, True}
	for _, a := range all {
		assert.Equal(t, a, a.not().not())
		assert.Equal(t, False, and(a, False), "false absorbs %v", a)
		assert.Equal(t, a, and(a, True))
		assert.Equal(t, True, or(a, True), "true absorbs %v", a)
		assert.Equal(t, a, or(a, False))
		for _, b := range all {
			assert.Equal(t, and(a, b), and(b, a))
			assert.Equal(t, or(a, b), and(a.not(), b.not()).not())
			if a != Unknown && b != Unknown {
				assert.Equal(t, and(a, b).holds(), a.holds()&b.holds(), "whether it holds needs no errors")
				assert.Equal(t, or(a, b).holds(), a.holds()|b.holds(), "whether it holds needs no errors")
			}
		}
	}
	assert.Equal(t, Unknown, and(Error, Unknown), "it may be false")
	assert.Equal(t, Unknown, or(Error, Unknown), "it may be true")
	assert.Equal(t, "false unknown error true", False.String()+" "+Unknown.String()+" "+Error.String()+" "+True.String())
}

func at(keys ...string) Subject { return At(slot.Path{Root: slot.Profile, Keys: keys}) }

func TestFormTellsIfItFits(t *testing.T) {
	a := at("a").Holds()
	for _, tt := range []struct {
		name string
		form *Form
		fits bool
	}{
		{"an atom", a, true},
		{"a constant", Constant(false), true},
		{"a conjunction", And(a, Or(a, Not(a))), true},
		{"with a part that does not", And(a, Or(a, nil)), false},
		{"its negation", Not(And(a, nil)), false},
		{"a conditional", If(a, a, nil), false},
	} {
		assert.Equal(t, tt.fits, tt.form.Fits, tt.name)
	}
	for _, nothing := range []*Form{And(nil), Or(nil, nil), Not(nil), If(nil, nil, nil), And(Or(nil), nil)} {
		assert.Nil(t, nothing)
	}
}

func TestNestedConditionalsDoNotGrowWithoutBounds(t *testing.T) {
	most := 0
	for f := at("a").Holds(); f != nil; f = If(f, f, f) {
		most = f.size
	}
	assert.LessOrEqual(t, most, maxSize)
}
