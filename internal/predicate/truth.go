package predicate

// A Truth is the value of a condition. The order makes "and" the least of its
// parts: false absorbs all, and an error all but false. Unknown may yet be any of
// the others, so that an error beside it leaves it open.
type Truth uint8

// The truths.
const (
	False   Truth = 0b00
	Unknown Truth = 0b01 // the program of the condition has the last word
	Error   Truth = 0b10 // an attribute is missing, or of another type
	True    Truth = 0b11
)

// String returns the name of t in lower case.
func (t Truth) String() string {
	return [...]string{"false", "unknown", "error", "true"}[t]
}

// not returns the negation: of an error it is an error.
func (t Truth) not() Truth {
	if t == False || t == True {
		return t ^ True
	}
	return t
}

func and(a, b Truth) Truth { return min(a, b) }

func or(a, b Truth) Truth { return min(a.not(), b.not()).not() }

// holds returns t as the question "is it true?" sees it, where an error is as
// good as false. What remains are the bits 00, 01 and 11, of which & is the least
// and | the greatest.
func (t Truth) holds() Truth {
	if t == Error {
		return False
	}
	return t
}

func truthOf(b bool) Truth {
	if b {
		return True
	}
	return False
}
