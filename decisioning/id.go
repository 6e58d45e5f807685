package decisioning

import "crypto/rand"

// ids makes ids for decisions that have none of their own: several from one text of
// random letters, each of them of 128 bits or more.
type ids struct{ text string }

// idLetters is how many letters an id has: those of [rand.Text].
const idLetters = 26

func (i *ids) next() string {
	if i.text == "" {
		i.text = randomText(64)
	}
	id := i.text[:idLetters]
	i.text = i.text[idLetters:]
	return id
}

// randomText returns letters for n ids.
func randomText(n int) string {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
	text := make([]byte, n*idLetters)
	_, _ = rand.Read(text) // never fails
	for i, b := range text {
		text[i] = letters[b%32]
	}
	return string(text)
}
