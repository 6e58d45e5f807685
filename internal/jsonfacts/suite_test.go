package jsonfacts_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proffer-go/proffer/internal/jsonfacts"
	"github.com/proffer-go/proffer/profile"
)

func TestJSONTestSuite(t *testing.T) {
	for _, tt := range parsingSuite(t) {
		t.Run(tt.Name, func(t *testing.T) {
			wrapped := append(append([]byte(`{"v": `), tt.Base64...), '}')
			_, asProfile := jsonfacts.Object(profile.JSON(tt.Base64), none)
			_, asValue := jsonfacts.Object(profile.JSON(wrapped), none)
			switch tt.Expect {
			case "n":
				assert.Error(t, asProfile)
				assert.Error(t, asValue)
			case "y":
				assert.Equal(t, rootFault(tt.Base64), reason(asProfile))
				assert.Equal(t, strings.TrimPrefix(rootFault(tt.Base64), "not an object"), reason(asValue))
			}
		})
	}
}

type suiteCase struct {
	Name, Expect string
	Base64       []byte
}

func parsingSuite(t *testing.T) []suiteCase {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dataDir(t), "json", "jsontestsuite_parsing.ndjson"))
	require.NoError(t, err)
	var cases []suiteCase
	for lines := bufio.NewScanner(bytes.NewReader(text)); lines.Scan(); {
		var c suiteCase
		require.NoError(t, json.Unmarshal(lines.Bytes(), &c))
		cases = append(cases, c)
	}
	require.NotEmpty(t, cases)
	return cases
}

// rootFault returns the reason for which valid JSON is no profile: its root, or
// a repeated key, which in this suite is in the root.
func rootFault(text []byte) string {
	if text = bytes.TrimSpace(text); text[0] != '{' {
		return "not an object"
	}
	var members map[string]json.RawMessage
	if json.Unmarshal(text, &members) == nil && bytes.Count(text, []byte(`":`)) > len(members) {
		return "repeated key"
	}
	return ""
}

func reason(err error) string {
	if e, ok := errors.AsType[*jsonfacts.Error](err); ok {
		return e.Reason
	}
	return ""
}

// TestXDMExamples reads the profiles and entities of a data model whose keys
// hold dots, colons, slashes and @.
func TestXDMExamples(t *testing.T) {
	good, refused := 0, map[string]string{}
	for _, path := range xdmExamples(t) {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		got, err := jsonfacts.Object(profile.JSON(text), none)
		if err != nil {
			refused[filepath.Base(path)] = err.Error()
			continue
		}
		good++
		var want map[string]any
		require.NoError(t, json.Unmarshal(text, &want))
		assert.Equal(t, want, got, path)
	}
	assert.Equal(t, 180, good)
	assert.Equal(t, map[string]string{
		"messageProfile.example.2.json": `["https://ns.adobe.com/experience/customerJourneyManagement/messageProfile/channel"]: repeated key`,
	}, refused)
}

func xdmExamples(t *testing.T) []string {
	t.Helper()
	var paths []string
	require.NoError(t, filepath.WalkDir(filepath.Join(dataDir(t), "xdm"), func(path string, _ fs.DirEntry, err error) error {
		if strings.Contains(filepath.Base(path), "example") && filepath.Ext(path) == ".json" {
			paths = append(paths, path)
		}
		return err
	}))
	return paths
}

// dataDir returns the folder of test data that is not part of the repository.
func dataDir(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("PROFFER_DATA")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "data")
	}
	if _, err := os.Stat(dir); err != nil {
		t.Skip("no shared test data: set PROFFER_DATA to its folder")
	}
	return dir
}
