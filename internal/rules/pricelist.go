package rules

import (
	"math/bits"
	"strings"

	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
)

// A pricer tells what a call of a function costs beyond its node, before it is
// made. It may look at no more than limit nodes of its arguments, of which it gets
// the first three; those that a call lacks are nil.
type pricer func(limit int64, a, b, c ref.Val) price

// pricers are the functions whose work grows with their arguments. The figures are
// measured, in steps of 50 ns, and err on the high side.
var pricers = map[string]pricer{
	operators.Equals:        priceEqual,
	operators.NotEquals:     priceEqual,
	"hasValue":              priceEqual,
	operators.Less:          priceCompare,
	operators.LessEquals:    priceCompare,
	operators.Greater:       priceCompare,
	operators.GreaterEquals: priceCompare,
	operators.Add:           priceAdd,
	operators.In:            priceIn,

	"size":       priceScan,
	"contains":   priceContains,
	"startsWith": priceScan,
	"endsWith":   priceScan,

	"charAt": priceRunes, "substring": priceRunes, "trim": priceRunes, "reverse": priceReverse,
	"lowerAscii": priceRunes, "upperAscii": priceRunes, "strings.quote": priceQuote,
	"indexOf": priceSearch, "lastIndexOf": priceSearch,
	"replace": priceReplace, "split": priceSplit, "join": priceJoin, "format": priceFormat,

	"base64.encode": priceCode, "base64.encodeUrl": priceCode,
	"base64.decode": priceCode, "base64.decodeUrl": priceCode,
	"json.encode": priceEncode, "json.parse": priceParse,

	"bool": priceConvert, "bytes": priceConvert, "double": priceConvert, "duration": priceConvert,
	"int": priceConvert, "string": priceConvert, "timestamp": priceConvert, "uint": priceConvert,

	"lists.range": priceRange, "slice": priceCopy, "flatten": priceFlatten,
	"sort": priceSort, "@sortByAssociatedKeys": priceSort, "distinct": priceDistinct,
	"sets.contains": priceSets, "sets.intersects": priceSets, "sets.equivalent": priceSets,
	"hasAll": priceSets, "hasAny": priceSets, "hasExactly": priceSets, "hasOnly": priceSets,
	"optional.unwrap": priceCopy, "unwrapOpt": priceCopy,
	"math.@max": priceCopy, "math.@min": priceCopy,
	mapInsert: priceInsert,

	ofTypeFunction: priceEvents, withinFunction: priceEvents,

	"getDate": priceZone, "getDayOfMonth": priceZone, "getDayOfWeek": priceZone, "getDayOfYear": priceZone,
	"getFullYear": priceZone, "getHours": priceZone, "getMilliseconds": priceZone,
	"getMinutes": priceZone, "getMonth": priceZone, "getSeconds": priceZone,
}

// priceEqual: values are compared as deep as the smaller one goes.
func priceEqual(limit int64, a, b, _ ref.Val) price {
	if !composite(a) || !composite(b) {
		return price{steps: min(lenOf(a), lenOf(b)) / 256}
	}
	return pricePairs(lighter(a, b, limit))
}

// pricePairs is the price of comparing or visiting each node once.
func pricePairs(w weight) price {
	return price{sum(times(w.nodes, 3), w.bytes/256), times(w.nodes, 64)}
}

func priceCompare(_ int64, a, b, _ ref.Val) price { return price{steps: min(lenOf(a), lenOf(b)) / 256} }

// priceAdd: text and lists are copied, and an accumulator grows by doubling.
func priceAdd(_ int64, a, b, _ ref.Val) price {
	switch a.(type) {
	case types.String, types.Bytes:
		n := lenOf(a) + lenOf(b)
		return price{n / 512, 2 * n}
	case traits.MutableLister:
		n := sizeOf(b)
		return price{times(n, 1), times(n, 64)}
	case traits.Lister:
		n := sum(sizeOf(a), sizeOf(b))
		return price{n / 2, times(n, 64)}
	}
	return price{}
}

// priceIn: a list is searched from its beginning, a map by its hash.
func priceIn(limit int64, a, b, _ ref.Val) price {
	if _, ok := b.(traits.Lister); !ok {
		return price{steps: lenOf(a) / 64}
	}
	n := sizeOf(b)
	if composite(a) {
		return pricePairs(weigh(a, limit)).plus(pricePairs(weigh(b, limit)))
	}
	return price{sum(n/2, times(n, lenOf(a)/256)), times(n, 16)}
}

func priceScan(_ int64, a, b, _ ref.Val) price {
	n := lenOf(a) / 64
	if b != nil {
		n += lenOf(b) / 64
	}
	return price{steps: n}
}

// priceContains: a long text is sought more slowly than a short one.
func priceContains(_ int64, a, b, _ ref.Val) price {
	if lenOf(b) <= 32 {
		return price{steps: lenOf(a) / 64}
	}
	return price{steps: lenOf(a) / 16}
}

// priceRunes: the text is taken apart into code points and put together again.
func priceRunes(_ int64, a, _, _ ref.Val) price {
	n := lenOf(a)
	return price{n / 16, 8 * n}
}

func priceQuote(_ int64, a, _, _ ref.Val) price {
	n := lenOf(a)
	return price{n / 8, 24 * n}
}

func priceReverse(limit int64, a, b, c ref.Val) price {
	if _, ok := a.(traits.Lister); ok {
		return priceCopy(limit, a, b, c)
	}
	return priceRunes(limit, a, b, c)
}

// priceSearch: each place is compared with the whole of what is sought.
func priceSearch(_ int64, a, b, _ ref.Val) price {
	n, m := lenOf(a), lenOf(b)
	return price{sum(n/16, times(n, m)/64), 8*n + 4*m}
}

func priceReplace(_ int64, a, b, c ref.Val) price {
	text, ok1 := a.(types.String)
	old, ok2 := b.(types.String)
	if !ok1 || !ok2 {
		return price{}
	}
	hits := int64(strings.Count(string(text), string(old)))
	n := sum(int64(len(text)), times(hits, lenOf(c)))
	return price{sum(int64(len(text))/32, sum(hits, n/512)), n}
}

func priceSplit(_ int64, a, b, _ ref.Val) price {
	text, ok1 := a.(types.String)
	by, ok2 := b.(types.String)
	if !ok1 || !ok2 {
		return price{}
	}
	parts := int64(strings.Count(string(text), string(by))) + 1
	return price{sum(int64(len(text))/32, parts), times(parts, 32)}
}

func priceJoin(limit int64, a, b, _ ref.Val) price {
	w := weigh(a, limit)
	n := w.bytes
	if b != nil {
		n = sum(n, times(w.nodes, lenOf(b)))
	}
	return price{sum(w.nodes, n/256), sum(times(w.nodes, 16), times(n, 6))}
}

// priceFormat: a number may take 400 digits, a string is at most doubled (as hex).
func priceFormat(limit int64, a, b, _ ref.Val) price {
	w := weigh(b, limit)
	n := sum(lenOf(a), sum(w.bytes, times(w.nodes, 128)))
	return price{sum(times(w.nodes, 20), n/8), times(n, 8)}
}

func priceCode(_ int64, a, _, _ ref.Val) price {
	n := lenOf(a)
	return price{n / 16, 4*n + 64}
}

// priceEncode: each level of a value copies the text of those below.
func priceEncode(limit int64, a, _, _ ref.Val) price {
	w := weigh(a, limit)
	p := price{sum(times(w.nodes, 20), w.bytes/2), sum(times(w.nodes, 64), times(w.bytes, 8))}
	return price{times(p.steps, w.depth), times(p.bytes, 4+w.depth)}
}

func priceParse(_ int64, a, _, _ ref.Val) price {
	n := lenOf(a)
	return price{sum(20, n), sum(1024, times(n, 128))}
}

// priceConvert: what cannot be converted is quoted in an error.
func priceConvert(_ int64, a, _, _ ref.Val) price {
	if n := lenOf(a); n > 0 {
		return price{4 + n/16, 256 + 4*n}
	}
	return price{4, 64}
}

func priceRange(_ int64, a, _, _ ref.Val) price {
	n, ok := a.(types.Int)
	if !ok || n <= 0 {
		return price{}
	}
	return price{int64(min(n, types.Int(beyond))) / 32, times(int64(n), 8)}
}

func priceCopy(_ int64, a, _, _ ref.Val) price {
	n := sizeOf(a)
	return price{n, times(n, 40)}
}

func priceFlatten(limit int64, a, _, _ ref.Val) price {
	n := weigh(a, limit).nodes
	return price{n, times(n, 80)}
}

// priceSort: n log n comparisons, each of two elements fetched anew.
func priceSort(limit int64, a, b, _ ref.Val) price {
	if b != nil {
		a = b // the keys
	}
	w := weigh(a, limit)
	rounds := int64(bits.Len64(uint64(w.nodes)))
	return price{times(rounds, sum(times(w.nodes, 3), w.bytes/256)), times(w.nodes, sum(96, times(rounds, 64)))}
}

// priceDistinct: each element is compared with each distinct one before it.
func priceDistinct(limit int64, a, _, _ ref.Val) price {
	n := sizeOf(a)
	return priceCross(n, n, weigh(a, limit)).plus(price{n, times(n, 64)})
}

func priceSets(limit int64, a, b, _ ref.Val) price {
	n, m := sizeOf(a), sizeOf(b)
	p := priceCross(n, m, weigh(b, limit)).plus(priceCross(m, n, weigh(a, limit)))
	return p.plus(price{sum(n, m), times(sum(times(n, m), sum(n, m)), 16)})
}

// priceCross is the price of comparing n values with m others that weigh w.
func priceCross(n, m int64, w weight) price {
	pairs := times(n, m) / 10
	if w.nodes > m+1 { // composite elements
		each := pricePairs(w)
		return price{sum(pairs, times(n+1, each.steps)), times(n+1, each.bytes)}
	}
	return price{steps: sum(pairs, times(n, w.bytes/512))}
}

// priceInsert: an accumulator grows by doubling, any other map is copied.
func priceInsert(_ int64, a, b, c ref.Val) price {
	n := int64(1)
	if c == nil {
		n = sizeOf(b)
	}
	if _, ok := a.(traits.MutableMapper); !ok {
		n = times(n, sum(n, sizeOf(a)))
	}
	return price{times(n, 6), times(n, 256)}
}

func priceEvents(_ int64, a, _, _ ref.Val) price {
	n := sizeOf(a)
	return price{times(n, 2), sum(128, times(n, 96))}
}

// priceZone: a zone that is not known yet is looked for on disk.
func priceZone(_ int64, _, b, _ ref.Val) price {
	if b == nil {
		return price{}
	}
	return price{4 + lenOf(b)/16, 128 + 2*lenOf(b)}
}
