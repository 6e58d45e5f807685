package main

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proffer-go/proffer/decisioning"
	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/rank"
)

// Ten offers, four channels and 10,147 customers of a coffee house. The figures
// were found by others: two solvers and a script.

const starbucksCustomers = 10_147

// data returns the path of a file in the data folder, which is beside the
// repository or where PROFFER_DATA points. Without it it skips the test.
func data(t *testing.T, name string) string {
	t.Helper()
	folder := cmp.Or(os.Getenv("PROFFER_DATA"), filepath.Join("..", "..", "..", "shared", "data"))
	if _, err := os.Stat(folder); errors.Is(err, fs.ErrNotExist) {
		t.Skip("no folder shared/data beside the repository, and PROFFER_DATA names none")
	}
	return filepath.Join(folder, name)
}

// plan is what a run proposed.
type plan struct {
	places, score int
	perActivity   map[string]map[string]int // offers by activity and id
}

// starbucks decides the customers in id order, for the activities given, by the
// catalog with the edit.
func starbucks(t *testing.T, edit func(*decisioning.Catalog), activities []string, args ...string) plan {
	t.Helper()
	text, err := os.ReadFile(data(t, "starbucks/catalog.json"))
	require.NoError(t, err)
	catalog, err := decisioning.ParseCatalog(text)
	require.NoError(t, err)
	edit(&catalog)
	text, err = json.Marshal(catalog)
	require.NoError(t, err)

	var out, stderr bytes.Buffer
	args = append(args, "-catalog", writeFile(t, string(text)))
	require.Equal(t, statusOK, run(args, starbucksRequests(t, activities), &out, &stderr), stderr.String())
	return readPlan(t, &out)
}

// starbucksRequests unpacks the requests and asks for the activities.
func starbucksRequests(t *testing.T, activities []string) io.Reader {
	t.Helper()
	file, err := os.Open(data(t, "starbucks/requests.jsonl.gz"))
	require.NoError(t, err)
	defer file.Close()
	unpacked, err := gzip.NewReader(file)
	require.NoError(t, err)
	text, err := io.ReadAll(unpacked)
	require.NoError(t, err)
	wanted, err := json.Marshal(activities)
	require.NoError(t, err)
	text = bytes.ReplaceAll(text, []byte(`["A1","A2","A3","A4"]`), wanted)
	require.Equal(t, starbucksCustomers, bytes.Count(text, wanted))
	return bytes.NewReader(text)
}

func readPlan(t *testing.T, out io.Reader) plan {
	t.Helper()
	p := plan{perActivity: make(map[string]map[string]int)}
	lines := 0
	for d := json.NewDecoder(out); d.More(); lines++ {
		var decision decisioning.Decision
		require.NoError(t, d.Decode(&decision))
		for _, x := range decision.Propositions {
			counts := p.perActivity[string(x.Activity)]
			if counts == nil {
				counts = make(map[string]int)
				p.perActivity[string(x.Activity)] = counts
			}
			if x.Kind == decisioning.ProposesFallback {
				counts["FALLBACK"]++
			}
			for _, o := range x.Offers {
				counts[string(o.ID)]++
				p.places++
				p.score += int(*o.Score)
			}
		}
	}
	require.Equal(t, starbucksCustomers, lines)
	return p
}

var allFour = []string{"A1", "A2", "A3", "A4"}

func asItIs(*decisioning.Catalog) {}

func TestStarbucksOptimalPlan(t *testing.T) {
	got := starbucks(t, asItIs, allFour)
	assert.Equal(t, 33_873, got.places, "of 40,588")
	assert.Equal(t, 1_421_460, got.score)
}

func TestStarbucksSequentialPlan(t *testing.T) {
	got := starbucks(t, asItIs, allFour, "-arbitration", "sequential")
	var want []figures
	readJSON(t, "starbucks/expected_figures.json", &want)
	assert.Equal(t, 25_297, got.places)
	for name, counts := range want[0].Four.Greedy {
		assert.Equal(t, counts, got.perActivity[name[:2]], name)
	}
}

func TestStarbucksActivitiesAlone(t *testing.T) {
	var want []figures
	readJSON(t, "starbucks/expected_figures.json", &want)
	require.Len(t, want[0].Single, 4)
	for name, counts := range want[0].Single {
		activity := name[:2]
		assert.Equal(t, counts, starbucks(t, asItIs, []string{activity}).perActivity[activity], name)
	}
}

func TestStarbucksCapOverAll(t *testing.T) {
	var want []figures
	readJSON(t, "starbucks/expected_figures.json", &want)
	got := starbucks(t, func(c *decisioning.Catalog) {
		i := slices.IndexFunc(c.Offers, func(o offer.Offer) bool { return o.ID == "B10b" })
		c.Offers[i].Caps = []offer.Cap{{Limit: 500, Per: offer.PerAll}}
	}, []string{"A1"})
	assert.Equal(t, want[0].GlobalCap, got.perActivity["A1"])
	assert.Equal(t, 500, got.perActivity["A1"]["B10b"])
}

func TestStarbucksByUtility(t *testing.T) {
	got := starbucks(t, func(c *decisioning.Catalog) {
		c.Activities[0].Rank = rank.Spec{By: rank.ByUtility}
	}, []string{"A1"})
	assert.Equal(t, map[string]int{
		"D5": 3464, "D2a": 3175, "I1": 1053, "D3": 943, "B5b": 759, "D2b": 492, "B5a": 261,
	}, got.perActivity["A1"])
}

// figures are those of expected_figures.json that are proved here. Names of
// activities go on after their id.
type figures struct {
	Single    map[string]map[string]int `json:"single_activity_by_priority"`
	GlobalCap map[string]int            `json:"A1_global_cap_500_on_B10b_customers_in_id_order"`
	Four      struct {
		Greedy map[string]map[string]int `json:"greedy_in_order_A1_A2_A3_A4_per_activity"`
	} `json:"four_activities_one_request"`
}

func readJSON(t *testing.T, name string, into any) {
	t.Helper()
	text, err := os.ReadFile(data(t, name))
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(text, into))
}
