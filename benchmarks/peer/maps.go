package peer

import (
	"encoding/json"
	"fmt"

	"cel.dev/cel-go/cel"

	"github.com/proffer-go/proffer/benchmarks/workload"
)

// maps are the facts of a request as encoding/json decodes them, each when it is
// first read. The timestamps of events become instants at once, so that no rule
// has to parse them.
type maps struct {
	request *workload.Request
	decoded map[string]any
	err     error
}

var _ cel.Activation = (*maps)(nil)

// mapsDialect is plain CEL over decoded maps.
var mapsDialect = workload.Dialect{
	Path: workload.Proffer.Path,
	Has:  workload.Proffer.Has,
	Count: func(c workload.Count) string {
		return fmt.Sprintf("events.filter(e, e.eventType == '%s' && e.timestamp > now - duration('%dh')).size()", c.Type, 24*c.Days)
	},
}

// mapsEnv returns the environment of the dialect.
func mapsEnv() (*cel.Env, error) {
	object := cel.MapType(cel.StringType, cel.DynType)
	return cel.NewEnv(
		cel.Variable("profile", object), cel.Variable("context", object),
		cel.Variable("events", cel.ListType(object)), cel.Variable("now", cel.TimestampType))
}

func newMaps() *maps { return &maps{decoded: make(map[string]any)} }

func (m *maps) read(r *workload.Request) {
	m.request, m.err = r, nil
	clear(m.decoded)
}

// ResolveName implements [cel.Activation].
func (m *maps) ResolveName(name string) (any, bool) {
	v, ok := m.decoded[name]
	if !ok {
		v, ok = m.decode(name)
		m.decoded[name] = v
	}
	return v, ok
}

// Parent implements [cel.Activation].
func (m *maps) Parent() cel.Activation { return nil }

func (m *maps) decode(name string) (any, bool) {
	switch name {
	case "profile":
		return m.object(m.request.Profile), true
	case "context":
		return m.object(m.request.Context), true
	case "events":
		return m.events(), true
	case "now":
		return m.request.At, true
	}
	return nil, false
}

func (m *maps) object(text []byte) (o map[string]any) {
	if err := json.Unmarshal(text, &o); err != nil {
		m.err = err
	}
	return o
}

func (m *maps) events() []any {
	var typed []event
	if err := json.Unmarshal(m.request.Events, &typed); err != nil {
		m.err = err
	}
	list := make([]any, len(typed))
	for i, e := range typed {
		list[i] = map[string]any{"eventType": e.Type, "timestamp": e.At}
	}
	return list
}
