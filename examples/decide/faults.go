package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/proffer-go/proffer/decisioning"
)

// printFaults writes what is wrong with the file, one fault a line.
func printFaults(w io.Writer, file string, err error) {
	if file == "-" {
		file = "stdin"
	}
	if all, ok := err.(interface{ Unwrap() []error }); ok {
		for _, err := range all.Unwrap() {
			printFaults(w, file, err)
		}
		return
	}
	where := file
	if f, ok := errors.AsType[*decisioning.Fault](err); ok && f.Line > 0 {
		where = fmt.Sprintf("%s:%d:%d", file, f.Line, f.Column)
	}
	fmt.Fprintf(w, "%s: %s\n", where, oneLine(err.Error()))
}

// oneLine returns the text with its line breaks as spaces.
func oneLine(text string) string { return strings.Join(strings.FieldsFunc(text, isBreak), " ") }

func isBreak(r rune) bool { return r == '\n' || r == '\r' }
