package rules

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"cel.dev/cel-go/cel"
)

// An Issue is a fault of an expression at a position in its text, both from 1, the
// column in code points. Its message says what to write instead.
type Issue struct {
	Line, Column int
	Message      string
}

// String returns the issue as line:column: message.
func (i Issue) String() string { return fmt.Sprintf("%d:%d: %s", i.Line, i.Column, i.Message) }

// celIssues returns what cel-go found wrong with an expression, without the parts
// of its messages that mean nothing here.
func celIssues(found *cel.Issues) []Issue {
	issues := make([]Issue, 0, len(found.Errors()))
	for _, e := range found.Errors() {
		message := strings.ReplaceAll(e.Message, " (in container '')", "")
		message = strings.Replace(message, "Syntax error: ", "syntax error: ", 1)
		line, column := 1, 1
		if e.Location.Line() > 0 {
			line, column = e.Location.Line(), max(e.Location.Column()+1, 1)
		}
		issues = append(issues, Issue{line, column, message})
	}
	return byPosition(issues)
}

// byPosition sorts the issues by position and leaves out repeated ones.
func byPosition(issues []Issue) []Issue {
	slices.SortStableFunc(issues, func(a, b Issue) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return slices.Compact(issues)
}
