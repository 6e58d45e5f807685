package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/proffer-go/proffer/decisioning"
)

// A decider answers lines, one after the other, from one snapshot and one
// counter in memory.
type decider struct {
	engine *decisioning.Engine
	trace  decisioning.TraceLevel
	latest time.Time // the latest "at" seen: the clock of engine and counter
}

// newDecider compiles the catalog. Faults that quarantine mode left out are
// printed to stderr, all others returned.
func newDecider(catalog []byte, o options, stderr io.Writer) (*decider, error) {
	var how []decisioning.CompileOption
	if o.quarantine {
		how = append(how, decisioning.Quarantine())
	}
	snapshot, err := decisioning.CompileJSON(catalog, how...)
	if err != nil {
		return nil, err
	}
	d := &decider{}
	if o.explain {
		d.trace = decisioning.TraceReasons
	}
	d.engine, err = decisioning.New(decisioning.Config{
		Strategy:      decisioning.Strategy{Arbitration: o.arbitration},
		Now:           func() time.Time { return d.latest },
		Seed:          o.seed,
		MaxActivities: o.maxActivities,
	})
	if err != nil {
		return nil, err
	}
	if err := d.engine.Publish(snapshot); err != nil {
		return nil, err
	}
	if faults := d.engine.Faults(); len(faults) > 0 {
		printFaults(stderr, o.catalog, faults)
	}
	return d, nil
}

// run answers all lines of in on stdout and returns the exit status.
func (d *decider) run(in io.Reader, stdout, stderr io.Writer, form func(io.Writer) printer) int {
	out := bufio.NewWriterSize(stdout, 64<<10)
	failed, err := d.answerAll(context.Background(), tied{in: in, out: out}, form(out))
	if err == nil {
		err = out.Flush()
	}
	if err != nil {
		fmt.Fprintln(stderr, "decide:", err)
	}
	if failed || err != nil {
		return statusFailed
	}
	return statusOK
}

// answerAll answers line by line, in constant memory. It returns whether any
// failed, and the error that ended it before the lines did.
func (d *decider) answerAll(ctx context.Context, in io.Reader, write printer) (failed bool, err error) {
	lines := newLineReader(in)
	for {
		text, err := lines.next()
		switch {
		case errors.Is(err, io.EOF):
			return failed, nil
		case err != nil && !errors.Is(err, errTooLong):
			return failed, err
		}
		var answer any
		if err == nil {
			answer, err = d.answer(ctx, text)
		}
		if err != nil {
			failed = true
			answer = failure{Line: lines.number, ID: findID(text), Error: err.Error()}
		}
		if err := write(answer); err != nil {
			return failed, err
		}
	}
}

// answer does what the line asks for.
func (d *decider) answer(ctx context.Context, text []byte) (any, error) {
	l, err := parseLine(text)
	if err != nil {
		return nil, err
	}
	if l.at.After(d.latest) {
		d.latest = l.at
	}
	switch {
	case l.Record != nil:
		return receipt{ID: l.Record.ID, OK: true, done: "recorded"}, d.record(ctx, l)
	case l.Confirm != nil:
		return receipt{ID: *l.Confirm, OK: true, done: "confirmed"}, d.engine.Confirm(ctx, *l.Confirm)
	case l.Release != nil:
		return receipt{ID: *l.Release, OK: true, done: "released"}, d.engine.Release(ctx, *l.Release)
	default:
		whole, err := d.engine.Decide(ctx, l.request(d.trace))
		if err != nil {
			return nil, err
		}
		return decision{whole.ID, whole.Propositions, whole.Degraded, whole.Trace, whole}, nil
	}
}

// record records what happened, if its line does not say when, at the latest
// instant seen.
func (d *decider) record(ctx context.Context, l *line) error {
	if l.Record.At == nil {
		if l.at = d.latest; l.at.IsZero() {
			return errors.New("at: missing, and no line before says what time it is")
		}
	}
	return d.engine.Record(ctx, l.Record.outcome(l.at))
}
