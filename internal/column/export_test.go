package column

// MostTexts returns how many texts the page with the most of them has.
func MostTexts(t *Table) (most int) {
	for _, g := range t.groups {
		for _, p := range g.pages {
			most = max(most, len(p.texts))
		}
	}
	return most
}
