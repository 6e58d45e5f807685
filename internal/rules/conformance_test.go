package rules

import (
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"github.com/stretchr/testify/require"
)

// conformanceFiles returns the files of CEL's conformance suite, from the folder
// that PROFFER_DATA names, else from beside the repository.
func conformanceFiles(tb testing.TB) []string {
	tb.Helper()
	dir := os.Getenv("PROFFER_DATA")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "data")
	}
	files, err := filepath.Glob(filepath.Join(dir, "cel", "*.textproto"))
	require.NoError(tb, err)
	return files
}

var (
	exprField = regexp.MustCompile(`(?m)^\s*expr:\s*("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')\s*$`)
	// What needs variables or types that rules do not have.
	foreign = regexp.MustCompile(`TestAllTypes|google\.protobuf|cel\.expr|GlobalEnum`)
)

// expressions returns the expressions of a conformance file.
func expressions(tb testing.TB, file string) []string {
	tb.Helper()
	text, err := os.ReadFile(file)
	require.NoError(tb, err)
	var out []string
	for _, m := range exprField.FindAllStringSubmatch(string(text), -1) {
		expr, ok := unquote(m[1])
		if ok && !foreign.MatchString(expr) {
			out = append(out, expr)
		}
	}
	return out
}

// unquote reads a string of the protobuf text format.
func unquote(s string) (string, bool) {
	var b strings.Builder
	for s = s[1 : len(s)-1]; s != ""; {
		if strings.HasPrefix(s, `\?`) || strings.HasPrefix(s, `\'`) || strings.HasPrefix(s, `\"`) {
			b.WriteByte(s[1])
			s = s[2:]
			continue
		}
		r, multibyte, rest, err := strconv.UnquoteChar(s, 0)
		if err != nil || rest == s {
			return "", false
		}
		if r < 0x80 || multibyte {
			b.WriteRune(r)
		} else {
			b.WriteByte(byte(r))
		}
		s = rest
	}
	return b.String(), true
}

// both evaluates the expression by cel-go as it is, and by the same program as rules
// run it. It returns false if the expression does not compile.
func both(c *Compiler, env *environment, in *Input, text string) (plain, ours outcome, ok bool) {
	checked, issues := env.Compile(text)
	if issues.Err() != nil {
		return plain, ours, false
	}
	program, err := env.Program(checked)
	if err != nil {
		return plain, ours, false
	}
	metered, err := env.Program(checked, cel.CustomDecoratorV2(c.newPlan(env, checked.NativeRep()).decorate))
	if err != nil {
		return plain, outcome{err: err}, true
	}
	in.meter.start(price{c.limits.Steps, c.limits.Bytes}, price{})
	ours.v, _, ours.err = metered.Eval(in)
	if !in.meter.exhausted {
		plain.v, _, plain.err = program.Eval(in)
	}
	return plain, ours, true
}

// An outcome is a value or an error.
type outcome struct {
	v   ref.Val
	err error
}

func (o outcome) same(p outcome) bool {
	if o.err != nil || p.err != nil {
		return o.err != nil && p.err != nil && kindOf(o.err) == kindOf(p.err)
	}
	if a, ok := o.v.(types.Double); ok && math.IsNaN(float64(a)) {
		b, ok := p.v.(types.Double)
		return ok && math.IsNaN(float64(b))
	}
	return o.v.Type() == p.v.Type() && types.Equal(o.v, p.v) == types.True
}

// TestConformanceSuiteGivesWhatCELGoGives asserts that metering changes no outcome.
func TestConformanceSuiteGivesWhatCELGoGives(t *testing.T) {
	files := conformanceFiles(t)
	if len(files) == 0 {
		t.Skip("no conformance files: set PROFFER_DATA to the folder of the data sets")
	}
	c := newCompiler(t)
	in := given(t, `{}`, `[]`)
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			compared := 0
			for _, text := range expressions(t, file) {
				plain, ours, ok := both(c, c.plain, in, text)
				if !ok {
					continue
				}
				compared++
				if !plain.same(ours) {
					t.Errorf("%s: got %v, %v, want %v, %v", text, ours.v, ours.err, plain.v, plain.err)
				}
			}
			t.Logf("%d expressions compared", compared)
		})
	}
}
