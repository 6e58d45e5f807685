package acceptance_test

import (
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/proffer-go/proffer/collection"
	"github.com/proffer-go/proffer/decisioning"
	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/profile"
)

// celFiles are the files of CEL's own conformance suite.
var celFiles = []string{
	"basic", "bindings_ext", "encoders_ext", "fields", "fp_math", "lists", "logic", "macros", "math_ext", "namespace", "parse", "string",
}

// celGoDiffers are tests that cel-go does not pass, which takes keys of maps that
// the suite refuses: rules are what cel-go makes of them.
var celGoDiffers = map[string]bool{
	"map_key_float": true, "map_value_repeat_key": true, "map_value_repeat_key_heterogeneous": true,
}

// TestRulesAreCEL decides by each expression of CEL's conformance suite that needs
// neither variables nor protobuf types: an offer is proposed if the expression has
// the value that the suite expects, and not if it has another or is an error.
func TestRulesAreCEL(t *testing.T) {
	for _, name := range celFiles {
		t.Run(name, func(t *testing.T) {
			asked, refused := 0, 0 // such as those with faulty types, or nested too deep
			for _, section := range readMessage(t, open(t, filepath.Join("cel", name+".textproto"))).messages("section") {
				for _, test := range section.messages("test") {
					expr, _ := test.text("expr")
					rule, holds, ok := celRule(test)
					if !ok {
						continue
					}
					proposed, compiled := decidesBy(t, rule)
					if !compiled {
						refused++
						continue
					}
					asked++
					assert.Equal(t, holds, proposed, "%s\nas the rule %s", expr, rule)
					if opposite, compiled := decidesBy(t, "!("+rule+")"); compiled {
						assert.False(t, opposite, "%s\nas the rule !(%s)", expr, rule)
					}
				}
			}
			t.Logf("%d expressions, %d more are refused as rules", asked, refused)
		})
	}
}

// celRule returns a rule that holds if the expression of the test has the expected
// value, or one that never does if it is expected to fail.
func celRule(test message) (rule string, holds, ok bool) {
	expr, _ := test.text("expr")
	if name, _ := test.text("name"); celGoDiffers[name] {
		return "", false, false
	}
	if len(test["type_env"])+len(test["bindings"])+len(test["container"]) > 0 {
		return "", false, false
	}
	expr = "(" + expr + "\n)"
	if len(test["eval_error"]) > 0 {
		return expr + " == " + expr, false, true
	}
	for _, value := range test.messages("value") {
		literal, ok := celLiteral(value)
		return expr + " == " + literal, true, ok
	}
	return expr, true, len(test["value"]) == 0
}

// celLiteral returns the value as CEL writes it.
func celLiteral(value message) (string, bool) {
	if text, ok := value.text("string_value"); ok {
		return strconv.QuoteToASCII(text), true
	}
	if text, ok := value.text("bytes_value"); ok {
		var b strings.Builder
		for _, c := range []byte(text) {
			fmt.Fprintf(&b, `\x%02x`, c)
		}
		return `b"` + b.String() + `"`, true
	}
	if n, ok := value.text("double_value"); ok {
		return fmt.Sprintf("double('%s')", n), !strings.EqualFold(n, "nan") // which is equal to nothing
	}
	if n, ok := value.text("uint64_value"); ok {
		return n + "u", true
	}
	for _, field := range []string{"int64_value", "bool_value"} {
		if text, ok := value.text(field); ok {
			return text, true
		}
	}
	if len(value["null_value"]) > 0 {
		return "null", true
	}
	for _, list := range value.messages("list_value") {
		return celParts("[", list.messages("values"), celLiteral, "]")
	}
	for _, m := range value.messages("map_value") {
		return celParts("{", m.messages("entries"), celEntry, "}")
	}
	return "", false
}

func celEntry(entry message) (string, bool) {
	for _, k := range entry.messages("key") {
		for _, v := range entry.messages("value") {
			key, ok1 := celLiteral(k)
			value, ok2 := celLiteral(v)
			return key + ": " + value, ok1 && ok2
		}
	}
	return "", false
}

func celParts(opening string, parts []message, literal func(message) (string, bool), closing string) (string, bool) {
	texts := make([]string, len(parts))
	for i, p := range parts {
		var ok bool
		if texts[i], ok = literal(p); !ok {
			return "", false
		}
	}
	return opening + strings.Join(texts, ", ") + closing, true
}

// decidesBy reports whether the only offer, which the rule binds, is proposed.
func decidesBy(t *testing.T, rule string) (proposed, compiled bool) {
	t.Helper()
	snapshot, err := decisioning.Compile(decisioning.Catalog{
		Placements:  spots(),
		Offers:      []offer.Offer{{ID: "offer", Status: offer.Approved, Representations: content(), Eligibility: rule}},
		Collections: []collection.Collection{{ID: "all", Offers: []offer.ID{"offer"}}},
		Activities:  []decisioning.Activity{{ID: "activity", Placement: spot, Collection: "all", Optional: true}},
	})
	if err != nil {
		return false, false
	}
	engine, err := decisioning.New(decisioning.Config{})
	assert.NoError(t, err)
	assert.NoError(t, engine.Publish(snapshot))
	got := decide(t, engine, decisioning.Request{
		At: time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC), Profile: profile.JSON([]byte(`{}`)), Activities: []decisioning.ActivityID{"activity"},
	})
	return len(got) > 0, true
}
