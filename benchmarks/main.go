// Command benchmarks measures proffer side by side with what one would use
// instead, in one process and on one generated workload, and prints a table:
//
//	go run .                                  all of it, in some minutes
//	go run . -md FILE                         and writes the table as Markdown
//	go run . -quick -json                     the main rows in less than a minute, as JSON
//	go run . -quick -check baseline.json      fails where it fell behind the baseline
//	go run . -quick -record baseline.json     writes the baseline
//
// Proffer and the peers decide the same requests, and are compared offer by offer,
// before anything is timed. Package workload says what is decided, package peer by
// whom, and package measure how it is measured.
package main

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"time"
)

func main() {
	quick := flag.Bool("quick", false, "measure the main rows only, in less than a minute")
	asJSON := flag.Bool("json", false, "print each row as a JSON object on a line of its own")
	table := flag.String("md", "", "write the table to this `file` as Markdown")
	baseline := flag.String("check", "", "fail if allocations grew, or a ratio to (c) fell by more than a third, against this `file`")
	recorded := flag.String("record", "", "write the baseline to this `file`")
	only := flag.String("run", "", "measure only sections whose name matches this `pattern`")
	flag.Parse()

	b := &bench{quick: *quick, emit: func(Row) {}}
	if *asJSON {
		b.emit = func(r Row) { must(writeJSON(os.Stdout, r)) }
	}
	sections := regexp.MustCompile(*only)
	b.run(sections)
	if !*asJSON {
		fmt.Print(markdown(b.rows))
	}
	if *table != "" {
		must(os.WriteFile(*table, []byte(markdown(b.rows)), 0o644))
	}
	if *recorded != "" {
		must(record(*recorded, b.rows))
	}
	if *baseline != "" {
		err := check(*baseline, b.rows)
		if err != nil { // a neighbour may have been busy: then a ratio falls once, and not twice
			fmt.Fprintf(os.Stderr, "%v\nmeasured once more:\n", err)
			again := &bench{quick: *quick, emit: func(Row) {}}
			again.run(sections)
			err = check(*baseline, b.rows, again.rows)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
}

// run measures the sections in order: counters first, while the heap is small.
func (b *bench) run(only *regexp.Regexp) {
	for _, section := range []struct {
		name    string
		measure func()
	}{
		{"caps", b.caps},
		{"decide", b.decide},
		{"variants", b.variants},
		{"matching", b.matching},
		{"formulas", b.formulas},
		{"arbitration", b.arbitration},
		{"batch", b.batch},
		{"updates", b.updates},
		{"memory", b.memory},
		{"publish", b.publish},
	} {
		if !only.MatchString(section.name) {
			continue
		}
		began := time.Now()
		section.measure()
		fmt.Fprintf(os.Stderr, "%s: %s\n", section.name, span(time.Since(began)))
	}
}
