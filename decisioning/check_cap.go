package decisioning

import (
	"errors"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/proffer-go/proffer/capping"
	"github.com/proffer-go/proffer/offer"
)

func (k *checker) caps(of *place, all []offer.Cap) {
	if len(all) == 0 {
		return
	}
	var first firsts[offer.Cap] // by identity
	for i, c := range all {
		at := of.element("caps", i)
		k.limit(&at, c.Limit)
		switch c.Per {
		case offer.PerProfile, offer.PerAll:
		case "":
			k.fault(&at, "per", "is missing: use profile or all")
		case offer.PerDecision:
			k.fault(&at, "per", "only a contact policy counts per decision: use profile or all")
		default:
			k.fault(&at, "per", "unknown per %q: use profile or all", c.Per)
		}
		k.window(&at, c.Window)
		ref(k, &at, "placement", "placements", c.Placement, k.placements)

		c.Limit, c.Window = 0, c.Window.Normal()
		if j, repeated := first.find(c); repeated {
			k.fault(&at, "", "counts the same as caps[%d], for only the limit differs: leave one", j)
		} else if k.absent(&at, "per", "window", "counts", "placement") {
			first.add(c, i)
		}
	}
}

func (k *checker) contactPolicy(at *place, p *capping.ContactPolicy) {
	mustRef(k, at, "collection", "collections", p.Collection, k.collections)
	k.limit(at, p.Limit)
	switch p.Per {
	case offer.PerProfile, offer.PerAll:
	case offer.PerDecision:
		if !p.Window.IsZero() {
			k.fault(at, "window", "a policy per decision has no window: remove it")
		}
		if p.Counts != "" {
			k.fault(at, "counts", "a policy per decision counts propositions: remove it")
		}
	case "":
		k.fault(at, "per", "is missing: use profile, all or decision")
	default:
		k.fault(at, "per", "unknown per %q: use profile, all or decision", p.Per)
	}
	k.window(at, p.Window)
	ref(k, at, "placement", "placements", p.Placement, k.placements)
}

func (k *checker) limit(at *place, limit int64) {
	if limit < 1 {
		k.fault(at, "limit", "%d is below 1: give at least 1", limit)
	}
}

var weekdays = []string{"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"}

// window checks the window of the cap or contact policy.
func (k *checker) window(at *place, w offer.Window) {
	if w.IsZero() || k.schedules[w] != nil {
		return
	}
	before := k.found
	field := at.field("window")
	at = &field
	switch w.Every {
	case "", offer.Hour, offer.Day, offer.Week, offer.Month:
	default:
		k.fault(at, "every", "unknown period %q: use hour, day, week or month", w.Every)
	}
	if w.Rolling < 0 {
		k.fault(at, "rolling", "%v is not above 0: give a length such as 168h", w.Rolling)
	}
	switch {
	case w.Every != "" && w.Rolling != 0:
		k.fault(at, "", "both every and rolling: give one of them")
	case w.Every == "" && w.Rolling == 0 && k.absent(at, "every", "rolling"):
		k.fault(at, "", "neither every nor rolling: give one of them")
	}
	k.timezone(at, w)
	k.weekStart(at, w)
	if k.found == before {
		schedule, err := capping.NewSchedule(w)
		if err != nil {
			k.fault(at, "", "%v", err)
		}
		k.schedules[w] = schedule
	}
}

func (k *checker) weekStart(at *place, w offer.Window) {
	switch {
	case w.WeekStart == "":
	case !slices.Contains(weekdays, w.WeekStart):
		k.fault(at, "weekStart", "%q is no English weekday in lower case: use one of %s", w.WeekStart, strings.Join(weekdays, ", "))
	case w.Every == offer.Hour, w.Every == offer.Day, w.Every == offer.Month, w.Every == "" && w.Rolling != 0:
		k.fault(at, "weekStart", "only a window per week has one: remove it, or set every to week")
	}
}

func (k *checker) timezone(at *place, w offer.Window) {
	name := w.Timezone
	switch {
	case name == "":
		return
	case strings.EqualFold(name, "local"):
		k.fault(at, "timezone", "Local differs by machine: name a zone such as Europe/Berlin")
		return
	}
	_, err := time.LoadLocation(name)
	if path.Clean(name) != name {
		err = errors.New("not a name") // another spelling would count apart
	}
	if err != nil {
		k.fault(at, "timezone", "unknown time zone %q: name one such as Europe/Berlin", name)
	}
}
