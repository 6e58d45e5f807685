package rules

import (
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestExpressionIsTheSameForAsLongAsItIsHeld(t *testing.T) {
	c := newCompiler(t)
	held := mustCompile(t, c, Condition, "profile.age >= 18")
	runtime.GC()
	assert.Same(t, held, mustCompile(t, c, Condition, "profile.age >= 18"))
	assert.NotSame(t, held, mustCompile(t, c, Score, "profile.age"))
	runtime.KeepAlive(held)
}

func TestExpressionsThatNobodyHoldsAreForgotten(t *testing.T) {
	c := newCompiler(t)
	held := make([]*Expr, 100)
	for i := range held {
		held[i] = mustCompile(t, c, Condition, fmt.Sprintf("profile.held == %d", i))
	}
	for round := range 10 {
		for i := range 1000 {
			mustCompile(t, c, Condition, fmt.Sprintf("profile.gone == %d", round*1000+i))
		}
		runtime.GC()
	}
	// Each shard may hold as many entries again as were in use, and eight.
	assert.Less(t, c.interned.len(), 2*(len(held)+1000)+8*len(c.interned.shards))
	for i := range held {
		assert.Same(t, held[i], mustCompile(t, c, Condition, fmt.Sprintf("profile.held == %d", i)))
	}
}

func TestOneTextIsCompiledOnceByManyGoroutines(t *testing.T) {
	c := newCompiler(t)
	in := given(t, `{"age": 31}`, "[]")
	exprs := make([]*Expr, 16)
	var all sync.WaitGroup
	for i := range exprs {
		all.Go(func() {
			exprs[i], _ = c.Compile(Condition, "profile.age >= 18")
			ok, err := exprs[i].Bool(NewInput(in.facts))
			assert.True(t, ok)
			assert.NoError(t, err)
		})
	}
	all.Wait()
	for _, e := range exprs {
		assert.Same(t, exprs[0], e)
		assert.Same(t, exprs[0].program.Load(), e.program.Load())
	}
}

func TestProgramIsMadeWhenItIsFirstNeeded(t *testing.T) {
	c := newCompiler(t)
	in := given(t, `{"age": 31}`, "[]")
	e := mustCompile(t, c, Condition, "profile.age >= 18")
	assert.Nil(t, e.program.Load())
	_, err := e.Bool(in)
	require.NoError(t, err)
	assert.NotNil(t, e.program.Load())
}

// To plan a large expression takes more than one evaluation may.
func TestLargeProgramIsMadeAtOnce(t *testing.T) {
	c := newCompiler(t)
	for _, text := range []string{
		"profile.a == 1" + strings.Repeat(" && profile.b == 2", 50),
		"profile.name == '" + strings.Repeat("x", 2<<10) + "'",
	} {
		assert.NotNil(t, mustCompile(t, c, Condition, text).program.Load())
	}
}

func TestMemoryOfAnExpressionIsSmall(t *testing.T) {
	c := newCompiler(t)
	const n = 10_000
	exprs := make([]*Expr, n)
	texts := make([]string, n)
	for i := range texts {
		texts[i] = fmt.Sprintf("profile.age >= %d && profile.tier in ['gold', 'silver']", i)
	}
	mustCompile(t, c, Condition, "profile.age >= 0") // grows what the parser keeps
	before := heap()
	for i := range exprs {
		exprs[i] = mustCompile(t, c, Condition, texts[i])
	}
	each := (heap() - before) / n
	t.Logf("%d bytes each", each)
	assert.Less(t, each, int64(400))
	runtime.KeepAlive(exprs)
	runtime.KeepAlive(texts)
}

func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
