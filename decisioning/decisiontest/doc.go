// Package decisiontest checks the parts that an application adds to a strategy:
// filters, rankers, cappers and sources.
//
// Each function runs the rules of one interface against an implementation, and
// says which rule is broken. A test of an application calls it with its own part
// and with facts and offers that the part is meant for:
//
//	func TestStockFilter(t *testing.T) {
//		decisiontest.TestFilter(t, stock.NewFilter(fake), facts, offers)
//	}
//
// A part is called several times, also from several goroutines: run the tests with -race.
package decisiontest
