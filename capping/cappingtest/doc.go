// Package cappingtest proves that an implementation of [capping.Counter] keeps
// its contract:
//
//	func TestConformance(t *testing.T) {
//		cappingtest.Run(t, func(t *testing.T, clock func() time.Time) capping.Counter {
//			return mybackend.New(mybackend.Config{Now: clock})
//		})
//	}
//
// Each case is a subtest named after what it tries, and a failure says which rule
// was broken before it says what was seen. A counter that is also a
// [capping.Recorder] is tried as one. Run the kit under the race detector too.
package cappingtest
