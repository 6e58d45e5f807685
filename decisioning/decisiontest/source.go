package decisiontest

import (
	"context"
	"testing"

	"github.com/proffer-go/proffer/profile"
)

// TestSource checks that the source keeps the rules of [profile.Source]. The
// first id is of a person that it knows, the second of one that it does not.
func TestSource(t testing.TB, s profile.Source, known, unknown profile.ID) {
	t.Helper()
	testSource(t, "Profile", s.Profile, known, unknown)
}

// TestEventSource checks that the source keeps the rules of
// [profile.EventSource]. The first id is of a person that it knows, the second
// of one that it does not.
func TestEventSource(t testing.TB, s profile.EventSource, known, unknown profile.ID) {
	t.Helper()
	testSource(t, "Events", s.Events, known, unknown)
}

func testSource(t testing.TB, method string, ask func(context.Context, profile.ID) (profile.Document, error), known, unknown profile.ID) {
	t.Helper()
	doc, err := ask(t.Context(), known)
	if err != nil || !doc.Given() {
		t.Errorf("%s of a known person: given %v, error %v", method, doc.Given(), err)
	}
	doc, err = ask(t.Context(), unknown)
	if err != nil {
		t.Errorf("%s of an unknown person: %v: an unknown person is an answer, the zero Document", method, err)
	}
	if doc.Given() && len(doc.Text()) == 0 && doc.Value() == nil {
		t.Errorf("%s of an unknown person gave an empty document: return the zero one", method)
	}
	// It may answer from memory, but must not hang.
	_, _ = ask(cancelled(t), known)
	checkConcurrent(t, func() bool {
		doc, err := ask(t.Context(), known)
		return err == nil && doc.Given()
	})
}
