package decisioning

import (
	"fmt"
	"runtime"

	"github.com/proffer-go/proffer/capping"
	"github.com/proffer-go/proffer/internal/rules"
	"github.com/proffer-go/proffer/internal/strictjson"
	"github.com/proffer-go/proffer/offer"
	"github.com/proffer-go/proffer/placement"
)

// A CompileOption changes how a catalog is compiled.
type CompileOption func(*compileOptions)

type compileOptions struct {
	quarantine bool
	cache      *Cache
	workers    int
}

// Quarantine leaves faulty entities out instead of refusing the catalog, and
// reports them by [Snapshot.Faults]. It never loosens what stays:
//   - An offer is out as a whole, but a faulty representation takes out only itself.
//   - What refers to something that is out is out too; an explicit list loses
//     only the members that are out.
//   - A policy or contact policy that is out takes out all offers of its
//     collection, and so does a collection with rules. If it cannot be told which
//     offers these are, the catalog is refused.
//   - An activity that is out, or whose fallback is, proposes nothing, with
//     reason [Quarantined].
//   - Of several entities with one id all are out.
//   - Faults that belong to no entity, such as a syntax error, refuse the catalog.
func Quarantine() CompileOption { return func(o *compileOptions) { o.quarantine = true } }

// Workers sets how many goroutines compile at the same time; none outlives the
// call. 0, the default, is as many as can run: [runtime.GOMAXPROCS]. Snapshot and
// faults are the same with any number. It panics if n is negative.
func Workers(n int) CompileOption {
	if n < 0 {
		panic("decisioning: a number of workers is negative")
	}
	return func(o *compileOptions) { o.workers = n }
}

// Compile checks the catalog and makes a snapshot of it. The error is [Faults]
// with everything that is wrong with it. The snapshot keeps nothing of c.
func Compile(c Catalog, opts ...CompileOption) (*Snapshot, error) {
	k, err := newChecker(&c, &strictjson.Reading{Zeros: make(map[string]bool)}, opts)
	if err != nil {
		return nil, err
	}
	k.own()
	return k.compile()
}

// CompileJSON is [Compile] for the JSON form of a catalog. Its faults are those of
// the form too, and have places in the text.
func CompileJSON(text []byte, opts ...CompileOption) (*Snapshot, error) {
	var c Catalog
	k, err := newChecker(&c, readCatalog(text, &c), opts)
	if err != nil {
		return nil, err
	}
	k.placed = true
	k.readFaults()
	return k.compile()
}

// A checked catalog has no fault: what a snapshot is made from.
type checked struct {
	catalog     Catalog
	faults      Faults // that quarantine mode has left out
	quarantine  bool
	quarantined map[ActivityID]placement.ID // activities that are out
	rankers     []rankerUse
	compiler    *rules.Compiler // has compiled every expression of the catalog
	schedules   map[offer.Window]*capping.Schedule
	checks      *offerChecks // of single offers
	cache       *Cache
	given       *Catalog // before quarantine left something out; nil if it did not
	content     digest
	exprs       []*rules.Expr // all of the catalog, some of them repeatedly
	workers     int
}

// A rankerUse is an activity's use of a ranker that the application is to
// register.
type rankerUse struct {
	activity ActivityID
	name     string
	fault    Fault // path and place, for when it is not registered
}

func newChecker(c *Catalog, r *strictjson.Reading, opts []CompileOption) (*checker, error) {
	k := &checker{
		catalog: c, path: c.path, reading: r, partial: make(map[string]bool),
		schedules: make(map[offer.Window]*capping.Schedule),
	}
	for _, opt := range opts {
		opt(&k.options)
	}
	if k.options.workers == 0 {
		k.options.workers = runtime.GOMAXPROCS(0)
	}
	if k.options.cache == nil {
		k.options.cache = &Cache{}
	}
	var err error
	if k.compiler, err = k.options.cache.compiler(); err != nil {
		return nil, fmt.Errorf("compile: %w", err)
	}
	return k, nil
}

func (k *checker) compile() (*Snapshot, error) {
	k.check()
	k.options.cache.hold(k.exprs)
	if k.placed {
		k.reading.Place(k.faults)
		k.reading.Place(k.rankers)
	}
	result := &checked{catalog: *k.catalog, quarantine: k.options.quarantine, compiler: k.compiler, schedules: k.schedules}
	if len(k.faults) > 0 {
		result.faults = newFaults(k.faults)
		if !k.options.quarantine {
			return nil, result.faults
		}
		q := newQuarantine(k)
		if q.refused {
			return nil, result.faults
		}
		result.quarantined = q.activities()
		result.catalog = q.survivors()
		result.given = k.catalog
	}
	for _, use := range k.rankers {
		_, i, _ := entityAt(use.Key)
		id := k.catalog.Activities[i].ID
		if _, out := result.quarantined[id]; !out {
			fault := Fault{Path: use.Path, Line: use.Line, Column: use.Column}
			result.rankers = append(result.rankers, rankerUse{activity: id, name: use.Message, fault: fault})
		}
	}
	result.cache = k.options.cache
	result.checks = newOfferChecks(&result.catalog, k.compiler, k.schedules)
	result.workers = k.options.workers
	result.content = contentOf(&result.catalog, result.quarantined, result.workers)
	if len(k.faults) == 0 {
		result.content.add(k.taken.content)
	} else {
		result.content.add(digestAll(result.workers, "offer", result.catalog.Offers, content.offer))
	}
	result.exprs = k.exprs
	snapshot := newSnapshot(result)
	runtime.KeepAlive(k.exprs) // until the snapshot holds them
	return snapshot, nil
}
