package decisioning_test

import (
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/proffer-go/proffer/decisioning"
	"github.com/proffer-go/proffer/profile"
)

// request is the ask as the engine gets it.
func (a *inquiry) request(at time.Time) decisioning.Request {
	r := decisioning.Request{
		ID: a.ID, ProfileID: a.ProfileID, At: at, Activities: a.Activities, Exclude: a.Exclude, AllowDuplicates: a.AllowDuplicates,
		DryRun: a.DryRun, Hold: a.Hold, Trace: decisioning.TraceReasons,
	}
	document := func(text string) profile.Document {
		var v any
		switch {
		case text == "":
			return profile.Document{}
		case a.Values && decodeFact(text, &v) == nil:
			return profile.Values(v)
		default:
			return profile.JSON([]byte(text))
		}
	}
	r.Profile, r.Events, r.Context = document(a.Profile), document(a.Events), document(a.Context)
	return r
}

// facts are what the rules are to see of the ask.
func (a *inquiry) facts(at time.Time, s setup) (judgeFacts, error) {
	var p, c map[string]any
	var e []map[string]any
	if err := errors.Join(decodeFact(a.Profile, &p), decodeFact(a.Context, &c), decodeFact(a.Events, &e)); err != nil {
		return judgeFacts{}, errMalformed
	}
	ask := func(source part, given, stored string, into any) (failed bool) {
		if given != "" || source == "" || a.ProfileID == "" { // nobody asks a source about nobody
			return false
		}
		return source != works || decodeFact(stored, into) != nil
	}
	noProfile := ask(s.Profiles, a.Profile, storedProfile, &p)
	noEvents := ask(s.Events, a.Events, storedEvents, &e)
	f := newJudgeFacts(at, p, c, e)
	f.profileFailed, f.eventsFailed = noProfile, noEvents
	return f, nil
}

// decodeFact reads a document that is there; to repeat a key and null are no use.
func decodeFact(text string, into any) error {
	switch {
	case text == "":
		return nil
	case text == "null", strings.Contains(text, repeatedKey):
		return errMalformed
	default:
		return json.Unmarshal([]byte(text), into)
	}
}
