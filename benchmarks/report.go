package main

import (
	"fmt"
	"math"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// markdown returns the table.
func markdown(rows []Row) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Measured with %s on %s/%s, %d cores. CPU time, medians of at least 5 rounds.\n\n", runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU())
	b.WriteString("| what | offers | rules | CPU time | allocations | ratio | goal | met |\n")
	b.WriteString("|---|---:|---:|---:|---:|---:|---|---|\n")
	for _, r := range rows {
		met := ""
		if r.Goal != "" {
			met = map[bool]string{true: "yes", false: "**no**"}[r.Met]
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s | %s | %s |\n",
			r.Name, count(r.N), count(r.Rules), span(time.Duration(r.CPU)), figure(r.Allocs), optional(r.Ratio), r.clause, met)
	}
	return b.String()
}

// span writes a time with three digits.
func span(d time.Duration) string {
	if d == 0 {
		return ""
	}
	for _, unit := range []struct {
		length time.Duration
		name   string
	}{{time.Second, "s"}, {time.Millisecond, "ms"}, {time.Microsecond, "µs"}, {1, "ns"}} {
		if d >= unit.length {
			return digits(float64(d)/float64(unit.length)) + " " + unit.name
		}
	}
	return d.String()
}

// figure writes a number with three digits, and commas.
func figure(v float64) string {
	if v < 1000 {
		return digits(v)
	}
	return count(int(math.Round(v)))
}

func optional(v float64) string {
	if v == 0 {
		return ""
	}
	return figure(v)
}

// digits writes three of them, without idle zeros.
func digits(v float64) string {
	if v >= 100 {
		return strconv.FormatFloat(v, 'f', 0, 64)
	}
	s := strconv.FormatFloat(v, 'g', 3, 64)
	if v < 0.01 {
		s = strconv.FormatFloat(v, 'f', 2, 64)
	}
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	return s
}

// count writes a whole number with commas; none is nothing.
func count(n int) string {
	if n == 0 {
		return ""
	}
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
