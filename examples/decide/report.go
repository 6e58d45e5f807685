package main

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/proffer-go/proffer/decisioning"
	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/profile"
)

// report returns the printer for people: who is proposed what, and why the other
// offers are not.
func report(out io.Writer) printer {
	return func(answer any) (err error) {
		switch a := answer.(type) {
		case decision:
			return reportDecision(out, a.whole)
		case receipt:
			_, err = fmt.Fprintf(out, "%s: %s\n\n", a.ID, a.done)
		case failure:
			_, err = fmt.Fprintf(out, "line %d: %s\n\n", a.Line, a.Error)
		}
		return err
	}
}

func reportDecision(out io.Writer, d *decisioning.Decision) error {
	who := cmp.Or(d.ProfileID, profile.ID("somebody"))
	fmt.Fprintf(out, "%s: %s, on %s\n", d.ID, who, d.At.Format("2 January 2006 at 15:04 MST"))
	t := table{tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)}
	for i := range d.Propositions {
		p := &d.Propositions[i]
		t.proposition(p)
		if trace := d.Trace[p.Activity]; trace != nil {
			t.excluded(trace.Excluded)
		}
	}
	t.row()
	return t.Flush()
}

// A table has a row for each offer, the proposed ones first.
type table struct{ *tabwriter.Writer }

// row writes the cells, without white space at the end.
func (t table) row(cells ...string) {
	fmt.Fprintln(t, strings.TrimRight(strings.Join(cells, "\t"), "\t"))
}

func (t table) proposition(p *decisioning.Proposition) {
	activity := "  " + string(p.Activity)
	switch p.Kind {
	case decisioning.ProposesOffer:
		for _, o := range p.Offers {
			t.row(activity, "+ "+string(o.ID), "score "+score(o.Score), "tier "+strconv.Itoa(o.Tier))
			activity = ""
		}
	case decisioning.ProposesFallback:
		t.row(activity, "+ "+string(p.Fallback.ID), "fallback")
	default:
		t.row(activity, "nothing", string(p.Reason))
	}
}

func (t table) excluded(offers map[offer.ID]decisioning.Exclusion) {
	for _, id := range slices.Sorted(maps.Keys(offers)) {
		t.row("", "- "+string(id), string(offers[id].Reason), offers[id].Detail)
	}
}

func score(s *float64) string {
	if s == nil {
		return "none"
	}
	return strconv.FormatFloat(*s, 'g', 6, 64)
}
