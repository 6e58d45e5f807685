package decisioning

import (
	"sync"

	"github.com/proffer-go/proffer/internal/rules"
)

// A Cache spares compilations the expressions that were compiled before: compiling
// one takes far longer than all else that an offer needs. It may be used by any
// number of compilations, one after the other or at once. The zero Cache is empty
// and ready to use; it is not to be copied.
//
// It holds the expressions of the latest catalog that was compiled with it, whether
// or not that had faults. Those of other catalogs are found as long as a snapshot
// has them, and go with it.
type Cache struct {
	once  sync.Once
	rules *rules.Compiler
	err   error

	mu     sync.Mutex
	latest []*rules.Expr
}

// WithCache makes a compilation use the cache. Without it each starts with none.
func WithCache(c *Cache) CompileOption { return func(o *compileOptions) { o.cache = c } }

func (c *Cache) compiler() (*rules.Compiler, error) {
	c.once.Do(func() { c.rules, c.err = rules.NewCompiler(rules.Limits{}) })
	return c.rules, c.err
}

// hold makes the expressions those of the latest catalog.
func (c *Cache) hold(exprs []*rules.Expr) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.latest = exprs
}
