package decisiontest

import (
	"context"
	"testing"

	"github.com/proffer-go/proffer/profile"
)

// TestSource checks that the source keeps the rules of [profile.Source]. The
// first id is of a person that it knows, the second of one that it does not.
func TestSource(tb testing.TB, s profile.Source, known, unknown profile.ID) {
	tb.Helper()
	testSource(tb, "Profile", s.Profile, known, unknown)
}

// TestEventSource checks that the source keeps the rules of
// [profile.EventSource]. The first id is of a person that it knows, the second
// of one that it does not.
func TestEventSource(tb testing.TB, s profile.EventSource, known, unknown profile.ID) {
	tb.Helper()
	testSource(tb, "Events", s.Events, known, unknown)
}

func testSource(tb testing.TB, method string, ask func(context.Context, profile.ID) (profile.Document, error), known, unknown profile.ID) {
	tb.Helper()
	doc, err := ask(tb.Context(), known)
	if err != nil || !doc.Given() {
		tb.Errorf("%s of a known person: given %v, error %v", method, doc.Given(), err)
	}
	doc, err = ask(tb.Context(), unknown)
	if err != nil {
		tb.Errorf("%s of an unknown person: %v: an unknown person is an answer, the zero Document", method, err)
	}
	if doc.Given() && len(doc.Text()) == 0 && doc.Value() == nil {
		tb.Errorf("%s of an unknown person gave an empty document: return the zero one", method)
	}
	// It may answer from memory, but must not hang.
	_, _ = ask(cancelled(tb), known)
	checkConcurrent(tb, func() bool {
		doc, err := ask(tb.Context(), known)
		return err == nil && doc.Given()
	})
}
