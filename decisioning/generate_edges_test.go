package decisioning_test

import "fmt"

// Rules and documents in which anything meets anything: paths that are there or
// not, values of all types, and the numbers, texts and instants at which
// representations part.

// edgePaths are what rules read.
var edgePaths = []string{
	"profile.n", "profile.m", "profile.s", "profile.t", "profile.l", "profile.o", "profile.o.n", "profile.o.s", "profile.o.o.n", "profile['ключ']",
	"profile['a.b']", "profile.gone", "profile.gone.n", "context.n", "context.s", "profile.?n.orValue(null)", "profile.o.?n.orValue(1.0)",
}

// edgeConstants are what they are compared with.
var edgeConstants = []string{
	"0", "1", "-1", "1u", "0u", "1.0", "-0.0", "1.5", "9007199254740992", "9007199254740993", "9223372036854775807", "-9223372036854775808",
	"18446744073709551615u", "1e308", "5e-324", "1e-7", "''", "'a'", "'A'", "'ä'", "'\\u0061\\u0308'", "'😀'", "'1'", "true", "false", "null",
}

// edgeValues are what documents hold.
var edgeValues = []string{
	`0`, `1`, `-1`, `1.0`, `-0`, `1.5`, `9007199254740992`, `9007199254740993`, `9223372036854775807`, `9223372036854775808`, `18446744073709551615`,
	`1e308`, `5e-324`, `1e-400`, `1e-7`, `0.1e1`, `""`, `"a"`, `"A"`, `"ä"`, `"\u0061\u0308"`, `"\ud83d\ude00"`, `"😀"`, `"1"`, `"\u0061"`, `true`, `false`, `null`,
	`{}`, `[]`, `[1,"a",null]`, `["a","ä",1.5]`, `[[1],{"n":1}]`, `{"n":1,"s":"a"}`, `{"n":null,"o":{"n":1.5}}`, `{"n":"1","o":{"n":0}}`, `{"o":[]}`,
	`"2026-06-01T12:00:00Z"`, `"2026-06-01T14:00:00+02:00"`, `"2026-06-01T12:00:00.000000001Z"`, `"2026-06-01"`,
}

// edge draws a rule whose parts are joined up to the depth.
func (g *generator) edge(depth int) string {
	if depth > 0 && g.chance(6) {
		a, b := g.edge(depth-1), g.edge(depth-1)
		switch g.upTo(5) {
		case 0:
			return fmt.Sprintf("!(%s)", a)
		case 1, 2:
			return fmt.Sprintf("(%s || %s)", a, b)
		case 3, 4:
			return fmt.Sprintf("(%s && %s)", a, b)
		default:
			return fmt.Sprintf("(%s ? %s : %s)", a, b, g.edge(depth-1))
		}
	}
	path, constant := pick(g, edgePaths), pick(g, edgeConstants)
	ordered := pick(g, edgeConstants[:len(edgeConstants)-1]) // null has no order
	switch g.upTo(13) {
	case 0, 1:
		return fmt.Sprintf("%s == %s", path, constant)
	case 2:
		return fmt.Sprintf("%s != %s", constant, path)
	case 3, 4:
		return fmt.Sprintf("%s %s %s", path, pick(g, []string{"<", "<=", ">", ">="}), ordered)
	case 5:
		return fmt.Sprintf("%s in [%s, %s, %s]", path, constant, pick(g, edgeConstants), pick(g, edgeConstants))
	case 6:
		return fmt.Sprintf("%s in %s", constant, pick(g, []string{"profile.l", "profile.o", "profile.s", "profile.gone", "profile.o.o"}))
	case 7:
		return pick(g, []string{"has(profile.n)", "has(profile.o.n)", "has(profile.o.o.n)", "has(profile.gone.n)", "'ключ' in profile", "!has(profile.l)"})
	case 8:
		return pick(g, []string{"profile.t", "!profile.t", "profile.n", "profile.o.n"})
	case 9:
		return fmt.Sprintf("size(%s) %s %s", path, pick(g, []string{"==", ">", "<="}), pick(g, []string{"0", "1", "3"}))
	case 10:
		return fmt.Sprintf("%s.%s(e, e %s %s)", pick(g, []string{"profile.l", "profile.o", "profile.gone"}), pick(g, []string{"exists", "all", "exists_one"}),
			pick(g, []string{"==", "!="}), constant)
	case 11:
		return fmt.Sprintf("timestamp(profile.s) %s now", pick(g, []string{"<", "<=", "==", ">"}))
	case 12:
		return fmt.Sprintf("%s.%s(%s)", pick(g, []string{"profile.s", "profile.n", "profile.o.s"}), pick(g, []string{"startsWith", "endsWith", "contains"}), pick(g, []string{"''", "'a'", "'ä'", "'😀'"}))
	default:
		return fmt.Sprintf("%s %s %s", path, pick(g, []string{"==", "<", "!=", ">="}), pick(g, edgePaths))
	}
}

// edges draws a profile for such rules, and for the others.
func (g *generator) edges() string {
	if g.chance(1) {
		return ""
	}
	text := g.attributes()
	if text == "" {
		text = "{}"
	}
	own := fmt.Sprintf(`"segment":%d`, g.upTo(60))
	for _, key := range []string{"n", "m", "s", "t", "l", "o", "ключ", "a.b"} {
		if g.chance(8) {
			own += fmt.Sprintf(`,%q:%s`, key, pick(g, edgeValues))
		}
	}
	if text != "{}" {
		own += ","
	}
	return "{" + own + text[1:]
}
