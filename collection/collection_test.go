package collection_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"

	"github.com/proffer-go/proffer/collection"
	"github.com/proffer-go/proffer/offer"
)

func TestSelects(t *testing.T) {
	card := &offer.Offer{ID: "card", Tags: []offer.Tag{"promo", "cards"}}
	for _, tt := range []struct {
		name string
		c    collection.Collection
		want bool
	}{
		{"any of its tags", collection.Collection{AnyTags: []offer.Tag{"loans", "promo"}}, true},
		{"none of its tags", collection.Collection{AnyTags: []offer.Tag{"loans"}}, false},
		{"all tags", collection.Collection{AllTags: []offer.Tag{"cards", "promo"}}, true},
		{"all tags but one", collection.Collection{AllTags: []offer.Tag{"cards", "promo", "gold"}}, false},
		{"a tag in another case", collection.Collection{AnyTags: []offer.Tag{"Promo"}}, false},
		{"in the list", collection.Collection{Offers: []offer.ID{"loan", "card"}}, true},
		{"not in the list", collection.Collection{Offers: []offer.ID{"loan"}}, false},
		{"a list passes over tags", collection.Collection{Offers: []offer.ID{"loan"}, AnyTags: []offer.Tag{"promo"}}, false},
		{"without a form", collection.Collection{ID: "empty"}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			assert.Equal(t, tt.want, tt.c.Selects(card))
		})
	}
	assert.False(t, (&collection.Collection{AllTags: []offer.Tag{"promo"}}).Selects(&offer.Offer{ID: "bare"}))
}

func TestAllTagsSelectNoMoreThanAnyTags(t *testing.T) {
	tags := rapid.SliceOfNDistinct(rapid.SampledFrom([]offer.Tag{"a", "b", "c", "d"}), 1, 4, rapid.ID)
	rapid.Check(t, func(t *rapid.T) {
		o := &offer.Offer{Tags: tags.Draw(t, "of the offer")}
		own := tags.Draw(t, "of the collection")
		all, some := collection.Collection{AllTags: own}, collection.Collection{AnyTags: own}
		if all.Selects(o) && !some.Selects(o) {
			t.Errorf("all of %v select %v, any do not", own, o.Tags)
		}
		if len(own) == 1 && all.Selects(o) != some.Selects(o) {
			t.Errorf("of one tag, all and any are the same")
		}
	})
}

func TestBinds(t *testing.T) {
	for _, c := range []collection.Collection{{Rule: "adult"}, {Eligibility: "true"}, {Applicability: "true"}, {Suitability: "true"}} {
		assert.True(t, c.Binds(), "%+v", c)
	}
	assert.False(t, (&collection.Collection{ID: "promos", AnyTags: []offer.Tag{"promo"}}).Binds())
}
