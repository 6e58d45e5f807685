package proffer_test

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const module = "github.com/proffer-go/proffer"

// arrows are what each room may import of the house. Folders within a room may
// import the room, and what it may.
var arrows = map[string][]string{
	"placement":   {},
	"offer":       {"placement"},
	"collection":  {"placement", "offer"},
	"profile":     {},
	"constraint":  {"offer", "collection", "profile"},
	"rank":        {"offer", "profile"},
	"capping":     {"placement", "offer", "collection", "profile"},
	"internal":    {"placement", "offer", "profile"},
	"decisioning": {"placement", "offer", "collection", "profile", "constraint", "rank", "capping", "internal"},
	"examples":    {"placement", "offer", "collection", "profile", "constraint", "rank", "capping", "internal", "decisioning"},
}

// outsiders are the packages that one room alone may import.
var outsiders = map[string]string{
	"cel.dev/":             "internal/rules",
	"github.com/tidwall/":  "internal/jsonfacts",
	"golang.org/x/":        "internal/rules",
	"google.golang.org/":   "internal/rules",
	"github.com/stretchr/": "tests only",
}

func TestArrowsPointDown(t *testing.T) {
	seen := 0
	for _, line := range list(t, `{{.ImportPath}} {{join .Imports " "}}`, "./...") {
		path, imports, _ := strings.Cut(line, " ")
		from, ok := strings.CutPrefix(path, module+"/")
		if !ok {
			continue // the guide
		}
		seen++
		room := roomOf(from)
		allowed, ok := arrows[room]
		if !assert.True(t, ok, "%s: a room that the house does not know", room) {
			continue
		}
		for to := range strings.FieldsSeq(imports) {
			if in, ok := strings.CutPrefix(to, module+"/"); ok {
				assert.True(t, roomOf(in) == room || slices.Contains(allowed, roomOf(in)), "%s imports %s", from, in)
			}
			for outsider, only := range outsiders {
				if strings.HasPrefix(to, outsider) {
					assert.Equal(t, only, from, "%s imports %s", from, to)
				}
			}
		}
	}
	assert.Greater(t, seen, len(arrows))
}

func roomOf(path string) string {
	room, _, _ := strings.Cut(path, "/")
	return room
}

func TestAtMostThirteenModulesAreLinked(t *testing.T) {
	modules := list(t, `{{with .Module}}{{.Path}}{{end}}`, "-deps", "./...")
	slices.Sort(modules)
	modules = slices.DeleteFunc(slices.Compact(modules), func(m string) bool { return m == "" || m == module })
	t.Log(modules)
	assert.LessOrEqual(t, len(modules), 13)
}

// list returns what go list prints, line by line, as users of the module see it.
func list(t *testing.T, format string, args ...string) []string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", append([]string{"list", "-f", format}, args...)...)
	cmd.Env = append(os.Environ(), "GOWORK=off")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	require.NoError(t, err)
	return strings.Split(strings.TrimSpace(string(out)), "\n")
}
