package acceptance_test

import (
	"fmt"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proffer-go/proffer/decisioning"
	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/profile"
)

// A retailer's thirty campaigns, each for some households and some days. Every
// coupon was redeemed by a household of its campaign, while that ran.
func TestEveryRedemptionIsOfACampaignThatQualified(t *testing.T) {
	catalog := decisioning.Catalog{
		Placements: spots(),
		Activities: []decisioning.Activity{{
			ID: "coupons", Placement: spot, Count: 30, Optional: true,
			Selections: []decisioning.Selection{{}},
		}},
	}
	for _, row := range table(t, "dunnhumby/campaign_desc.csv") { // description,campaign,start_day,end_day
		catalog.Offers = append(catalog.Offers, offer.Offer{
			ID:              offer.ID(row[1]),
			Status:          offer.Approved,
			Representations: content(),
			Start:           day(t, row[2]),
			End:             day(t, row[3]).AddDate(0, 0, 1),
			Eligibility:     fmt.Sprintf("%s in profile.campaigns", row[1]),
		})
	}
	campaigns := make(map[string][]int)
	for _, row := range table(t, "dunnhumby/campaign_table.csv") { // description,household_key,campaign
		campaign, err := strconv.Atoi(row[2])
		require.NoError(t, err)
		campaigns[row[1]] = append(campaigns[row[1]], campaign)
	}

	engine := publish(t, catalog, decisioning.Config{})
	redemptions := table(t, "dunnhumby/coupon_redempt.csv") // household_key,day,coupon_upc,campaign
	require.Len(t, redemptions, 1406)
	for _, row := range redemptions {
		qualify := decide(t, engine, decisioning.Request{
			ProfileID:  profile.ID(row[0]),
			At:         day(t, row[1]),
			Profile:    profile.Values(map[string]any{"campaigns": campaigns[row[0]]}),
			Activities: []decisioning.ActivityID{"coupons"},
		})
		assert.Contains(t, qualify, offer.ID(row[3]), "household %s, day %s", row[0], row[1])
		for _, id := range qualify {
			assert.Contains(t, campaigns[row[0]], number(t, string(id)))
		}
	}
}

// day returns the first instant of a day that the data count from an unknown one.
func day(t *testing.T, text string) time.Time {
	t.Helper()
	return time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, number(t, text))
}

func number(t *testing.T, text string) int {
	t.Helper()
	n, err := strconv.Atoi(text)
	require.NoError(t, err)
	return n
}
