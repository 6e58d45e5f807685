package decisioning_test

import (
	"fmt"
	"strings"

	"github.com/proffer-go/proffer/constraint"
)

// atoms are rules over attributes that are there or not, of the right type or
// not, and over events.
var atoms = []string{
	"profile.age >= 18.0",
	"profile.age >= 18",
	"profile.age < 30.5",
	"18 <= profile.age",
	"profile.age > 18 && profile.age <= 40",
	"profile.age + 1.0 > 20.0",
	"profile.age / 0.0 > 1.0",
	"profile.age == null",
	"profile.age in [1, 20, 30u, 41.5]",
	"int(profile.age) % 2 == 0",
	"profile['age'] != 20",
	"profile.?age.orValue(0.0) > 3.0",
	"type(profile.age) == double",
	"'age' in profile",
	"profile.tier == 'gold'",
	"profile.tier != 'gold'",
	"profile.tier in ['gold', 'platinum']",
	"!(profile.tier in ['gold', 7, null])",
	"profile.tier.startsWith('g')",
	"profile.tier.matches('^g.*d$')",
	"profile.tier.size() > 4",
	"profile.tier + '!' == 'gold!'",
	"profile.tier < 'h'",
	"'a' in profile.owns",
	"profile.owns.exists(p, p == 'a')",
	"!profile.owns.exists(p, p == 'b')",
	"profile.owns.all(p, p != 'b')",
	"profile.owns.exists_one(p, p.startsWith('a'))",
	"profile.owns.size() > 1",
	"size(profile.owns) == 0",
	"profile.owns[0] == 'a'",
	"profile.owns == ['a', 'b']",
	"profile.owns.filter(p, p != 'a').size() == 1",
	"has(profile.vip)",
	"!has(profile.vip)",
	"has(profile.vip) && profile.vip",
	"profile.vip",
	"!profile.vip",
	"profile.vip == true",
	"profile.vip != false",
	"profile.address.city == 'Berlin'",
	"has(profile.address.city)",
	"has(profile.address) && has(profile.address.zip)",
	"profile.address.zip == profile.age",
	"profile.address.exists(k, k == 'city')",
	"profile.address.exists(k, v, v == 'Berlin')",
	"profile[?'address'][?'city'].hasValue()",
	"profile == {}",
	"profile.size() < 4",
	"profile['a b'] == 1",
	"profile.scores.map(s, s * 2.0).exists(s, s > 5.0)",
	"math.greatest(profile.scores) > 2.0",
	"profile.scores.all(s, s < 10)",
	"geo.distance(profile.lat, 13.4, 52.5, 13.4) < 100000.0",
	"context.weather == 'hot'",
	"has(context.limit) && profile.age > context.limit",
	"profile.age > context.limit",
	"context.limit * 2.0 <= profile.age",
	"context.weather in profile.owns",
	"events.ofType('buy').size() > 0",
	"events.ofType('buy').size() == 0",
	"events.within(duration('24h')).size() >= 2",
	"events.within(duration('1h')).size() == 0",
	"events.ofType('buy').within(duration('48h')).size() == 1",
	"events.within(duration('48h')).ofType('view').size() < 2",
	"events.within(duration('24h')).exists(e, e.amount > 10.0)",
	"events.exists(e, e.amount > 10)",
	"events.exists(e, has(e.amount) && e.amount > 10)",
	"events.all(e, e.eventType != 'buy')",
	"events.filter(e, has(e.amount)).ofType('buy').size() >= 1",
	"events.ofType(profile.tier).size() > 0",
	"events.size() < 2",
	"size(events) > 0",
	"events[0].eventType == 'buy'",
	"now >= timestamp('2026-06-01T12:00:00Z')",
	"now.getHours() < 13",
	"timestamp(profile.since) < now",
	"now - timestamp(profile.since) > duration('24h')",
	"profile.since > string(now)",
	"cel.bind(x, profile.age, x > 3 && x < 40)",
	"sets.intersects(profile.owns, ['a', 'z'])",
	"profile.tier.split('o').size() == 2",
	"profile.nothing",
	"profile.nothing == 1 || true",
	"true || profile.nothing == 1",
	"profile.nothing == 1 && false",
	"1 / 0 == 1",
	"dyn(1)",
	"true",
	"false",
}

// rule draws a rule: an atom, or some joined.
func (g *generator) rule() string {
	if len(g.pool) > 0 {
		return pick(g, g.pool)
	}
	atom := func() string { return pick(g, atoms) }
	switch g.upTo(7) {
	case 5:
		return fmt.Sprintf("(%s) && (%s)", atom(), atom())
	case 6:
		return fmt.Sprintf("(%s) || !(%s)", atom(), atom())
	case 7:
		return fmt.Sprintf("(%s) ? (%s) : (%s)", atom(), atom(), atom())
	default:
		return atom()
	}
}

// condition draws the rule of a policy. Where a source fails it reads nothing
// besides: of a rule that errs twice it is not for sure why it errs.
func (g *generator) condition() string {
	when := g.rule()
	for broken := g.s.Setup.Profiles != "" || g.s.Setup.Events != ""; broken; {
		when = pick(g, atoms)
		broken = false
		for _, two := range [][2]string{{"profile", "context"}, {"events", "context"}, {"profile", "events"}} {
			broken = broken || strings.Contains(when, two[0]) && strings.Contains(when, two[1])
		}
	}
	return when
}

func (g *generator) maybeRule() string {
	if g.chance(g.ruled) {
		return g.rule()
	}
	return ""
}

func (g *generator) sharedRule() constraint.RuleID {
	if rules := g.s.Catalog.Rules; len(rules) > 0 && g.chance(2) {
		return pick(g, rules).ID
	}
	return ""
}

// formulas score offers, and some do not; they serve as acceptance too.
var formulas = []string{
	"offer.priority",
	"offer.priority * 2.0",
	"offer.value - offer.cost",
	"offer.value",
	"1.0",
	"2",
	"3u",
	"0.1 * offer.priority",
	"offer.priority * 0.0000005",
	"offer.attributes.margin",
	"offer.attributes.margin * 10.0",
	"has(offer.attributes.brand) && offer.attributes.brand == 'blue' ? 2.0 : 1.0",
	"context.weather == 'hot' ? 2.0 : offer.priority",
	"double(profile.age) * 0.01",
	"profile.age * offer.value",
	"profile.age",
	"profile.nothing",
	"0.0 / 0.0",
	"1.0 / 0.0",
	"-1.0",
	"offer.priority * 600000000.0",
	"offer.tags.size()",
	"double(offer.tags.size()) / 3.0",
	"offer.id == 'o1' ? 3.0 : 1.0",
	"offer.name.size()",
	"offer.kind == 'action' ? -1.0 : 1.0",
	"activity.count + offer.cost",
	"activity.id == 'a0' ? 1.0 : 0.3",
	"events.ofType('buy').size()",
	"'a' in offer.tags ? 0.25 : 0.75",
	"math.least(offer.value, 2.0)",
	"profile.owns.exists(p, p in offer.tags) ? 1.5 : 0.5",
	"now > timestamp('2020-01-01T00:00:00Z') ? 1.0 : 2.0",
}

// tinyFormulas score halves of millionths, which are rounded to even.
var tinyFormulas = []string{
	"offer.priority * 0.0000005",
	"offer.priority * 0.0000015",
	"offer.value * 0.0000005",
	"0.0000005",
	"0.0000015",
	"0.000001",
}

// untils end policies.
var untils = []string{
	"timestamp('2026-06-01T12:00:00Z')",
	"timestamp('2026-06-02T00:00:00Z')",
	"timestamp(profile.since)",
	"timestamp(profile.since) + duration('96h')",
	"profile.since",
	"profile.nothing",
	"now + duration('1h')",
	"now",
}
