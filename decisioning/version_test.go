package decisioning

import (
	"encoding/json"
	"math"
	"reflect"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/proffer-go/proffer/capping"
	"github.com/proffer-go/proffer/offer"
)

// An entity is a kind of entities, with functions over any of the kind: how its
// content is written, and what it is with its defaults filled in.
type entity struct {
	name string
	typ  reflect.Type
	of   func(any) content
	norm func(any) any
}

func entityOf[T any](name string, write func(content, *T) content, norm func(*T)) entity {
	return entity{
		name: name,
		typ:  reflect.TypeFor[T](),
		of:   func(e any) content { return write(nil, e.(*T)) },
		norm: func(e any) any {
			n := *e.(*T)
			if norm != nil {
				norm(&n)
			}
			return n
		},
	}
}

var entities = []entity{
	entityOf("placement", content.placement, nil),
	entityOf("rule", content.rule, nil),
	entityOf("offer", content.offer, func(o *offer.Offer) {
		if o.Status == "" {
			o.Status = offer.Draft
		}
		if o.Kind == "" {
			o.Kind = offer.Promotion
		}
		caps := make([]offer.Cap, len(o.Caps))
		for i, c := range o.Caps {
			c.Window = c.Window.Normal()
			caps[i] = c
		}
		o.Caps = caps
	}),
	entityOf("fallback", content.fallback, nil),
	entityOf("collection", content.collection, nil),
	entityOf("activity", content.activity, func(a *Activity) {
		a.Count = max(a.Count, 1)
		if a.Weight == 0 {
			a.Weight = 1
		}
		if a.Collection != "" {
			a.Collection, a.Selections = "", []Selection{{Collection: a.Collection}}
		}
	}),
	entityOf("policy", content.policy, nil),
	entityOf("contact policy", content.contactPolicy, func(p *capping.ContactPolicy) { p.Window = p.Window.Normal() }),
}

// drawn sets v to one of few values of its type, as a checked catalog has them.
func drawn(t *rapid.T, v reflect.Value) {
	switch v.Interface().(type) {
	case time.Time:
		v.Set(reflect.ValueOf(rapid.SampledFrom([]time.Time{
			{}, time.Unix(0, 0).UTC(), time.Unix(0, 1).UTC(), time.Unix(-1, 999_999_999).UTC(), time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC),
		}).Draw(t, "instant")))
		return
	case time.Duration:
		v.SetInt(rapid.SampledFrom([]int64{0, 1, int64(time.Hour)}).Draw(t, "duration"))
		return
	case map[string]any:
		if rapid.Bool().Draw(t, "attributes") {
			v.Set(reflect.ValueOf(attributes(t, 3)))
		} else {
			v.SetZero()
		}
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for _, field := range v.Fields() {
			drawn(t, field)
		}
	case reflect.Slice:
		v.SetZero()
		if n := rapid.IntRange(0, 2).Draw(t, "n"); n > 0 || v.Type() == reflect.TypeFor[[]offer.Component]() || v.Type() == reflect.TypeFor[[]string]() {
			n = max(n, 1) // components and content types are never left out
			v.Set(reflect.MakeSlice(v.Type(), n, n))
		}
		for i := range v.Len() {
			drawn(t, v.Index(i))
		}
	case reflect.Pointer:
		if v.SetZero(); rapid.Bool().Draw(t, "there") {
			v.Set(reflect.New(v.Type().Elem()))
			drawn(t, v.Elem())
		}
	case reflect.String:
		v.SetString(rapid.SampledFrom([]string{"", "a", "b", "ab", "\x01a", "<&>", "é", "draft", "promotion", "week", "UTC", "monday"}).Draw(t, "text"))
	case reflect.Bool:
		v.SetBool(rapid.Bool().Draw(t, "bool"))
	case reflect.Int, reflect.Int64:
		v.SetInt(rapid.SampledFrom([]int64{0, 1, 2, math.MaxInt64}).Draw(t, "int"))
	case reflect.Float64:
		v.SetFloat(number(t))
	default:
		panic(v.Kind())
	}
}

func number(t *rapid.T) float64 {
	return rapid.SampledFrom([]float64{0, 1, -1, 0.1, 1e300, 5e-324}).Draw(t, "number")
}

func attributes(t *rapid.T, depth int) map[string]any {
	object := make(map[string]any)
	for range rapid.IntRange(0, 2).Draw(t, "members") {
		object[rapid.SampledFrom([]string{"", "a", "b", "é"}).Draw(t, "name")] = attribute(t, depth-1)
	}
	return object
}

func attribute(t *rapid.T, depth int) any {
	switch rapid.IntRange(0, min(3+depth, 5)).Draw(t, "type") {
	case 0:
		return nil
	case 1:
		return rapid.Bool().Draw(t, "bool")
	case 2:
		return number(t)
	case 3:
		return rapid.SampledFrom([]string{"", "a", "1", "null"}).Draw(t, "text")
	case 4:
		list := []any{}
		for range rapid.IntRange(0, 2).Draw(t, "elements") {
			list = append(list, attribute(t, depth-1))
		}
		return list
	default:
		return attributes(t, depth)
	}
}

func TestContentIsEqualExactlyIfTheJSONFormIs(t *testing.T) {
	require.Len(t, entities, reflect.TypeFor[Catalog]().NumField())
	for _, e := range entities {
		t.Run(e.name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				a, b := reflect.New(e.typ), reflect.New(e.typ)
				drawn(t, a.Elem())
				drawn(t, b.Elem())
				requireEqualAlike(t, e, a.Interface(), b.Interface())
				for i := range e.typ.NumField() { // also one that is added one day
					b.Elem().Set(a.Elem())
					drawn(t, b.Elem().Field(i))
					requireEqualAlike(t, e, a.Interface(), b.Interface())
				}
			})
		})
	}
}

func requireEqualAlike(t *rapid.T, e entity, a, b any) {
	first, err := json.Marshal(e.norm(a))
	require.NoError(t, err)
	second, err := json.Marshal(e.norm(b))
	require.NoError(t, err)
	require.Equal(t, string(first) == string(second), string(e.of(a)) == string(e.of(b)), "%s\n%s", first, second)
}

func TestDigestIsASumThatCanBeKept(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string) digest {
			var d digest
			for i := range d {
				d[i] = rapid.Uint64().Draw(t, name)
			}
			return d
		}
		a, b := draw("a"), draw("b")
		sum, reverse := a, b
		sum.add(b)
		reverse.add(a)
		assert.Equal(t, sum, reverse)
		sum.sub(b)
		assert.Equal(t, a, sum)
	})
}

func TestVersionFollowsAChangeOfAnOffer(t *testing.T) {
	c := base()
	c.Offers = []offer.Offer{promo()}
	content := func() digest {
		s, err := Compile(c)
		require.NoError(t, err)
		return s.content
	}
	before := content()
	before.sub(offerDigest(&c.Offers[0]))
	c.Offers[0].Priority++
	before.add(offerDigest(&c.Offers[0]))
	assert.Equal(t, content(), before)
}
