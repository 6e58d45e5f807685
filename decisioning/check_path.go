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

// A place is where a value is in a catalog. It becomes a key only when there is
// something to say of the value: most have no fault, and keys take time to write.
type place struct {
	up   *place // nil: an entity
	name string // the section, or a field; empty: the value at up itself
	i    int    // in the list that has the name; whole: the value that has it
}

const whole = -1

// field returns the place of a field of the value at p, for an empty name p itself.
func (p *place) field(name string) place { return place{p, name, whole} }

// element returns the place of an element of a list that is a field of the value at p.
func (p *place) element(name string, i int) place { return place{p, name, i} }

func (p *place) key() string {
	key := ""
	if p.up != nil {
		key = p.up.key()
	}
	if p.name != "" {
		key = strictjson.Field(key, p.name)
	}
	if p.i != whole {
		key = strictjson.Element(key, p.i)
	}
	return key
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
