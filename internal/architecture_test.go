package internal_test

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const module = "github.com/proffer-go/proffer"

// others says which room alone may import whose code. What is not here nobody
// may, but for tests.
var others = map[string]string{
	"cel.dev/":            module + "/internal/rules",
	"google.golang.org/":  module + "/internal/rules",
	"github.com/tidwall/": module + "/internal/jsonfacts",
}

// TestOthersCodeIsBehindTwoRooms keeps dependencies where they can be replaced,
// and test kits free of any: who implements a Counter needs package testing only.
func TestOthersCodeIsBehindTwoRooms(t *testing.T) {
	for _, p := range packages(t) {
		for _, path := range p.Imports {
			if !isOthers(path) {
				continue
			}
			room := ""
			for prefix, only := range others {
				if strings.HasPrefix(path, prefix) {
					room = only
				}
			}
			assert.Equal(t, room, p.ImportPath, "%s imports %s: not its room", p.ImportPath, path)
		}
	}
}

// TestPublicSurfaceNamesNoHiddenType proves that no exported declaration is
// typed with what users cannot name, or with what could not be replaced later:
// CEL, gjson, or a package of internal.
func TestPublicSurfaceNamesNoHiddenType(t *testing.T) {
	seen := 0
	for _, p := range packages(t) {
		if strings.Contains(p.ImportPath+"/", "/internal/") || strings.Contains(p.ImportPath, "/examples/") {
			continue
		}
		for _, name := range p.GoFiles {
			seen++
			fset := token.NewFileSet()
			file, err := parser.ParseFile(fset, filepath.Join(p.Dir, name), nil, parser.SkipObjectResolution)
			require.NoError(t, err)
			for _, use := range hiddenUses(file) {
				t.Errorf("%s: an exported declaration names %s", fset.Position(use.Pos()), use.Sel.Name)
			}
		}
	}
	assert.Greater(t, seen, 10)
}

// hiddenUses returns the selectors of hidden packages in what a file exports.
func hiddenUses(file *ast.File) []*ast.SelectorExpr {
	hidden := map[string]bool{}
	for _, spec := range file.Imports {
		path, _ := strconv.Unquote(spec.Path.Value)
		name := path[strings.LastIndex(path, "/")+1:]
		if spec.Name != nil {
			name = spec.Name.Name
		}
		hidden[name] = isOthers(path) || strings.HasPrefix(path, module+"/internal/")
	}
	var uses []*ast.SelectorExpr
	for _, surface := range exported(file) {
		ast.Inspect(surface, func(n ast.Node) bool {
			if sel, ok := n.(*ast.SelectorExpr); ok {
				if x, ok := sel.X.(*ast.Ident); ok && hidden[x.Name] {
					uses = append(uses, sel)
				}
			}
			return true
		})
	}
	return uses
}

// ofExported reports whether the function is none of a type that is not exported.
func ofExported(f *ast.FuncDecl) bool {
	if f.Recv == nil {
		return true
	}
	name := ""
	ast.Inspect(f.Recv.List[0].Type, func(n ast.Node) bool {
		if ident, ok := n.(*ast.Ident); ok && name == "" {
			name = ident.Name
		}
		return true
	})
	return ast.IsExported(name)
}

// exported returns the nodes of a file that are its public surface: signatures,
// type declarations without their unexported fields, and declared variables.
func exported(file *ast.File) []ast.Node {
	ast.FileExports(file) // drops what is not exported, and bodies
	var nodes []ast.Node
	for _, decl := range file.Decls {
		switch d := decl.(type) {
		case *ast.FuncDecl:
			if ofExported(d) {
				nodes = append(nodes, d.Type)
			}
		case *ast.GenDecl:
			if d.Tok != token.IMPORT {
				nodes = append(nodes, d)
			}
		}
	}
	return nodes
}

func TestHiddenUsesAreFound(t *testing.T) {
	const text = `package p
		import ("cel.dev/cel-go/cel"; r "github.com/proffer-go/proffer/internal/rules"; "time")
		type A struct { At time.Time; Env cel.Env; env *cel.Env }
		type B = r.Expr
		type c struct { Env cel.Env }
		func New(*cel.Env) (time.Time, []r.Issue) { _ = r.Limits{}; return }
		func new(*cel.Env) {}
		func (A) Rule() r.Expr2 { return r.Expr2{} }`
	file, err := parser.ParseFile(token.NewFileSet(), "p.go", text, parser.SkipObjectResolution)
	require.NoError(t, err)
	var got []string
	for _, use := range hiddenUses(file) {
		got = append(got, use.Sel.Name)
	}
	assert.Equal(t, []string{"Env", "Expr", "Env", "Issue", "Expr2"}, got)
}

// A listed is a package as go list tells of it, without its tests.
type listed struct {
	ImportPath, Dir  string
	GoFiles, Imports []string
}

func packages(t *testing.T) []listed {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Dir,GoFiles,Imports", module+"/...")
	cmd.Env = append(os.Environ(), "GOWORK=off")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	require.NoError(t, err)
	var all []listed
	for decoder := json.NewDecoder(strings.NewReader(string(out))); decoder.More(); {
		var p listed
		require.NoError(t, decoder.Decode(&p))
		all = append(all, p)
	}
	require.True(t, slices.ContainsFunc(all, func(p listed) bool { return p.ImportPath == module+"/decisioning" }))
	return all
}

func isOwn(path string) bool { return path == module || strings.HasPrefix(path, module+"/") }

// isOthers reports whether the path is neither ours nor of the standard library,
// whose first elements have no dot.
func isOthers(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return !isOwn(path) && strings.Contains(first, ".")
}
