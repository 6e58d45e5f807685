package rules

import (
	"slices"
	"strings"

	"cel.dev/cel-go/common/ast"

	"github.com/proffer-go/proffer/internal/column"
	"github.com/proffer-go/proffer/internal/slot"
)

// A dataPath leads from a variable by keys, of which the last ones may be missing
// from the first on that is selected by ?. or [?].
type dataPath struct {
	root     string
	keys     []string
	optional int
}

// pathOf returns the path that the expression is. No macro's variable is in sight,
// as loops are never entered.
func pathOf(e ast.Expr) (p dataPath, ok bool) {
	var of ast.Expr
	var key string
	var maybe bool
	switch e.Kind() {
	case ast.IdentKind:
		return dataPath{root: strings.TrimPrefix(e.AsIdent(), ".")}, true
	case ast.SelectKind:
		of, key, ok = e.AsSelect().Operand(), e.AsSelect().FieldName(), !e.AsSelect().IsTestOnly()
	case ast.CallKind:
		of, key, maybe, ok = indexed(e.AsCall())
	default: // no path
	}
	if !ok {
		return dataPath{}, false
	}
	if p, ok = pathOf(of); maybe || p.optional > 0 {
		p.optional++
	}
	p.keys = append(p.keys, key)
	return p, ok
}

// testOf returns the path of has(path).
func testOf(e ast.SelectExpr) (p dataPath, ok bool) {
	p, ok = pathOf(e.Operand())
	ok = ok && e.IsTestOnly() && p.optional == 0
	p.keys, p.optional = append(p.keys, e.FieldName()), 1
	return p, ok
}

// value returns the value at the path, an error if there is none; nil if it is
// something that no column holds.
func (p dataPath) value() *column.Node {
	switch {
	case len(p.keys) == 0:
		return nil
	case p.root == "profile" || p.root == "context":
		return column.Path(p.slot())
	case p.root == "offer":
		return offerNode(p.keys)
	case p.root == "activity" && len(p.keys) == 1:
		return activityNode(p.keys[0])
	}
	return nil
}

// exists returns whether there is a value at the path.
func (p dataPath) exists() *column.Node {
	known := map[string][]string{"offer": offerFields, "activity": activityFields}[p.root]
	switch {
	case p.root == "profile" || p.root == "context":
		return column.Has(p.slot(), p.optional)
	case p.root == "offer" && len(p.keys) > 1 && p.keys[0] == "attributes":
		return hasAttribute(p.keys[1:], min(p.optional, len(p.keys)-1))
	case len(p.keys) == 1 && slices.Contains(known, p.keys[0]):
		return column.Literal(slotBool(true))
	}
	return nil
}

func (p dataPath) slot() slot.Path { return slot.Path{Root: roots[p.root], Keys: p.keys} }

// activityNode returns the field of the activity.
func activityNode(field string) *column.Node {
	switch field {
	case "id":
		return column.Activity(column.ActivityID)
	case "placement":
		return column.Activity(column.ActivityPlacement)
	case "count":
		return column.Activity(column.ActivityCount)
	}
	return nil
}
