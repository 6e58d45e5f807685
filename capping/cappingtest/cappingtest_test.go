package cappingtest_test

import (
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/proffer-go/proffer/capping"
	"github.com/proffer-go/proffer/capping/cappingtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestMemoryKeepsTheContract(t *testing.T) {
	cappingtest.Run(t, func(t *testing.T, clock func() time.Time) capping.Counter {
		t.Helper()
		return capping.NewMemory(capping.MemoryConfig{Now: clock})
	})
}

// A plain counter counts no events.
type plain struct{ capping.Counter }

func TestCounterNeedNotBeARecorder(t *testing.T) {
	cappingtest.Run(t, func(t *testing.T, clock func() time.Time) capping.Counter {
		t.Helper()
		return plain{capping.NewMemory(capping.MemoryConfig{Now: clock})}
	})
}
