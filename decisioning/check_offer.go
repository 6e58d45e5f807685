package decisioning

import (
	"slices"
	"strings"

	"github.com/proffer-go/proffer/constraint"
	"github.com/proffer-go/proffer/internal/rules"
	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/placement"
)

func (k *checker) placement(at *place, p *placement.Placement) {
	if len(p.ContentTypes) == 0 {
		k.fault(at, "contentTypes", "accepts nothing: give at least one media type, such as image/png or image/*")
	}
	for i, t := range p.ContentTypes {
		if _, _, ok := placement.SplitType(t); !ok {
			accepted := at.element("contentTypes", i)
			k.fault(&accepted, "", "%q is no media type: write one such as image/png or image/*", t)
		}
	}
}

func (k *checker) rule(at *place, r *constraint.Rule) {
	k.required(at, "expr", rules.Condition, r.Expr)
}

func (k *checker) offer(at *place, o *offer.Offer) {
	switch o.Status {
	case "", offer.Draft, offer.Approved, offer.Archived:
	default:
		k.fault(at, "status", "unknown status %q: use draft, approved or archived", o.Status)
	}
	switch o.Kind {
	case "", offer.Promotion, offer.Action:
	default:
		k.fault(at, "kind", "unknown kind %q: use promotion or action", o.Kind)
	}
	distinct(k, at, "tags", o.Tags)
	k.representations(at, o.Representations)
	k.calendar(at, o.Start, o.End)
	k.constraints(at, o.Rule, o.Eligibility, o.Applicability, o.Suitability)
	k.caps(at, o.Caps)
	if o.Priority < 0 {
		k.fault(at, "priority", "%d is negative: use 0 or more", o.Priority)
	}
	k.expr(at, "acceptance", rules.Score, o.Acceptance)
}

// constraints checks the rules that an offer and a collection carry.
func (k *checker) constraints(at *place, rule offer.RuleID, eligibility, applicability, suitability string) {
	ref(k, at, "rule", "rules", rule, k.rules)
	k.expr(at, "eligibility", rules.Condition, eligibility)
	k.expr(at, "applicability", rules.Condition, applicability)
	k.expr(at, "suitability", rules.Condition, suitability)
}

// distinct reports empty and repeated elements of a list of names, and how many
// names are empty.
func distinct[T ~string](k *checker, at *place, field string, names []T) (empty int) {
	var first firsts[T]
	for i, name := range names {
		element := at.element(field, i)
		if name == "" {
			k.fault(&element, "", "is empty: remove it")
			empty++
			continue
		}
		if j, repeated := first.find(name); repeated {
			k.fault(&element, "", "repeats %s[%d]: remove one", field, j)
			continue
		}
		first.add(name, i)
	}
	return empty
}

// fallbackOffer checks a fallback.
func (k *checker) fallbackOffer(at *place, f *offer.Fallback) {
	k.representations(at, f.Representations)
}

func (k *checker) representations(of *place, all []offer.Representation) {
	var first firsts[placement.ID]
	for i := range all {
		r, at := &all[i], of.element("representations", i)
		p, ok := mustRef(k, &at, "placement", "placements", r.Placement, k.placements)
		if j, repeated := first.find(r.Placement); repeated && r.Placement != "" {
			k.fault(&at, "placement", "%q has a representation already, representations[%d]: leave one", r.Placement, j)
			earlier := of.element("representations", j)
			k.blamed = append(k.blamed, earlier.key())
		} else if !repeated {
			first.add(r.Placement, i)
		}
		if !ok {
			p = unknown
		}
		k.components(&at, r.Components, p)
	}
}

// unknown is the index of a placement that there is not.
const unknown = -1

// components checks the components of the representation at the place, for a
// placement by its index.
func (k *checker) components(of *place, all []offer.Component, p int) {
	if len(all) == 0 {
		k.fault(of, "components", "is missing: give at least one component")
	}
	for i := range all {
		c, at := &all[i], of.element("components", i)
		k.mediaType(&at, c.Type, p)
		for j, language := range c.Languages {
			if language == "" {
				element := at.element("languages", j)
				k.fault(&element, "", "is empty: remove it")
			}
		}
		switch {
		case c.Content != "" && c.URL != "":
			k.fault(&at, "", "both content and url: give one of them")
		case c.Content == "" && c.URL == "" && k.absent(&at, "content", "url"):
			k.fault(&at, "", "neither content nor url: give one of them")
		}
	}
}

// mediaType checks the type of the component at the place, unless the placement is
// known to accept it.
func (k *checker) mediaType(at *place, t string, p int) {
	var to *placement.Placement
	if p != unknown {
		if slices.Contains(k.accepted[p], t) {
			return
		}
		to = &k.catalog.Placements[p]
	}
	_, sub, ok := placement.SplitType(t)
	switch {
	case t == "":
		k.fault(at, "type", "is missing: give a media type, such as image/png")
	case !ok || sub == "*":
		k.fault(at, "type", "%q is no media type of content: write one such as image/png", t)
	case to == nil:
	case acceptsSome(to) && !to.Accepts(t):
		k.fault(at, "type", "placement %q does not accept %s, only %s", to.ID, t, strings.Join(to.ContentTypes, ", "))
	case len(k.accepted[p]) < maxAccepted:
		k.accepted[p] = append(k.accepted[p], t)
	}
}

// maxAccepted is how many media types of a placement are remembered as right.
const maxAccepted = 8

// acceptsSome reports whether the placement's own types are fit to compare with.
func acceptsSome(p *placement.Placement) bool {
	return len(p.ContentTypes) > 0 && !slices.ContainsFunc(p.ContentTypes, func(t string) bool {
		_, _, ok := placement.SplitType(t)
		return !ok
	})
}
