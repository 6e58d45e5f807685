package strictjson

import "strings"

// Near returns the name that the given one is most likely a misspelling of: the
// same without case, or else one within a third of its letters.
func Near(name string, names []string) (string, bool) {
	best, least := "", min(len(name), 30)/3+1
	for _, n := range names {
		if strings.EqualFold(n, name) {
			return n, true
		}
		if len(name) > 2*len(n)+2 {
			continue
		}
		if d := distance(strings.ToLower(name), strings.ToLower(n)); d < least {
			best, least = n, d
		}
	}
	return best, best != ""
}

// distance is how many letters must be put in, taken out or replaced to make a of b.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j+1]+1, row[j]+1)
		}
	}
	return row[len(b)]
}
