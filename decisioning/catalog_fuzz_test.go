package decisioning_test

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proffer-go/proffer/decisioning"
)

func addCatalogs(f *testing.F) {
	f.Helper()
	f.Add([]byte(contract))
	f.Add(faulty)
	f.Add(wardText(f))
	for _, text := range []string{
		``, `{}`, `null`, `[`, `{"offers": [{"id": "a", "attributes": {"": [{}, []]}}]}`, `{"offers": 5, "offers": [5]}`,
		`{"ofers": [{"rule": ""}]}`, `{"policies": [{}], "contactPolicies": [{}]}`, "{\"rules\": [{\"id\": \"\xff\"}]}",
		`{"placements": [{"id": "p", "contentTypes": ["*/*"]}], "activities": [{"id": "a", "placement": "p", "selections": [{}], "optional": true, "rank": {"by": "x"}}]}`,
	} {
		f.Add([]byte(text))
	}
}

// What is read can be written and read again, and is the same.
func FuzzParseCatalog(f *testing.F) {
	addCatalogs(f)
	f.Fuzz(func(t *testing.T, text []byte) {
		c, err := decisioning.ParseCatalog(text)
		if err != nil {
			requirePlaced(t, err)
			return
		}
		written, err := json.Marshal(c)
		require.NoError(t, err)
		again, err := decisioning.ParseCatalog(written)
		require.NoError(t, err, "%s", written)
		assert.Equal(t, c, again)
	})
}

// What compiles compiles again from its own JSON form and from Go values, to the
// same version; what does not says where, and quarantine mode takes it or refuses.
func FuzzCompileJSON(f *testing.F) {
	addCatalogs(f)
	cache := decisioning.WithCache(&decisioning.Cache{})
	f.Fuzz(func(t *testing.T, text []byte) {
		s, err := decisioning.CompileJSON(text, cache)
		if err != nil {
			requirePlaced(t, err)
			if s, err = decisioning.CompileJSON(text, decisioning.Quarantine(), cache); err == nil {
				require.NotEmpty(t, s.Faults())
			}
			return
		}
		written, err := json.Marshal(s.Catalog())
		require.NoError(t, err)
		again, err := decisioning.CompileJSON(written, cache)
		require.NoError(t, err, "%s", written)
		assert.Equal(t, s.Version(), again.Version())
		values, err := decisioning.Compile(s.Catalog(), cache)
		require.NoError(t, err)
		assert.Equal(t, s.Version(), values.Version())
	})
}

func requirePlaced(t *testing.T, err error) {
	t.Helper()
	faults, ok := errors.AsType[decisioning.Faults](err)
	require.True(t, ok, "%v", err)
	for _, f := range faults {
		require.Positive(t, f.Line)
		require.Positive(t, f.Column)
	}
}
