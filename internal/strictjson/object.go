package strictjson

import (
	"reflect"
	"strings"
)

// fields are what a reader knows of a type: for a struct, its fields by name.
type fields struct {
	names []string
	index map[string]int // of the field in the struct
	must  []bool         // by index: the field is not left out when it is zero
	id    int            // index of the field "id" if it is a string, else -1
}

func (r *reader) fields(t reflect.Type) *fields {
	if known := r.types[t]; known != nil {
		return known
	}
	f := &fields{index: make(map[string]int), id: -1}
	r.types[t] = f
	if t.Kind() != reflect.Struct {
		return f
	}
	f.must = make([]bool, t.NumField())
	for i := range t.NumField() {
		name, options, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		f.must[i] = !strings.Contains(options, "omit")
		if name == "" || name == "-" {
			continue
		}
		f.names = append(f.names, name)
		f.index[name] = i
		if name == "id" && t.Field(i).Type.Kind() == reflect.String {
			f.id = i
		}
	}
	return f
}

// object reads the members of an object into the fields of v.
func (r *reader) object(v reflect.Value) bool {
	if r.next() != '{' {
		return r.wrong("an object")
	}
	o := &object{reader: r, to: v, fields: r.fields(v.Type()), given: make([]bool, v.NumField()), key: len(r.path)}
	return r.members(func(name []byte, at int) bool {
		return r.within(name, func() bool { return o.member(string(name), at) })
	})
}

// An object is a struct that is being read.
type object struct {
	*reader
	*fields
	to    reflect.Value
	given []bool // by field
	key   int    // length of its key
}

func (o *object) member(name string, at int) bool {
	i, known := o.index[name]
	switch {
	case !known:
		return o.unknown(name, at)
	case o.given[i]:
		o.repeated(at)
		return o.discard(o.to.Field(i).Type())
	}
	o.given[i] = true
	field := o.to.Field(i)
	field.SetZero() // a misspelling may have been read before
	ok := o.value(field)
	if o.must[i] && field.IsZero() && !o.zeros[string(o.path)] {
		delete(o.zeros, string(o.path))
	}
	return ok
}

// discard reads a value for its faults only.
func (o *object) discard(t reflect.Type) bool {
	zeros := o.zeros
	o.zeros = make(map[string]bool)
	ok := o.value(reflect.New(t).Elem())
	o.zeros = zeros
	return ok
}

// unknown notes an unknown field. If it looks like a known one that is not given,
// its value is read as that one's: so one mistake is one fault, not a field
// missing on top.
func (o *object) unknown(name string, at int) bool {
	meant, near := Near(name, o.names)
	if !near || o.given[o.index[meant]] {
		o.fault(at, "unknown field: want one of %s", strings.Join(o.names, ", "))
		_, ok := o.tree()
		return ok
	}
	meantKey := Field(string(o.path[:o.key]), meant)
	o.fault(at, "unknown field: did you mean %q?", meant)
	if o.more == 0 {
		o.faults[len(o.faults)-1].Meant = meantKey
	}
	faults, field := len(o.faults), o.to.Field(o.index[meant])
	ok := o.value(field)
	if field.IsZero() {
		if ok {
			o.faults = o.faults[:faults]
		}
		o.zeros[meantKey] = true
	}
	return ok
}
