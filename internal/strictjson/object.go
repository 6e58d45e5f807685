package strictjson

import (
	"reflect"
	"strings"
)

// fields are what a reader knows of a type: for a struct, its fields by name.
type fields struct {
	names []string
	index map[string]int // of the field in the struct
	steps []string       // by index: what a key has for the field
	must  []bool         // by index: the field is not left out when it is zero
	id    int            // index of the field "id" if it is a string, else -1
}

// maxFields is how many fields a struct may have.
const maxFields = 64

func (r *reader) fields(t reflect.Type) *fields {
	if known := r.types[t]; known != nil {
		return known
	}
	f := &fields{index: make(map[string]int), id: -1}
	r.types[t] = f
	if t.Kind() != reflect.Struct {
		return f
	}
	if t.NumField() > maxFields {
		panic("strictjson: too many fields in " + t.String())
	}
	f.must, f.steps = make([]bool, t.NumField()), make([]string, t.NumField())
	for i := range t.NumField() {
		name, options, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		f.must[i] = !strings.Contains(options, "omit")
		if name == "" || name == "-" {
			continue
		}
		f.names = append(f.names, name)
		f.index[name] = i
		f.steps[i] = Field("x", name)[1:]
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
	o := object{reader: r, to: v, fields: r.fields(v.Type()), key: len(r.path)}
	return r.members(func(name []byte, at int) bool {
		if i, known := o.index[string(name)]; known {
			step := o.steps[i]
			if o.key == 0 {
				step = strings.TrimPrefix(step, ".")
			}
			r.path = append(r.path, step...)
			ok := o.member(i, at)
			r.path = r.path[:o.key]
			return ok
		}
		return r.within(name, func() bool { return o.unknown(string(name), at) })
	})
}

// An object is a struct that is being read.
type object struct {
	*reader
	*fields
	to    reflect.Value
	given uint64 // bits of fields
	key   int    // length of its key
}

func (o *object) has(i int) bool { return o.given>>i&1 != 0 }

// member reads the value of a known field.
func (o *object) member(i, at int) bool {
	if o.has(i) {
		o.repeated(at)
		return o.discard(o.to.Field(i).Type())
	}
	o.given |= 1 << i
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
	if !near || o.has(o.index[meant]) {
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
