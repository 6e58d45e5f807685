package peer

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/expr-lang/expr/vm"

	"github.com/proffer-go/proffer/benchmarks/workload"
)

// TunedExpr matches with expr-lang/expr over a typed struct, such as an engineer
// would write by hand for one profile: fields are found when a rule is compiled.
type TunedExpr struct {
	programs []*vm.Program
	env      reflect.Type
	history  history
	counts   []workload.Count
	vm       vm.VM
}

// NewTunedExpr compiles the rules.
func NewTunedExpr(w *workload.Workload) (*TunedExpr, error) {
	x := &TunedExpr{env: exprStruct(w.Attributes), counts: counts()}
	var err error
	x.programs, err = exprPrograms(w, reflect.New(x.env).Elem().Interface(), func(c workload.Count) string {
		return "counts." + countName(c)
	})
	return x, err
}

// Match implements [Matcher].
func (x *TunedExpr) Match(r *workload.Request, dst []int32) ([]int32, error) {
	env := reflect.New(x.env).Elem()
	if err := unmarshal(r, env.Field(0).Addr().Interface(), env.Field(1).Addr().Interface()); err != nil {
		return dst, err
	}
	if err := x.history.read(r); err != nil {
		return dst, err
	}
	for i, c := range x.counts {
		env.Field(2).Field(i).SetInt(int64(x.history.count(c.Type, c.Days)))
	}
	return runExpr(&x.vm, x.programs, env.Interface(), dst), nil
}

// countName names a count of events.
func countName(c workload.Count) string { return fmt.Sprintf("%s_%d", c.Type, c.Days) }

// exprStruct returns struct{ Profile, Context, Counts struct{ … } }.
func exprStruct(attributes []*workload.Attribute) reflect.Type {
	types := map[workload.Kind]reflect.Type{
		workload.Number: reflect.TypeFor[float64](), workload.Text: reflect.TypeFor[string](), workload.Word: reflect.TypeFor[string](),
		workload.Flag: reflect.TypeFor[bool](), workload.Set: reflect.TypeFor[[]string](),
	}
	fields := make(map[string][]reflect.StructField) // by what holds them
	for _, a := range attributes {
		t, in, name := types[a.Kind], a.Root, a.Name
		if a.Optional() {
			t = reflect.PointerTo(t)
		}
		if outer, inner, ok := strings.Cut(name, "."); ok {
			in, name = outer, inner
		}
		fields[in] = append(fields[in], field(name, t))
	}
	for _, nested := range []string{"address", "account"} {
		fields["profile"] = append(fields["profile"], field(nested, reflect.StructOf(fields[nested])))
	}
	for _, c := range counts() {
		fields["counts"] = append(fields["counts"], field(countName(c), reflect.TypeFor[int]()))
	}
	var roots []reflect.StructField
	for _, name := range []string{"profile", "context", "counts"} {
		roots = append(roots, field(name, reflect.StructOf(fields[name])))
	}
	return reflect.StructOf(roots)
}

// field returns an exported field that JSON and expr know by the name.
func field(name string, t reflect.Type) reflect.StructField {
	return reflect.StructField{
		Name: strings.ToUpper(name[:1]) + name[1:], Type: t,
		Tag: reflect.StructTag(fmt.Sprintf(`json:%q expr:%q`, name, name)),
	}
}
