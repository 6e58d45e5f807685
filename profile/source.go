package profile

import (
	"context"
	"sync"
)

// A Source gives the attributes of a person, a JSON object.
//
// It is asked at most once in a decision, at the same time as the
// [EventSource], and only if something that is still in the running reads them.
//   - An unknown person is an answer: return the zero Document, which counts as {}.
//   - An error makes only what reads the profile err; the decision is made, and
//     says that it is degraded.
//   - Honour ctx: its deadline is the decision's.
//   - Safe for concurrent use.
type Source interface {
	Profile(ctx context.Context, id ID) (Document, error)
}

// An EventSource gives the events of a person, a JSON array of objects, each
// with an eventType and an RFC 3339 timestamp, in any order. It follows the
// rules of [Source]; the zero Document counts as [].
type EventSource interface {
	Events(ctx context.Context, id ID) (Document, error)
}

// SourceFunc is a function as a [Source].
type SourceFunc func(ctx context.Context, id ID) (Document, error)

// Profile calls fn.
func (fn SourceFunc) Profile(ctx context.Context, id ID) (Document, error) { return fn(ctx, id) }

// EventSourceFunc is a function as an [EventSource].
type EventSourceFunc func(ctx context.Context, id ID) (Document, error)

// Events calls fn.
func (fn EventSourceFunc) Events(ctx context.Context, id ID) (Document, error) { return fn(ctx, id) }

// Memory holds profiles and events in memory, for tests and small uses: a
// [Source] and an [EventSource]. The zero Memory is empty and ready. It is safe
// for concurrent use.
type Memory struct {
	mu       sync.RWMutex
	profiles map[ID]Document
	events   map[ID]Document
}

var (
	_ Source      = (*Memory)(nil)
	_ EventSource = (*Memory)(nil)
)

// SetProfile makes doc the attributes of the person.
func (m *Memory) SetProfile(id ID, doc Document) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.profiles == nil {
		m.profiles = make(map[ID]Document)
	}
	m.profiles[id] = doc
}

// SetEvents makes doc the events of the person.
func (m *Memory) SetEvents(id ID, doc Document) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.events == nil {
		m.events = make(map[ID]Document)
	}
	m.events[id] = doc
}

// Profile returns the attributes of the person, the zero Document if unknown.
func (m *Memory) Profile(_ context.Context, id ID) (Document, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.profiles[id], nil
}

// Events returns the events of the person, the zero Document if there are none.
func (m *Memory) Events(_ context.Context, id ID) (Document, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.events[id], nil
}
