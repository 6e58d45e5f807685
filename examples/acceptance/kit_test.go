package acceptance_test

import (
	"bufio"
	"cmp"
	"compress/gzip"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/proffer-go/proffer/decisioning"
	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/placement"
)

// open opens a file of the data folder, unpacked. Without the folder it skips
// the test.
func open(t *testing.T, name string) io.Reader {
	t.Helper()
	folder := cmp.Or(os.Getenv("PROFFER_DATA"), filepath.Join("..", "..", "..", "shared", "data"))
	if _, err := os.Stat(folder); errors.Is(err, fs.ErrNotExist) {
		t.Skip("no folder shared/data beside the repository, and PROFFER_DATA names none")
	}
	file, err := os.Open(filepath.Join(folder, name))
	require.NoError(t, err)
	t.Cleanup(func() { _ = file.Close() })
	if !strings.HasSuffix(name, ".gz") {
		return file
	}
	unpacked, err := gzip.NewReader(file)
	require.NoError(t, err)
	return unpacked
}

// objects reads a file with one JSON object a line.
func objects[T any](t *testing.T, name string) []T {
	t.Helper()
	var all []T
	for lines := bufio.NewScanner(open(t, name)); lines.Scan(); {
		var one T
		require.NoError(t, json.Unmarshal(lines.Bytes(), &one))
		all = append(all, one)
	}
	require.NotEmpty(t, all)
	return all
}

// table reads a file of comma-separated values, without its header.
func table(t *testing.T, name string) [][]string {
	t.Helper()
	rows, err := csv.NewReader(open(t, name)).ReadAll()
	require.NoError(t, err)
	return rows[1:]
}

// spot is the one placement of the catalogs here.
const spot placement.ID = "spot"

func spots() []placement.Placement {
	return []placement.Placement{{ID: spot, ContentTypes: []string{"text/plain"}}}
}

func content() []offer.Representation {
	return []offer.Representation{{Placement: spot, Components: []offer.Component{{Type: "text/plain", Content: "x"}}}}
}

// publish returns an engine that decides by the catalog.
func publish(t *testing.T, catalog decisioning.Catalog, config decisioning.Config) *decisioning.Engine {
	t.Helper()
	snapshot, err := decisioning.Compile(catalog)
	require.NoError(t, err)
	engine, err := decisioning.New(config)
	require.NoError(t, err)
	require.NoError(t, engine.Publish(snapshot))
	return engine
}

// decide returns the offers that the only activity of the request proposes.
func decide(t *testing.T, engine *decisioning.Engine, request decisioning.Request) []offer.ID {
	t.Helper()
	decision, err := engine.Decide(t.Context(), request)
	require.NoError(t, err)
	require.Empty(t, decision.Degraded)
	require.Len(t, decision.Propositions, 1)
	var ids []offer.ID
	for _, o := range decision.Propositions[0].Offers {
		ids = append(ids, o.ID)
	}
	return ids
}
