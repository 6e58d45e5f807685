package decisioning

import (
	"bytes"
	"fmt"
	"reflect"
	"sync"
	"time"

	"github.com/proffer-go/proffer/internal/jsonfacts"
	"github.com/proffer-go/proffer/internal/predicate"
	slots "github.com/proffer-go/proffer/internal/slot"
	"github.com/proffer-go/proffer/profile"
)

// Prepare returns the request with its facts decoded, for requests that are decided
// more than once, or where time is spent better before. Deciding what it returns, any
// number of times and from several goroutines, gives the answers that r gets, and
// reads no JSON: what rules read is at hand, at r.At also the counts of events, and what only
// application code and rules that do not fit the index read is decoded once, when it is
// first asked for.
//
// The facts are decoded for the snapshot that is published. Requests that are kept
// over [Engine.Publish] stay right, but may have their facts read in each decision again
// until they are prepared again; so are those that leave a source to be asked.
//
// What Prepare returns has copies of the documents, which later changes of r's do not
// reach. Every other field may be set afterwards, and facts may be replaced: those are
// read then. Facts that r does not give stay open for the sources. Errors are
// those of [Engine.Decide] for documents, and [ErrNoSnapshot].
func (e *Engine) Prepare(r Request) (Request, error) {
	b := e.current.Load()
	if b == nil {
		return Request{}, fmt.Errorf("prepare: %w", ErrNoSnapshot)
	}
	p := &prepared{schema: b.snapshot.index.Schema(), limits: e.limits()}
	d := e.scratch.Get().(*deciding)
	defer e.scratch.Put(d)
	defer d.reader.Reset(p.schema, p.limits) // forgets the documents
	if err := readFacts(&d.reader, p.schema, p.limits, &r); err != nil {
		return Request{}, fmt.Errorf("prepare: %w", err)
	}
	p.row = d.reader.Keep()
	p.codes = b.snapshot.index.Encode(p.row, p.row, r.At)
	r.Profile, r.Events, r.Context = p.own(r.Profile), p.ownEvents(r.Events), p.own(r.Context)
	p.profile.document, p.events.document, p.context.document = r.Profile, r.Events, r.Context
	r.prepared = p
	return r, nil
}

// A prepared request's facts, shared by all its decisions.
type prepared struct {
	schema *slots.Schema
	limits jsonfacts.Limits
	row    *slots.Row // immutable
	codes  *predicate.Codes

	decoding sync.Mutex // of what follows, but for the documents
	profile  preparedObject
	context  preparedObject
	events   preparedEvents
}

type preparedObject struct {
	document profile.Document
	facts    map[string]any // once asked for
}

type preparedEvents struct {
	document profile.Document
	facts    []map[string]any // once asked for; also those to come
	past     []map[string]any // those of them that exist at now
	now      time.Time
}

// own returns a copy of the document, which was read without an error.
func (p *prepared) own(d profile.Document) profile.Document {
	switch {
	case !d.Given():
		return d
	case d.Text() != nil:
		return profile.JSON(bytes.Clone(d.Text()))
	default:
		facts, _ := jsonfacts.Object(d, p.limits)
		return profile.Values(facts)
	}
}

func (p *prepared) ownEvents(d profile.Document) profile.Document {
	if !d.Given() || d.Text() != nil {
		return p.own(d)
	}
	return profile.Values(p.allEvents(d))
}

// always is later than any event.
var always = time.Date(20_000, 1, 1, 0, 0, 0, 0, time.UTC)

func (p *prepared) allEvents(d profile.Document) []map[string]any {
	events, _ := jsonfacts.Events(d, p.limits, always) // which were read without an error
	return events
}

// fits reports whether p has what reading the request's documents would give. As
// nobody else has its documents, the same ones have the same content.
func (p *prepared) fits(s *slots.Schema, l jsonfacts.Limits, r *Request) bool {
	return p != nil && p.schema == s && p.limits == l &&
		same(&p.profile.document, &r.Profile) && same(&p.events.document, &r.Events) && same(&p.context.document, &r.Context)
}

// same reports whether d is own, which came from own or ownEvents.
func same(own, d *profile.Document) bool {
	if text, other := own.Text(), d.Text(); text != nil || other != nil {
		return len(text) == len(other) && len(text) > 0 && &text[0] == &other[0]
	}
	if own.Given() != d.Given() {
		return false
	}
	switch v := own.Value().(type) {
	case map[string]any:
		other, ok := d.Value().(map[string]any)
		return ok && reflect.ValueOf(v).Pointer() == reflect.ValueOf(other).Pointer()
	case []map[string]any:
		other, ok := d.Value().([]map[string]any)
		return ok && len(v) == len(other) && (len(v) == 0 || &v[0] == &other[0])
	default:
		return true // neither is given
	}
}

// object returns the facts of the profile or the context.
func (p *prepared) object(o *preparedObject) map[string]any {
	p.decoding.Lock()
	defer p.decoding.Unlock()
	if o.facts == nil {
		if values, ok := o.document.Value().(map[string]any); ok {
			o.facts = values
		} else {
			o.facts, _ = jsonfacts.Object(o.document, p.limits) // which was read without an error
		}
	}
	return o.facts
}

// isLater reports whether the event does not exist yet at the instant.
func isLater(e *slots.Event, now time.Time) bool {
	seconds := now.Unix()
	return e.Dated && (e.Seconds > seconds || e.Seconds == seconds && e.Nanos > int32(now.Nanosecond()))
}

// eventsAt returns the events that exist at the instant.
func (p *prepared) eventsAt(now time.Time) []map[string]any {
	p.decoding.Lock()
	defer p.decoding.Unlock()
	e := &p.events
	if e.facts == nil {
		if values, ok := e.document.Value().([]map[string]any); ok {
			e.facts = values
		} else {
			e.facts = p.allEvents(e.document)
		}
	}
	if e.past == nil || !e.now.Equal(now) {
		e.now, e.past = now, make([]map[string]any, 0, len(e.facts))
		for i, event := range e.facts {
			if !isLater(&p.row.Events[i], now) {
				e.past = append(e.past, event)
			}
		}
	}
	return e.past
}
