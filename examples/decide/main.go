// Command decide is the library behind one command: to try a catalog without
// writing Go.
//
//	go run ./examples/decide
//	go run ./examples/decide -catalog catalog.json -requests requests.jsonl > decisions.jsonl
//
// Without flags it decides a small sample and tells a person what came of it and
// why. With a catalog it reads requests, one JSON object a line, and answers
// each with one line, in order, in constant memory. All count in one counter,
// whose clock is the latest "at" seen.
//
// The exit status is 0, 1 if any line failed, 2 if the catalog or the command
// line is faulty; then all faults stand on standard error, one a line.
package main

import (
	"embed"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // zones of windows, also where the machine has none
)

// What the command exits with.
const (
	statusOK     = iota
	statusFailed // a line could not be decided, read or answered
	statusFaulty // the catalog or the command line
)

//go:embed sample
var sample embed.FS

func main() {
	// A pipe that its reader has closed is a write error, not a silent end.
	signal.Ignore(syscall.SIGPIPE)
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// run is the command with everything that it touches, for tests.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	o, err := parseOptions(args, stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return statusOK
	case err != nil:
		return statusFaulty
	}
	catalog, requests, err := o.open(stdin)
	if err != nil {
		fmt.Fprintln(stderr, "decide:", err)
		return statusFaulty
	}
	defer requests.Close()
	d, err := newDecider(catalog, o, stderr)
	if err != nil {
		printFaults(stderr, o.catalog, err)
		return statusFaulty
	}
	form := jsonLines
	if o.sample {
		form = report
	}
	return d.run(requests, stdout, stderr, form)
}
