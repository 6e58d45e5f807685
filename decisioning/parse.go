package decisioning

import (
	"slices"
	"strings"

	"github.com/proffer-go/proffer/internal/strictjson"
)

// ParseCatalog reads the JSON form of a catalog strictly. The error is [Faults]
// with all that is wrong with the form: unknown fields, repeated keys, wrong
// types, empty values. What the catalog says is checked by [Compile].
func ParseCatalog(text []byte) (Catalog, error) {
	var c Catalog
	if r := readCatalog(text, &c); len(r.Faults) > 0 {
		return Catalog{}, newFaults(r.Faults)
	}
	return c, nil
}

// UnmarshalJSON reads the JSON form as [ParseCatalog] does.
func (c *Catalog) UnmarshalJSON(text []byte) error {
	read, err := ParseCatalog(text)
	if err == nil {
		*c = read
	}
	return err
}

// readCatalog reads what can be read of the text into c.
func readCatalog(text []byte, c *Catalog) *strictjson.Reading {
	r := strictjson.Read(text, c)
	var empty []strictjson.Fault
	for key, unread := range r.Zeros {
		advice, faulty := emptyValues[key[strings.LastIndexByte(key, '.')+1:]]
		if unread || !faulty || !strings.Contains(key, ".") || emptyWithin(r, key) {
			continue
		}
		r.Zeros[key] = true
		empty = append(empty, strictjson.Fault{
			Path: c.path(key), Key: key, Message: advice, Offset: strictjson.Unplaced,
		})
	}
	r.Place(empty)
	r.Faults = append(r.Faults, empty...)
	return r
}

// emptyWithin reports whether the value at the key is empty because what it has
// to have is.
func emptyWithin(r *strictjson.Reading, key string) bool {
	return slices.ContainsFunc([]string{"every", "rolling", "by", "formula"}, func(field string) bool {
		_, given := r.Zeros[strictjson.Field(key, field)]
		return given
	})
}

// emptyValues are the fields, by name, for which an empty value is a fault though
// an absent field is not: in Go the two are the same and mean a default.
var emptyValues = map[string]string{
	"status":        "is empty: use draft, approved or archived, or leave it out",
	"kind":          "is empty: use promotion or action, or leave it out",
	"rule":          "is empty: name a rule or leave it out",
	"eligibility":   emptyExpression,
	"applicability": emptyExpression,
	"suitability":   emptyExpression,
	"acceptance":    emptyExpression,
	"until":         emptyExpression,
	"formula":       emptyExpression,
	"by":            "is empty: use priority, utility or the name of a registered ranker",
	"onError":       "is empty: use suppress or leave it out",
	"placement":     "is empty: name a placement",
	"collection":    "is empty: name a collection",
	"fallback":      "is empty: name a fallback or leave it out",
	"anyTags":       emptyList,
	"allTags":       emptyList,
	"offers":        emptyList,
	"selections":    "is empty: give at least one selection, or a collection instead",
	"rank":          "is empty: give either by or formula, or leave it out",
	"window":        "is empty: give either every or rolling, or leave it out to count for ever",
	"every":         "is empty: use hour, day, week or month",
	"rolling":       "is not above 0: give a length such as 168h",
	"timezone":      "is empty: name a zone such as Europe/Berlin, or leave it out for UTC",
	"weekStart":     "is empty: give an English weekday in lower case, or leave it out for monday",
	"counts":        "is empty: name a type of events, or leave it out to count propositions",
	"count":         "0 is out of range: want 1 to 30",
	"weight":        "0 is out of range: want above 0 and at most 1000",
	"end":           "is before every instant",
}

const (
	emptyExpression = "is empty: give an expression or leave it out"
	emptyList       = "is empty: give at least one"
)
