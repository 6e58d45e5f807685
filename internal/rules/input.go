package rules

import (
	"cmp"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/interpreter"

	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/profile"
)

// meterVar is the hidden variable by which a program finds its meter.
const meterVar = "@meter"

// An Input binds the facts of one decision for any number of evaluations. It is
// not safe for concurrent use.
type Input struct {
	facts           *profile.Facts
	now             ref.Val
	events          any // []any, converted when first read; nil until then
	offer, activity *Object
	meter           meter
}

var _ interpreter.Activation = (*Input)(nil)

// NewInput returns the input for the facts, which it only reads.
func NewInput(f *profile.Facts) *Input {
	in := &Input{}
	in.Reset(f)
	return in
}

// Reset makes in the input for the facts, which it only reads.
func (in *Input) Reset(f *profile.Facts) {
	*in = Input{facts: f, now: types.Timestamp{Time: f.Now()}}
}

// ResolveName returns the value of a variable. It is called by CEL.
func (in *Input) ResolveName(name string) (any, bool) {
	switch name {
	case "profile":
		attributes, err := in.facts.Profile()
		if err != nil {
			return types.WrapErr(errSource{err}), true
		}
		return attributes, true
	case "context":
		return in.facts.Context(), true
	case "events":
		return in.eventList(), true
	case "now":
		return in.now, true
	case "offer":
		return in.offer.value(), true
	case "activity":
		return in.activity.value(), true
	case meterVar:
		return &in.meter, true
	}
	return nil, false
}

// Parent returns nil: an input is the outermost scope. It is called by CEL.
func (in *Input) Parent() interpreter.Activation { return nil }

// eventList returns the events in the form that CEL walks without reflection.
func (in *Input) eventList() any {
	if in.events != nil {
		return in.events
	}
	events, err := in.facts.Events()
	if err != nil {
		return types.WrapErr(errSource{err})
	}
	list := make([]any, len(events))
	for i, e := range events {
		list[i] = e
	}
	in.events = list
	return in.events
}

// An Object is an offer or an activity as formulas see it, converted once per
// snapshot. It is immutable and safe for concurrent use.
type Object struct{ fields map[string]any }

// value is never nil, so that an expression over a missing object errs like one
// over an empty object.
func (o *Object) value() map[string]any {
	if o == nil {
		return map[string]any{}
	}
	return o.fields
}

// The fields of an object, all of which are always present.
var (
	offerFields    = []string{"id", "name", "kind", "tags", "priority", "value", "cost", "attributes"}
	activityFields = []string{"id", "placement", "count"}
)

// OfferObject returns the offer as formulas see it: id, name, kind, tags,
// priority, value, cost and attributes, all numbers as float64.
func OfferObject(o *offer.Offer) *Object {
	tags := make([]any, len(o.Tags))
	for i, t := range o.Tags {
		tags[i] = string(t)
	}
	attributes := make(map[string]any, len(o.Attributes))
	for name, v := range o.Attributes {
		attributes[name] = normal(v)
	}
	return &Object{map[string]any{
		"id": string(o.ID), "name": o.Name, "kind": string(kindOfOffer(o)), "tags": tags,
		"priority": float64(o.Priority), "value": o.Value, "cost": o.Cost, "attributes": attributes,
	}}
}

func kindOfOffer(o *offer.Offer) offer.Kind { return cmp.Or(o.Kind, offer.Promotion) }

// ActivityObject returns the activity as formulas see it: id, placement and count.
func ActivityObject(a offer.ActivityRef) *Object {
	return &Object{map[string]any{
		"id": string(a.ID), "placement": string(a.Placement), "count": float64(a.Count),
	}}
}
