package workload

import (
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
)

// A Kind is what an attribute holds.
type Kind int

// The kinds of attributes.
const (
	Number Kind = iota // within Low and High
	Text               // one of Values
	Flag               // true for Share of the people
	Set                // some of Values, each for Share of the people
	Word               // a text of its own for each person
)

// An Attribute is a fact of a profile or a context.
type Attribute struct {
	Root, Name string // profile, address.city
	Kind       Kind
	Low, High  float64
	Whole      bool // a number without fraction
	Values     []string
	Share      float64
	Present    float64 // share of the people who have it; 0: all

	Index int // among [Attributes]
}

// Path is how CEL and expr name the attribute.
func (a *Attribute) Path() string { return a.Root + "." + a.Name }

// Optional reports whether some people lack the attribute by nature. Rules only
// ask for its presence.
func (a *Attribute) Optional() bool { return a.Present > 0 }

// Attributes are the 57 of the profile and the 6 of the context, in the order in
// which JSON has them.
func Attributes() []*Attribute {
	all := []*Attribute{
		word("externalId"), word("email"), word("lastName"),
		number("age", 18, 90), number("householdSize", 1, 6), number("incomeYearly", 0, 180_000),
		number("tenureMonths", 0, 240), number("loyaltyPoints", 0, 50_000), fraction("lifetimeValue", 0, 9000),
		fraction("debtRatio", 0, 1), number("creditScore", 300, 850), fraction("churnRisk", 0, 1),
		number("sessionsLast30Days", 0, 60), fraction("averageBasket", 5, 250), number("ordersTotal", 0, 120),
		number("returnsTotal", 0, 30), number("supportCalls", 0, 20), fraction("discountShare", 0, 1),
		fraction("distanceToStore", 0, 80), number("daysSincePurchase", 0, 365), fraction("emailOpenRate", 0, 1),
		fraction("propensityCard", 0, 1), fraction("propensityLoan", 0, 1), fraction("propensityTravel", 0, 1),
		number("netPromoterScore", -100, 100),
		text("tier", "basic", "silver", "gold", "platinum"), text("segment", names("crm-segment-2026", 12)...),
		text("gender", "f", "m", "x"), text("maritalStatus", "single", "married", "divorced", "widowed"),
		text("language", "de", "en", "es", "fr", "it", "nl", "pl", "pt"), text("occupation", names("occupation-group", 25)...),
		text("acquisitionChannel", "search", "social", "referral", "store", "partner", "mail"),
		text("device", "ios", "android", "windows", "mac", "linux"), text("lifecycle", "prospect", "new", "active", "lapsing", "lost"),
		text("preferredStore", names("flagship-store", 40)...), text("favouriteBrand", names("brand-partner", 30)...),
		text("favouriteCategory", names("merchandise-category", 20)...),
		flag("newsletter", 0.6), flag("pushEnabled", 0.5), flag("homeOwner", 0.4), flag("employee", 0.05),
		flag("verified", 0.8), flag("darkMode", 0.3), flag("consentProfiling", 0.7),
		set("owns", 0.4, names("product-line-2026", 30)...), set("interests", 0.5, names("interest-in-topic", 40)...),
		set("channels", 0.5, "email", "push", "sms", "web", "store", "call"), set("coupons", 0.4, names("loyalty-coupon-2026", 24)...),
		optional(word("referredBy"), 0.35), optional(number("openComplaint", 1, 9), 0.1), optional(flag("autoRenew", 0.5), 0.7),
		text("address.country", names("residence-country", 20)...), text("address.city", names("metropolitan-area", 50)...),
		fraction("address.latitude", 36, 60), fraction("address.longitude", -9, 25),
		fraction("account.balance", -500, 20_000), number("account.cards", 0, 5),
		context(text("weather", "sun", "cloud", "rain", "snow", "storm")), context(number("temperature", -10, 40)),
		context(number("hour", 0, 23)), context(text("channel", "web", "app", "mail", "kiosk")),
		context(text("campaign", names("spring-campaign", 10)...)), context(flag("returning", 0.6)),
	}
	for i, a := range all {
		a.Index = i
	}
	return all
}

func number(name string, low, high float64) *Attribute {
	return &Attribute{Root: "profile", Name: name, Kind: Number, Low: low, High: high, Whole: true}
}

func fraction(name string, low, high float64) *Attribute {
	return &Attribute{Root: "profile", Name: name, Kind: Number, Low: low, High: high}
}

func text(name string, values ...string) *Attribute {
	return &Attribute{Root: "profile", Name: name, Kind: Text, Values: values}
}

func flag(name string, share float64) *Attribute {
	return &Attribute{Root: "profile", Name: name, Kind: Flag, Share: share}
}

func set(name string, share float64, values ...string) *Attribute {
	return &Attribute{Root: "profile", Name: name, Kind: Set, Share: share, Values: values}
}

func word(name string) *Attribute { return &Attribute{Root: "profile", Name: name, Kind: Word} }

func optional(a *Attribute, present float64) *Attribute {
	a.Present = present
	return a
}

func context(a *Attribute) *Attribute {
	a.Root = "context"
	return a
}

func names(prefix string, n int) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = prefix + "-" + strconv.Itoa(i)
	}
	return all
}

// draw returns a value of the attribute: float64, string, bool or []string. With
// skew, small numbers and the first values are by far the most frequent.
func (a *Attribute) draw(rng *rand.Rand, skew bool) any {
	switch a.Kind {
	case Number:
		u := rng.Float64()
		if skew {
			u = math.Pow(u, 4)
		}
		if a.Whole {
			return math.Floor(a.Low + (a.High-a.Low+1)*u)
		}
		return math.Round(100*(a.Low+(a.High-a.Low)*u)) / 100
	case Text:
		return a.Values[pick(rng, len(a.Values), skew)]
	case Flag:
		return rng.Float64() < a.Share
	case Set:
		members := make([]string, 0, 8)
		for i, v := range a.Values {
			share := a.Share
			if skew {
				share = min(1, 2*a.Share/float64(1+i/2))
			}
			if rng.Float64() < share {
				members = append(members, v)
			}
		}
		return members
	default:
		return a.word(rng)
	}
}

func (a *Attribute) word(rng *rand.Rand) string {
	const letters = "abcdefghijklmnopqrstuvwxyz"
	var b strings.Builder
	for range 60 {
		b.WriteByte(letters[rng.IntN(len(letters))])
	}
	if a.Name == "email" {
		b.WriteString("@" + mailHosts[rng.IntN(len(mailHosts))])
	}
	return b.String()
}

var mailHosts = []string{"example.com", "example.org", "example.net", "mail.example.com", "post.example.org"}

// pick returns an index below n: all alike, or with skew by Zipf's law.
func pick(rng *rand.Rand, n int, skew bool) int {
	if !skew {
		return rng.IntN(n)
	}
	return pickBy(rng, zipf(n, 1.2))
}

// zipf returns the running sums of n weights that fall with the rank.
func zipf(n int, exponent float64) []float64 {
	sums := make([]float64, n)
	total := 0.0
	for i := range sums {
		total += math.Pow(float64(i+1), -exponent)
		sums[i] = total
	}
	return sums
}

// pickBy returns an index by the running sums of weights.
func pickBy(rng *rand.Rand, sums []float64) int {
	i, _ := slices.BinarySearch(sums, rng.Float64()*sums[len(sums)-1])
	return min(i, len(sums)-1)
}
