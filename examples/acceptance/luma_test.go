package acceptance_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proffer-go/proffer/decisioning"
	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/profile"
)

// lumaRules are four audiences of a shop, and how many of its customers are in
// each on 30 November 2022.
var lumaRules = []struct {
	id   offer.ID
	rule string
	want int
}{
	{"tier", "profile.loyalty.tier in ['gold', 'platinum']", 186},
	{"buyer", "events.ofType('commerce.purchases').within(duration('168h')).size() > 0", 48},
	{"saver", "events.ofType('commerce.saveForLaters').size() > 0 && events.ofType('commerce.purchases').size() == 0", 178},
	{"spender", "events.ofType('offline.order').exists(e, e.commerce.order.priceTotal >= 200.0)", 163},
}

func TestAudiencesOfAShop(t *testing.T) {
	catalog := decisioning.Catalog{
		Placements: spots(),
		Activities: []decisioning.Activity{{
			ID: "all", Placement: spot, Count: len(lumaRules), Optional: true,
			Selections: []decisioning.Selection{{}},
		}},
	}
	for _, r := range lumaRules {
		catalog.Offers = append(catalog.Offers, offer.Offer{
			ID: r.id, Status: offer.Approved, Representations: content(), Eligibility: r.rule,
		})
	}
	engine := publish(t, catalog, decisioning.Config{})

	profiles, events := lumaCustomers(t)
	require.Len(t, profiles, 540)
	got := make(map[offer.ID]int)
	for id, customer := range profiles {
		for _, o := range decide(t, engine, decisioning.Request{
			ProfileID:  profile.ID(id),
			At:         time.Date(2022, 11, 30, 0, 0, 0, 0, time.UTC),
			Profile:    profile.Values(customer),
			Events:     profile.Values(events[id]),
			Activities: []decisioning.ActivityID{"all"},
		}) {
			got[o]++
		}
	}
	for _, r := range lumaRules {
		assert.Equal(t, r.want, got[r.id], r.rule)
	}
}

// lumaCustomers joins the shop's files to one profile and one list of events for
// each customer. Of a customer who is there twice the first row counts.
func lumaCustomers(t *testing.T) (profiles map[string]map[string]any, events map[string][]map[string]any) {
	t.Helper()
	profiles = make(map[string]map[string]any)
	for _, row := range objects[map[string]any](t, "luma/crm.ndjson") {
		if id := text(row, "_yourOrganizationID", "systemIdentifier", "crmId"); profiles[id] == nil {
			profiles[id] = row
		}
	}
	customers := make(map[string]string) // by number of the loyalty card
	for _, row := range objects[map[string]any](t, "luma/loyalty.ndjson") {
		id := text(row, "_yourOrganizationID", "systemIdentifier", "crmId")
		if id == "" {
			continue // nobody's card
		}
		customers[text(row, "_yourOrganizationID", "systemIdentifier", "loyaltyId")] = id
		if profiles[id] != nil {
			profiles[id]["loyalty"] = row["loyalty"]
		}
	}
	events = make(map[string][]map[string]any)
	for _, event := range objects[map[string]any](t, "luma/web-events.ndjson") {
		identity := event["identityMap"].(map[string]any)["lumaCrmId"].([]any)[0].(map[string]any)
		id := text(identity, "id")
		events[id] = append(events[id], event)
	}
	for _, order := range objects[map[string]any](t, "luma/offline-purchases.ndjson") {
		order["eventType"] = "offline.order" // the file has none
		id := customers[text(order, "_yourOrganizationID", "systemIdentifier", "loyaltyId")]
		events[id] = append(events[id], order)
	}
	return profiles, events
}

// text returns the string at the path, or "".
func text(object map[string]any, path ...string) string {
	for _, key := range path[:len(path)-1] {
		object, _ = object[key].(map[string]any)
	}
	s, _ := object[path[len(path)-1]].(string)
	return s
}
