package profile_test

import (
	"context"
	"errors"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proffer-go/proffer/profile"
)

func TestOnlyTheZeroDocumentIsNotGiven(t *testing.T) {
	var zero profile.Document
	assert.False(t, zero.Given())
	assert.Nil(t, zero.Text())
	assert.Nil(t, zero.Value())

	assert.True(t, profile.Values(nil).Given())
	assert.Nil(t, profile.Values(nil).Text())

	assert.True(t, profile.JSON(nil).Given())
	assert.NotNil(t, profile.JSON(nil).Text(), "no text is told from no JSON")
	assert.Empty(t, profile.JSON(nil).Text())
}

func TestDocumentReturnsWhatItWasMadeFrom(t *testing.T) {
	assert.Equal(t, []byte(`{"a":1}`), profile.JSON([]byte(`{"a":1}`)).Text())
	assert.Nil(t, profile.JSON([]byte(`{}`)).Value())
	assert.Equal(t, map[string]int{"a": 1}, profile.Values(map[string]int{"a": 1}).Value())
}

func TestFactsReturnWhatWasGiven(t *testing.T) {
	given := profile.Given{
		ID:         "c1",
		Now:        time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC),
		Profile:    map[string]any{"age": 31.0},
		Context:    map[string]any{"weather": "hot"},
		Events:     []map[string]any{{"eventType": "purchase"}},
		ProfileErr: errors.New("profile is down"),
		EventsErr:  errors.New("events are down"),
	}
	f := profile.NewFacts(given)
	attributes, profileErr := f.Profile()
	events, eventsErr := f.Events()
	assert.Equal(t, given, profile.Given{
		ID: f.ID(), Now: f.Now(), Profile: attributes, Context: f.Context(), Events: events,
		ProfileErr: profileErr, EventsErr: eventsErr,
	})
}

func TestFuncsAreSources(t *testing.T) {
	want := profile.Values(map[string]any{"age": 31})
	fn := func(_ context.Context, id profile.ID) (profile.Document, error) {
		if id != "c1" {
			return profile.Document{}, errors.New("not asked for")
		}
		return want, nil
	}
	got, err := profile.SourceFunc(fn).Profile(t.Context(), "c1")
	require.NoError(t, err)
	assert.Equal(t, want, got)
	got, err = profile.EventSourceFunc(fn).Events(t.Context(), "c1")
	require.NoError(t, err)
	assert.Equal(t, want, got)
}

func TestMemoryAnswersForAnUnknownPerson(t *testing.T) {
	var m profile.Memory
	doc, err := m.Profile(t.Context(), "nobody")
	require.NoError(t, err)
	assert.False(t, doc.Given())
	doc, err = m.Events(t.Context(), "nobody")
	require.NoError(t, err)
	assert.False(t, doc.Given())
}

func TestMemoryKeepsTheLatest(t *testing.T) {
	var m profile.Memory
	m.SetProfile("c1", profile.JSON([]byte(`{"age": 30}`)))
	m.SetProfile("c1", profile.JSON([]byte(`{"age": 31}`)))
	m.SetEvents("c1", profile.JSON([]byte(`[{}]`)))
	doc, err := m.Profile(t.Context(), "c1")
	require.NoError(t, err)
	assert.JSONEq(t, `{"age": 31}`, string(doc.Text()))
	doc, err = m.Events(t.Context(), "c1")
	require.NoError(t, err)
	assert.JSONEq(t, `[{}]`, string(doc.Text()))
}

func TestMemoryIsSafeForConcurrentUse(t *testing.T) {
	var m profile.Memory
	var people sync.WaitGroup
	for i := range 8 {
		people.Go(func() {
			for n := range 200 {
				id := profile.ID(strconv.Itoa((i + n) % 10))
				m.SetProfile(id, profile.Values(n))
				m.SetEvents(id, profile.Values(n))
				if doc, err := m.Profile(t.Context(), id); err != nil || !doc.Given() {
					t.Errorf("profile of %s is lost: %v", id, err)
				}
				if doc, err := m.Events(t.Context(), id); err != nil || !doc.Given() {
					t.Errorf("events of %s are lost: %v", id, err)
				}
			}
		})
	}
	people.Wait()
}
