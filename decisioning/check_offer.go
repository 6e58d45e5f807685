package decisioning

import (
	"slices"
	"strings"

	"github.com/proffer-go/proffer/constraint"
	"github.com/proffer-go/proffer/internal/rules"
	"github.com/proffer-go/proffer/internal/strictjson"
	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/placement"
)

func (k *checker) placement(key string, p *placement.Placement) {
	if len(p.ContentTypes) == 0 {
		k.fault(key, "contentTypes", "accepts nothing: give at least one media type, such as image/png or image/*")
	}
	for i, t := range p.ContentTypes {
		if _, _, ok := placement.SplitType(t); !ok {
			k.fault(strictjson.Element(key+".contentTypes", i), "", "%q is no media type: write one such as image/png or image/*", t)
		}
	}
}

func (k *checker) rule(key string, r *constraint.Rule) {
	k.required(key, "expr", rules.Condition, r.Expr)
}

func (k *checker) offer(key string, o *offer.Offer) {
	switch o.Status {
	case "", offer.Draft, offer.Approved, offer.Archived:
	default:
		k.fault(key, "status", "unknown status %q: use draft, approved or archived", o.Status)
	}
	switch o.Kind {
	case "", offer.Promotion, offer.Action:
	default:
		k.fault(key, "kind", "unknown kind %q: use promotion or action", o.Kind)
	}
	k.distinct(key, "tags", len(o.Tags), func(i int) string { return string(o.Tags[i]) })
	k.representations(key, o.Representations)
	k.calendar(key, o.Start, o.End)
	k.constraints(key, o.Rule, o.Eligibility, o.Applicability, o.Suitability)
	k.caps(key, o.Caps)
	if o.Priority < 0 {
		k.fault(key, "priority", "%d is negative: use 0 or more", o.Priority)
	}
	k.expr(key, "acceptance", rules.Score, o.Acceptance)
}

// constraints checks the rules that an offer and a collection carry.
func (k *checker) constraints(key string, rule offer.RuleID, eligibility, applicability, suitability string) {
	ref(k, key, "rule", "rules", rule, k.rules)
	k.expr(key, "eligibility", rules.Condition, eligibility)
	k.expr(key, "applicability", rules.Condition, applicability)
	k.expr(key, "suitability", rules.Condition, suitability)
}

// distinct reports empty and repeated elements of a list of names, and how many
// names are empty.
func (k *checker) distinct(key, field string, n int, name func(i int) string) (empty int) {
	seen := make(map[string]int, n)
	for i := range n {
		element := strictjson.Element(key+"."+field, i)
		if name(i) == "" {
			k.fault(element, "", "is empty: remove it")
			empty++
			continue
		}
		if j, repeated := seen[name(i)]; repeated {
			k.fault(element, "", "repeats %s[%d]: remove one", field, j)
			continue
		}
		seen[name(i)] = i
	}
	return empty
}

func (k *checker) representations(key string, all []offer.Representation) {
	first := make(map[placement.ID]int, len(all))
	for i := range all {
		r, at := &all[i], strictjson.Element(key+".representations", i)
		p, ok := mustRef(k, at, "placement", "placements", r.Placement, k.placements)
		if j, repeated := first[r.Placement]; repeated && r.Placement != "" {
			k.fault(at, "placement", "%q has a representation already, representations[%d]: leave one", r.Placement, j)
			k.blamed = append(k.blamed, strictjson.Element(key+".representations", j))
		} else {
			first[r.Placement] = i
		}
		var to *placement.Placement
		if ok {
			to = &k.catalog.Placements[p]
		}
		k.components(at, r.Components, to)
	}
}

// components checks the components of the representation at key for a placement,
// which is nil if it is unknown.
func (k *checker) components(key string, all []offer.Component, to *placement.Placement) {
	if len(all) == 0 {
		k.fault(key, "components", "is missing: give at least one component")
	}
	for i := range all {
		c, at := &all[i], strictjson.Element(key+".components", i)
		k.mediaType(at, c.Type, to)
		for j, language := range c.Languages {
			if language == "" {
				k.fault(strictjson.Element(at+".languages", j), "", "is empty: remove it")
			}
		}
		switch {
		case c.Content != "" && c.URL != "":
			k.fault(at, "", "both content and url: give one of them")
		case c.Content == "" && c.URL == "" && k.absent(at, "content", "url"):
			k.fault(at, "", "neither content nor url: give one of them")
		}
	}
}

// mediaType checks the type of the component at key.
func (k *checker) mediaType(key, t string, to *placement.Placement) {
	_, sub, ok := placement.SplitType(t)
	switch {
	case t == "":
		k.fault(key, "type", "is missing: give a media type, such as image/png")
	case !ok || sub == "*":
		k.fault(key, "type", "%q is no media type of content: write one such as image/png", t)
	case to != nil && acceptsSome(to) && !to.Accepts(t):
		k.fault(key, "type", "placement %q does not accept %s, only %s", to.ID, t, strings.Join(to.ContentTypes, ", "))
	}
}

// acceptsSome reports whether the placement's own types are fit to compare with.
func acceptsSome(p *placement.Placement) bool {
	return len(p.ContentTypes) > 0 && !slices.ContainsFunc(p.ContentTypes, func(t string) bool {
		_, _, ok := placement.SplitType(t)
		return !ok
	})
}
