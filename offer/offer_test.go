package offer_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/proffer-go/proffer/offer"
)

func TestCalendarStartIsInclusiveAndEndExclusive(t *testing.T) {
	var (
		start = time.Date(2026, 3, 29, 0, 0, 0, 0, time.UTC)
		end   = time.Date(2026, 3, 30, 0, 0, 0, 0, time.UTC)
		west  = time.FixedZone("", -5*3600)
		never time.Time
	)
	for _, tt := range []struct {
		name           string
		start, end, at time.Time
		want           bool
	}{
		{"before start", start, end, start.Add(-1), false},
		{"at start", start, end, start, true},
		{"at start in another zone", start, end, start.In(west), true},
		{"just before end", start, end, end.Add(-1), true},
		{"at end", start, end, end, false},
		{"at end in another zone", start, end, end.In(west), false},
		{"after end", start, end, end.Add(1), false},
		{"no start", never, end, start.AddDate(-1000, 0, 0), true},
		{"no start, at end", never, end, end, false},
		{"no end", start, never, end.AddDate(1000, 0, 0), true},
		{"no end, before start", start, never, start.Add(-1), false},
		{"no bounds", never, never, start, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			assert.Equal(t, tt.want, offer.Open(tt.start, tt.end, tt.at))
			o := offer.Offer{Start: tt.start, End: tt.end}
			assert.Equal(t, tt.want, o.Open(tt.at))
		})
	}
}

func TestRepresentationIsFoundByPlacement(t *testing.T) {
	content := []offer.Representation{{Placement: "hero"}, {Placement: "mail"}}
	o := offer.Offer{Representations: content}
	f := offer.Fallback{Representations: content}
	assert.Same(t, &content[1], o.Representation("mail"))
	assert.Same(t, &content[0], f.Representation("hero"))
	assert.Nil(t, o.Representation("side"))
	assert.Nil(t, f.Representation(""))
}

func TestHasTag(t *testing.T) {
	o := offer.Offer{Tags: []offer.Tag{"promo", "cards"}}
	assert.True(t, o.HasTag("cards"))
	assert.False(t, o.HasTag("Cards"))
	assert.False(t, (&offer.Offer{}).HasTag(""))
}
