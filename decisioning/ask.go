package decisioning

import (
	"context"
	"fmt"
	"sync"

	"github.com/proffer-go/proffer/internal/jsonfacts"
	"github.com/proffer-go/proffer/internal/rules"
	slots "github.com/proffer-go/proffer/internal/slot"
	"github.com/proffer-go/proffer/profile"
)

// lacks returns what the sources could be asked for.
func (d *deciding) lacks() (lacks rules.Reads) {
	if d.request.ProfileID == "" {
		return 0
	}
	if !d.request.Profile.Given() && d.engine.config.Profiles != nil {
		lacks |= rules.ReadsProfile
	}
	if !d.request.Events.Given() && d.engine.config.Events != nil {
		lacks |= rules.ReadsEvents
	}
	return lacks
}

// missing returns what of it the sources have to be asked for. What can be told
// without them is: a closed activity asks for nothing.
func (d *deciding) missing(lacks rules.Reads) (reads rules.Reads) {
	for i := range d.slots {
		if s := &d.slots[i]; s.boundActivity != nil && s.openAt(d) && s.hasCandidates(d) {
			reads |= s.reads(d, lacks)
		}
	}
	return reads & lacks
}

// hasCandidates reports whether the calendar of any candidate is open.
func (s *slot) hasCandidates(d *deciding) bool {
	for t := range s.rankings {
		for e := range d.order(&s.rankings[t]).all {
			if e.open(d) {
				return true
			}
		}
	}
	return false
}

// reads returns what the open candidates of the slot read.
func (s *slot) reads(d *deciding, lacks rules.Reads) rules.Reads {
	reads := readsOf(s.conditions)
	if reads&lacks == 0 && !d.all(s.conditions) {
		return 0
	}
	open := func(t int) bool { // it is, or it may be
		conditions := s.selections[t].conditions
		return readsOf(conditions)&lacks != 0 || d.all(conditions)
	}
	for t := range s.rankings {
		if !open(t) {
			continue
		}
		reads |= readsOf(s.selections[t].conditions)
		for e := range d.order(&s.rankings[t]).all {
			if reads&lacks == lacks {
				return reads
			}
			if e.open(d) {
				o := d.option(e.offer)
				reads |= o.reads | s.rankings[t].reads(o, d.engine.config.Acceptance) | s.strategy.reads
			}
		}
	}
	return reads
}

func readsOf(conditions []condition) rules.Reads {
	var reads rules.Reads
	for _, c := range conditions {
		reads |= c.expr.Reads()
	}
	return reads
}

// ask asks the sources for what is missing, at the same time.
func (d *deciding) ask(ctx context.Context, missing rules.Reads) {
	var profileDoc, eventsDoc profile.Document
	var wait sync.WaitGroup
	if missing&rules.ReadsProfile != 0 {
		wait.Go(func() { profileDoc, d.errs.profile = d.askProfile(ctx) })
	}
	if missing&rules.ReadsEvents != 0 {
		wait.Go(func() { eventsDoc, d.errs.events = d.askEvents(ctx) })
	}
	wait.Wait()
	if d.errs.profile == nil && missing&rules.ReadsProfile != 0 {
		d.errs.profile = jsonfacts.In("profile", d.contained(func() error { return d.reader.Object(slots.Profile, profileDoc) }))
	}
	if d.errs.events == nil && missing&rules.ReadsEvents != 0 {
		d.errs.events = jsonfacts.In("events", d.contained(func() error { return d.reader.Events(eventsDoc) }))
	}
	if d.errs.profile != nil {
		d.reader.FailProfile()
		d.degrade(ProfileUnavailable, "", d.errs.profile)
	}
	if d.errs.events != nil {
		d.reader.FailEvents()
		d.degrade(EventsUnavailable, "", d.errs.events)
	}
}

// contained runs what reads values of the application, whose methods may panic.
func (d *deciding) contained(read func() error) (err error) {
	defer contain(&err)
	return read()
}

func (d *deciding) askProfile(ctx context.Context) (doc profile.Document, err error) {
	defer contain(&err)
	if doc, err = d.engine.config.Profiles.Profile(ctx, d.request.ProfileID); err != nil {
		err = fmt.Errorf("profile source: %w", err)
	}
	return doc, err
}

func (d *deciding) askEvents(ctx context.Context) (doc profile.Document, err error) {
	defer contain(&err)
	if doc, err = d.engine.config.Events.Events(ctx, d.request.ProfileID); err != nil {
		err = fmt.Errorf("event source: %w", err)
	}
	return doc, err
}
