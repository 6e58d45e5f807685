package peer

import (
	"errors"
	"fmt"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"github.com/tidwall/gjson"

	"github.com/proffer-go/proffer/benchmarks/workload"
)

// facts are the variables of typed CEL: each attribute is one, declared with its
// type, so that cel-go finds it by one look-up instead of a walk through maps, and
// plans its comparisons for the type. They are used again for the next request.
type facts struct {
	index  map[string]int // of the variables
	values []ref.Val      // by index; nil: missing
	counts []counted
	paths  map[string]int // of the attributes, as JSON has them: profile.address.city

	request *workload.Request
	history history
	parsed  bool
	err     error
}

// A counted is a variable that counts events when it is first read.
type counted struct {
	index int
	workload.Count
}

var _ cel.Activation = (*facts)(nil)

// typedDialect is CEL over typed variables.
var typedDialect = workload.Dialect{
	Path: variable,
	Has:  func(a *workload.Attribute) string { return "has_" + variable(a) },
	Count: func(c workload.Count) string {
		return fmt.Sprintf("count_%s_%d", c.Type, c.Days)
	},
}

func variable(a *workload.Attribute) string { return strings.ReplaceAll(a.Path(), ".", "_") }

// typedEnv returns the environment of the dialect.
func typedEnv(attributes []*workload.Attribute) (*cel.Env, error) {
	types := map[workload.Kind]*cel.Type{
		workload.Number: cel.DoubleType, workload.Text: cel.StringType, workload.Word: cel.StringType,
		workload.Flag: cel.BoolType, workload.Set: cel.ListType(cel.StringType),
	}
	var options []cel.EnvOption
	for _, a := range attributes {
		options = append(options, cel.Variable(variable(a), types[a.Kind]))
		if a.Optional() {
			options = append(options, cel.Variable("has_"+variable(a), cel.BoolType))
		}
	}
	for _, t := range workload.EventTypes {
		for _, days := range workload.EventDays {
			options = append(options, cel.Variable(fmt.Sprintf("count_%s_%d", t, days), cel.IntType))
		}
	}
	return cel.NewEnv(options...)
}

func newFacts(attributes []*workload.Attribute) *facts {
	f := &facts{index: make(map[string]int), paths: make(map[string]int)}
	add := func(name string) int {
		n := len(f.values)
		f.index[name] = n
		f.values = append(f.values, nil)
		return n
	}
	for _, a := range attributes {
		f.paths[a.Path()] = add(variable(a))
	}
	for _, a := range attributes {
		if a.Optional() {
			add("has_" + variable(a))
		}
	}
	for _, t := range workload.EventTypes {
		for _, days := range workload.EventDays {
			n := add(fmt.Sprintf("count_%s_%d", t, days))
			f.counts = append(f.counts, counted{n, workload.Count{Type: t, Days: days}})
		}
	}
	return f
}

var errJSON = errors.New("not valid JSON")

// read takes the request. gjson reads it in one pass without decoding what
// nothing asks for; since it does not check, that is done before, as its
// documentation asks of JSON from elsewhere. Events wait until they are counted.
func (f *facts) read(r *workload.Request) error {
	if !gjson.ValidBytes(r.Profile) || !gjson.ValidBytes(r.Context) {
		return errJSON
	}
	clear(f.values)
	f.request, f.parsed, f.err = r, false, nil
	f.object("profile.", gjson.ParseBytes(r.Profile))
	f.object("context.", gjson.ParseBytes(r.Context))
	return nil
}

func (f *facts) object(prefix string, o gjson.Result) {
	o.ForEach(func(key, value gjson.Result) bool {
		if value.IsObject() {
			f.object(prefix+key.Str+".", value)
		} else if i, ok := f.paths[prefix+key.Str]; ok {
			f.values[i] = celValue(value)
		}
		return true
	})
}

func celValue(v gjson.Result) ref.Val {
	switch v.Type {
	case gjson.String:
		return types.String(v.Str)
	case gjson.Number:
		return types.Double(v.Num)
	case gjson.True:
		return types.True
	case gjson.False:
		return types.False
	case gjson.JSON:
		var all []string
		v.ForEach(func(_, e gjson.Result) bool {
			all = append(all, e.Str)
			return true
		})
		return types.NewStringList(types.DefaultTypeAdapter, all)
	default:
		return types.NullValue
	}
}

// ResolveName implements [cel.Activation].
func (f *facts) ResolveName(name string) (any, bool) {
	i, ok := f.index[name]
	if !ok {
		return nil, false
	}
	if f.values[i] == nil {
		f.values[i] = f.late(name, i)
	}
	return f.values[i], f.values[i] != nil
}

// Parent implements [cel.Activation].
func (f *facts) Parent() cel.Activation { return nil }

// late returns a value that is made when it is first asked for.
func (f *facts) late(name string, i int) ref.Val {
	if of, ok := strings.CutPrefix(name, "has_"); ok {
		return types.Bool(f.values[f.index[of]] != nil)
	}
	first := f.counts[0].index // they come last
	if i < first {
		return nil
	}
	c := f.counts[i-first]
	return types.Int(f.events().count(c.Type, c.Days))
}

// events returns the history, read when it is first asked for.
func (f *facts) events() *history {
	if !f.parsed {
		f.parsed = true
		f.err = f.history.read(f.request)
	}
	return &f.history
}
