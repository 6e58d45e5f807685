package decisioning

import (
	"errors"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/proffer-go/proffer/capping"
	"github.com/proffer-go/proffer/internal/strictjson"
	"github.com/proffer-go/proffer/offer"
)

func (k *checker) caps(key string, all []offer.Cap) {
	first := make(map[offer.Cap]int, len(all)) // by identity
	for i, c := range all {
		at := strictjson.Element(key+".caps", i)
		k.limit(at, c.Limit)
		switch c.Per {
		case offer.PerProfile, offer.PerAll:
		case "":
			k.fault(at, "per", "is missing: use profile or all")
		case offer.PerDecision:
			k.fault(at, "per", "only a contact policy counts per decision: use profile or all")
		default:
			k.fault(at, "per", "unknown per %q: use profile or all", c.Per)
		}
		k.window(at, c.Window)
		ref(k, at, "placement", "placements", c.Placement, k.placements)

		c.Limit, c.Window = 0, c.Window.Normal()
		if j, repeated := first[c]; repeated {
			k.fault(at, "", "counts the same as caps[%d], for only the limit differs: leave one", j)
		} else if k.absent(at, "per", "window", "counts", "placement") {
			first[c] = i
		}
	}
}

func (k *checker) contactPolicy(key string, p *capping.ContactPolicy) {
	mustRef(k, key, "collection", "collections", p.Collection, k.collections)
	k.limit(key, p.Limit)
	switch p.Per {
	case offer.PerProfile, offer.PerAll:
	case offer.PerDecision:
		if !p.Window.IsZero() {
			k.fault(key, "window", "a policy per decision has no window: remove it")
		}
		if p.Counts != "" {
			k.fault(key, "counts", "a policy per decision counts propositions: remove it")
		}
	case "":
		k.fault(key, "per", "is missing: use profile, all or decision")
	default:
		k.fault(key, "per", "unknown per %q: use profile, all or decision", p.Per)
	}
	k.window(key, p.Window)
	ref(k, key, "placement", "placements", p.Placement, k.placements)
}

func (k *checker) limit(key string, limit int64) {
	if limit < 1 {
		k.fault(key, "limit", "%d is below 1: give at least 1", limit)
	}
}

var weekdays = []string{"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"}

// window checks the window of the cap or contact policy at key.
func (k *checker) window(key string, w offer.Window) {
	if w.IsZero() || k.schedules[w] != nil {
		return
	}
	before := len(k.faults)
	key = strictjson.Field(key, "window")
	switch w.Every {
	case "", offer.Hour, offer.Day, offer.Week, offer.Month:
	default:
		k.fault(key, "every", "unknown period %q: use hour, day, week or month", w.Every)
	}
	if w.Rolling < 0 {
		k.fault(key, "rolling", "%v is not above 0: give a length such as 168h", w.Rolling)
	}
	switch {
	case w.Every != "" && w.Rolling != 0:
		k.fault(key, "", "both every and rolling: give one of them")
	case w.Every == "" && w.Rolling == 0 && k.absent(key, "every", "rolling"):
		k.fault(key, "", "neither every nor rolling: give one of them")
	}
	k.timezone(key, w)
	k.weekStart(key, w)
	if len(k.faults) == before {
		schedule, err := capping.NewSchedule(w)
		if err != nil {
			k.fault(key, "", "%v", err)
		}
		k.schedules[w] = schedule
	}
}

func (k *checker) weekStart(key string, w offer.Window) {
	switch {
	case w.WeekStart == "":
	case !slices.Contains(weekdays, w.WeekStart):
		k.fault(key, "weekStart", "%q is no English weekday in lower case: use one of %s", w.WeekStart, strings.Join(weekdays, ", "))
	case w.Every == offer.Hour, w.Every == offer.Day, w.Every == offer.Month, w.Every == "" && w.Rolling != 0:
		k.fault(key, "weekStart", "only a window per week has one: remove it, or set every to week")
	}
}

func (k *checker) timezone(key string, w offer.Window) {
	name := w.Timezone
	switch {
	case name == "":
		return
	case strings.EqualFold(name, "local"):
		k.fault(key, "timezone", "Local differs by machine: name a zone such as Europe/Berlin")
		return
	}
	_, err := time.LoadLocation(name)
	if path.Clean(name) != name {
		err = errors.New("not a name") // another spelling would count apart
	}
	if err != nil {
		k.fault(key, "timezone", "unknown time zone %q: name one such as Europe/Berlin", name)
	}
}
