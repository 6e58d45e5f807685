package decisioning

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/proffer-go/proffer/capping"
	"github.com/proffer-go/proffer/profile"
	"github.com/proffer-go/proffer/rank"
)

// A Config is what an Engine is made of. The zero Config decides by the catalog
// alone, with the facts of the requests and counters in memory.
type Config struct {
	// Strategy is how all activities are decided. Activities adds to it for some:
	// their Filters and Capper come on top of the shared ones, their Ranker goes
	// before the shared one, and they have no Arbitration. Ids that the catalog
	// does not have are passed over.
	Strategy   Strategy
	Activities map[ActivityID]Strategy

	Rankers    map[string]rank.Ranker // by the names that catalogs use
	Acceptance rank.Model             // for offers without an acceptance of their own; nil: they have no utility

	// Counter counts what caps limit. Nil is a new [capping.Memory], which lives
	// and dies with the engine, goes by Now, and keeps the counters of windows that
	// are over for ever: a long-lived process sets its own, with a Lateness. A catalog whose
	// caps count events needs a [capping.Recorder].
	Counter capping.Counter
	// FailOpen proposes offers under caps also when the Counter fails, uncounted
	// and marked. False leaves them out.
	FailOpen bool

	Profiles profile.Source      // for requests without a profile; nil: none
	Events   profile.EventSource // for requests without events; nil: none

	Now           func() time.Time // the instant of requests without one, and what is past and what is not; nil: time.Now
	Seed          uint64           // of the order of ties
	Tenant        string           // part of every counter's identity
	MaxActivities int              // of one request; 0: 30
	// MaxDocument and MaxDepth bound a profile, a context and a list of events,
	// in bytes of JSON and in nested levels. 0: 1 MiB and 64.
	MaxDocument, MaxDepth int
	// ErrorText lets traces quote the text of errors, which may quote personal
	// data. False tells kind and position only.
	ErrorText bool
}

// ErrNoSnapshot is returned by an engine that nothing was published to.
var ErrNoSnapshot = errors.New("no snapshot is published")

// An Engine decides requests by the snapshot that was published last. It is safe
// for concurrent use.
type Engine struct {
	config      Config
	counter     guard
	visitBudget int           // see budget; 0: by the number of rules
	alone       time.Duration // how long a batch stays in its loop's goroutine

	publishing sync.Mutex // one at a time
	bindings   uint64     // how many there were
	current    atomic.Pointer[binding]
	scratch    sync.Pool // of *deciding
	batches    sync.Pool // of *batch
}

// New returns an engine with the config, or an error that names the field that
// cannot be as it is. The engine decides as soon as a snapshot is published.
func New(c Config) (*Engine, error) {
	switch {
	case c.MaxActivities < 0:
		return nil, errors.New("config.MaxActivities: negative; 0 is the default of 30")
	case c.MaxDocument < 0 || c.MaxDepth < 0:
		return nil, errors.New("config.MaxDocument, config.MaxDepth: negative; 0 is the default")
	case c.Strategy.Arbitration != Optimal && c.Strategy.Arbitration != Sequential:
		return nil, errors.New("config.Strategy.Arbitration: neither Optimal nor Sequential")
	}
	for id, s := range c.Activities {
		if s.Arbitration != Optimal {
			return nil, fmt.Errorf("config.Activities[%s].Arbitration: only config.Strategy has one", id)
		}
	}
	c.Activities, c.Rankers = maps.Clone(c.Activities), maps.Clone(c.Rankers)
	for name := range c.Rankers {
		if name == "" || name == rank.ByPriority || name == rank.ByUtility {
			return nil, errors.New("config.Rankers: the name " + name + " is taken; choose another")
		}
		if c.Rankers[name] == nil {
			return nil, errors.New("config.Rankers: " + name + " is nil")
		}
	}
	if c.MaxActivities == 0 {
		c.MaxActivities = 30
	}
	if c.Now == nil {
		c.Now = time.Now //nolint:forbidigo // the one place that may default to the clock
	}
	if c.Counter == nil {
		c.Counter = capping.NewMemory(capping.MemoryConfig{Now: c.Now})
	}
	return &Engine{
		config: c, counter: guard{c.Counter}, alone: alone,
		scratch: sync.Pool{New: func() any { return new(deciding) }},
	}, nil
}

// Publish makes the snapshot the one that decisions from now on are made by;
// those under way keep theirs. It binds the application's parts to the snapshot
// first: if a filter or ranker cannot be bound, or the catalog names a ranker that is not
// registered ([Faults]), the snapshot that was published before stays. In
// quarantine mode an unknown ranker takes out its activity instead.
//
// A snapshot that was made by changes from the one that is published
// ([Snapshot.With]) is published in about a microsecond, unless a part of the
// application binds.
func (e *Engine) Publish(s *Snapshot) error {
	e.publishing.Lock()
	defer e.publishing.Unlock()
	return e.publish(s)
}

func (e *Engine) publish(s *Snapshot) error {
	b, err := e.bind(s)
	if err != nil {
		return err
	}
	e.bindings++
	b.number = e.bindings
	e.current.Store(b)
	return nil
}

// Snapshot returns the snapshot that was published last, or nil.
func (e *Engine) Snapshot() *Snapshot {
	if b := e.current.Load(); b != nil {
		return b.snapshot
	}
	return nil
}

// Faults returns what is wrong with the snapshot that was published last, and was
// left out in quarantine mode: its own faults and unknown rankers. It is nil
// without a snapshot, and without faults.
func (e *Engine) Faults() Faults {
	if b := e.current.Load(); b != nil {
		return slices.Clone(b.faults)
	}
	return nil
}
