package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strconv"

	"github.com/proffer-go/proffer/decisioning"
)

const usage = `decide answers requests for propositions, one JSON object a line.

  decide                       a small sample, for people
  decide -catalog FILE [-requests FILE] [flags]

Requests come from standard input if -requests is missing, and "-" names it.

`

// options are the command line.
type options struct {
	sample            bool   // no flags at all: files are embedded, the answer is for people
	catalog, requests string // files, "-" is standard input
	quarantine        bool
	explain           bool
	maxActivities     int // 0: the engine's default
	arbitration       decisioning.Arbitration
	seed              uint64
}

// parseOptions reads the command line. What is wrong with it, and the usage, are
// on stderr when it returns an error.
func parseOptions(args []string, stderr io.Writer) (options, error) {
	if len(args) == 0 {
		return options{sample: true, catalog: "sample/catalog.json", requests: "sample/requests.jsonl", explain: true}, nil
	}
	var o options
	flags := flag.NewFlagSet("decide", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		fmt.Fprint(stderr, usage)
		flags.PrintDefaults()
	}
	flags.StringVar(&o.catalog, "catalog", "", "the catalog, a JSON `file`")
	flags.StringVar(&o.requests, "requests", "-", "the requests, a `file` of JSON lines")
	flags.BoolVar(&o.quarantine, "quarantine", false, "leave faulty entities out instead of refusing the catalog")
	flags.BoolVar(&o.explain, "explain", false, "add to each decision why offers are not proposed")
	flags.Uint64Var(&o.seed, "seed", 0, "decides the order of ties")
	flags.Func("max-activities", "how `many` activities a request may have (default 30)", o.setMaxActivities)
	flags.Func("arbitration", "`how` activities compete for offers, optimal or sequential (default optimal)", o.setArbitration)
	if err := flags.Parse(args); err != nil {
		return o, err // is on stderr
	}
	err := o.check(flags.Args())
	if err != nil {
		fmt.Fprintln(stderr, "decide:", err)
		flags.Usage()
	}
	return o, err
}

// check finds what no single flag shows.
func (o *options) check(rest []string) error {
	switch {
	case len(rest) > 0:
		return fmt.Errorf("unexpected argument %q", rest[0])
	case o.catalog == "":
		return errors.New("-catalog is missing")
	case o.requests == "":
		return errors.New("-requests names no file")
	case o.catalog == "-" && o.requests == "-":
		return errors.New("catalog and requests cannot both be read from standard input")
	}
	return nil
}

func (o *options) setMaxActivities(s string) error {
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 {
		return errors.New("want a number from 1")
	}
	o.maxActivities = n
	return nil
}

func (o *options) setArbitration(s string) error {
	switch s {
	case "optimal":
		o.arbitration = decisioning.Optimal
	case "sequential":
		o.arbitration = decisioning.Sequential
	default:
		return errors.New("want optimal or sequential")
	}
	return nil
}

// open reads the catalog and opens the requests.
func (o *options) open(stdin io.Reader) (catalog []byte, requests io.ReadCloser, err error) {
	file, err := o.openFile(o.catalog, stdin)
	if err != nil {
		return nil, nil, err
	}
	defer file.Close()
	if catalog, err = io.ReadAll(file); err != nil {
		return nil, nil, err
	}
	requests, err = o.openFile(o.requests, stdin)
	return catalog, requests, err
}

func (o *options) openFile(name string, stdin io.Reader) (io.ReadCloser, error) {
	switch {
	case name == "-":
		return io.NopCloser(stdin), nil
	case o.sample:
		return sample.Open(name)
	default:
		return os.Open(name)
	}
}
