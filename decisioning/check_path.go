package decisioning

import (
	"strconv"
	"strings"

	"github.com/proffer-go/proffer/capping"
	"github.com/proffer-go/proffer/collection"
	"github.com/proffer-go/proffer/constraint"
	"github.com/proffer-go/proffer/internal/strictjson"
	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/placement"
)

// The sections of a catalog, as its JSON form names them.
var sections = []string{"placements", "rules", "offers", "fallbacks", "collections", "activities", "policies", "contactPolicies"}

// entityAt returns the section and the index of the entity at the key, or around it.
func entityAt(key string) (section string, index int, ok bool) {
	section, rest, _ := strings.Cut(key, "[")
	number, _, _ := strings.Cut(rest, "]")
	index, err := strconv.Atoi(number)
	return section, index, err == nil && section != ""
}

// path returns the path of the value at the key, with the id of its entity.
func (c *Catalog) path(key string) string {
	section, i, ok := entityAt(key)
	if !ok {
		return key
	}
	entity := strictjson.Element(section, i)
	return strictjson.WithID(entity, c.id(section, i)) + key[len(entity):]
}

// id returns the id of an entity, empty if there is no such entity.
func (c *Catalog) id(section string, i int) string {
	switch section {
	case "placements":
		return idAt(c.Placements, i, func(p placement.Placement) placement.ID { return p.ID })
	case "rules":
		return idAt(c.Rules, i, func(r constraint.Rule) offer.RuleID { return r.ID })
	case "offers":
		return idAt(c.Offers, i, func(o offer.Offer) offer.ID { return o.ID })
	case "fallbacks":
		return idAt(c.Fallbacks, i, func(f offer.Fallback) offer.ID { return f.ID })
	case "collections":
		return idAt(c.Collections, i, func(c collection.Collection) collection.ID { return c.ID })
	case "activities":
		return idAt(c.Activities, i, func(a Activity) ActivityID { return a.ID })
	case "policies":
		return idAt(c.Policies, i, func(p constraint.Policy) constraint.PolicyID { return p.ID })
	case "contactPolicies":
		return idAt(c.ContactPolicies, i, func(p capping.ContactPolicy) capping.PolicyID { return p.ID })
	}
	return ""
}

func idAt[T any, K ~string](list []T, i int, id func(T) K) string {
	if i < 0 || i >= len(list) {
		return ""
	}
	return string(id(list[i]))
}
