package proffer_test

import (
	"bytes"
	"go/ast"
	"go/doc/comment"
	"go/parser"
	"go/printer"
	"go/token"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The program in the README and the one in the guide are the example, which is
// compiled and run.
func TestProgramsInProseAreTheExample(t *testing.T) {
	want := body(t, read(t, "example_test.go"), "Example")

	_, rest, ok := strings.Cut(read(t, "README.md"), "```go\n")
	require.True(t, ok)
	program, _, _ := strings.Cut(rest, "```")
	assert.Equal(t, want, body(t, program, "main"))

	guide, err := parser.ParseFile(token.NewFileSet(), "doc.go", nil, parser.ParseComments)
	require.NoError(t, err)
	var parsed comment.Parser
	for _, block := range parsed.Parse(guide.Doc.Text()).Content {
		if code, ok := block.(*comment.Code); ok {
			program = "package main\nfunc main() {\n" + code.Text + "}\n"
			assert.Equal(t, want, body(t, program, "main"))
			return
		}
	}
	assert.Fail(t, "the guide has no program")
}

func TestReadmesCatalogIsTheExamples(t *testing.T) {
	_, rest, ok := strings.Cut(read(t, "README.md"), "```json\n")
	require.True(t, ok)
	shown, _, _ := strings.Cut(rest, "```")
	assert.Equal(t, catalog, strings.TrimSpace(shown))
}

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	return string(text)
}

// body returns the statements of the function, printed in one form.
func body(t *testing.T, program, function string) string {
	t.Helper()
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, "", program, 0)
	require.NoError(t, err)
	for _, d := range file.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && f.Name.Name == function {
			var out bytes.Buffer
			require.NoError(t, printer.Fprint(&out, set, f.Body.List))
			return out.String()
		}
	}
	require.Fail(t, "no function "+function)
	return ""
}
