// Package measure measures CPU time and allocations.
//
// CPU time is that of the thread, or of the process where more than one thread
// works, so that neighbours on the machine count little. It is what getrusage tells,
// read from the CPU clocks of POSIX: getrusage of a thread goes on with the kernel's
// tick only, of 4 ms on some machines, and a round may be shorter than that. Garbage that a peer leaves is collected by other threads:
// its cost is not counted against it, but for what the allocating thread must assist.
package measure

import (
	"cmp"
	"runtime"
	"runtime/debug"
	"slices"
	"syscall"
	"time"
	"unsafe"
)

// A Plan says how long to measure.
type Plan struct {
	Rounds   int           // at least 5 for a median
	Round    time.Duration // about how long a round takes; one call at least
	Warm     int           // calls before
	Patience time.Duration // how long these may take; 0: as long as five rounds
	Tail     time.Duration // about how long to time single calls; 0: not at all
	Threads  bool          // what is measured works in several threads
}

// A Result is what one call takes.
type Result struct {
	CPU, P99, Worst time.Duration // the median of the rounds, and of single calls
	Elapsed         time.Duration // of the quickest round
	Allocs          float64       // the least of the rounds: what is always allocated
}

// Run measures the calls of op, which are numbered from 0.
func Run(p Plan, op func(i int)) Result {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if p.Threads {
		debug.FreeOSMemory() // now, or a thread of the runtime gives it back meanwhile, and would count
	}
	next := 0
	call := func() {
		op(next)
		next++
	}
	calls := calibrate(p.Round, call)
	patience := cmp.Or(p.Patience, 5*p.Round)
	for start := CPU(false); next < p.Warm && CPU(false)-start < patience; {
		call()
	}
	runtime.GC()
	var result Result
	cpu := make([]time.Duration, p.Rounds)
	for i := range cpu {
		round := p.round(calls, call)
		cpu[i] = round.CPU
		if i == 0 || round.Elapsed < result.Elapsed {
			result.Elapsed = round.Elapsed
		}
		if i == 0 || round.Allocs < result.Allocs {
			result.Allocs = round.Allocs
		}
	}
	result.CPU = Median(cpu)
	if p.Tail > 0 {
		result.P99, result.Worst = tail(p.Tail, call)
	}
	return result
}

// calibrate returns how many calls take about the time, one at least.
func calibrate(d time.Duration, call func()) int {
	call() // which may have to lay things out
	calls, spent := 0, time.Duration(0)
	for start := CPU(false); spent < d/4; spent = CPU(false) - start {
		call()
		calls++
	}
	return max(1, int(float64(calls)*float64(d)/float64(max(spent, 1))))
}

func (p Plan) round(calls int, call func()) Result {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	began, start := time.Now(), CPU(p.Threads)
	for range calls {
		call()
	}
	cpu, elapsed := CPU(p.Threads)-start, time.Since(began)
	runtime.ReadMemStats(&after)
	n := time.Duration(calls)
	return Result{CPU: cpu / n, Elapsed: elapsed / n, Allocs: float64(after.Mallocs-before.Mallocs) / float64(calls)}
}

// tail times single calls: 100 at least, for a percentile.
func tail(d time.Duration, call func()) (p99, worst time.Duration) {
	var all []time.Duration
	for began := CPU(false); len(all) < 100 || CPU(false)-began < d; {
		all = append(all, Call(call))
		if len(all) >= 5 && CPU(false)-began > 3*d {
			break // what is so slow needs no percentile
		}
	}
	slices.Sort(all)
	return all[len(all)*99/100], all[len(all)-1]
}

// Median returns the middle one.
func Median(all []time.Duration) time.Duration {
	all = slices.Sorted(slices.Values(all))
	return all[len(all)/2]
}

// CPU returns the CPU time of this thread so far, or of all threads.
func CPU(threads bool) time.Duration {
	const processClock, threadClock = 2, 3 // CLOCK_PROCESS_CPUTIME_ID, CLOCK_THREAD_CPUTIME_ID
	clock := uintptr(threadClock)
	if threads {
		clock = processClock
	}
	var t syscall.Timespec
	if _, _, err := syscall.RawSyscall(syscall.SYS_CLOCK_GETTIME, clock, uintptr(unsafe.Pointer(&t)), 0); err != 0 {
		panic(err) // only of a wrong argument
	}
	return time.Duration(t.Nano())
}

// Call returns the CPU time of one call in this thread, which is locked.
func Call(call func()) time.Duration {
	start := CPU(false)
	call()
	return CPU(false) - start
}

// Heap returns the bytes of live memory.
func Heap() int64 {
	var m runtime.MemStats
	for range 3 { // finalizers and pools need more than one
		runtime.GC()
	}
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
