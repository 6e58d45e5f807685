package decisioning

import (
	"sync"
	"sync/atomic"
)

// chunk is how many entities a worker takes at a time: few enough that none waits
// long for another that has met expensive ones.
const chunk = 128

// spread calls do for the pieces of [0, n), each by one of at most so many workers
// at once, and returns what the workers have made of them. Which worker gets which
// piece is a matter of chance. A panic of a worker is one of the caller.
func spread[W any](workers, n int, newWorker func() W, do func(w W, from, to int)) []W {
	return spreadBy(chunk, workers, n, newWorker, do)
}

// spreadBy is spread in pieces of another size.
func spreadBy[W any](size, workers, n int, newWorker func() W, do func(w W, from, to int)) []W {
	var (
		all      = make([]W, min(workers, (n+size-1)/size))
		taken    atomic.Int64
		done     sync.WaitGroup
		panicked atomic.Pointer[any]
	)
	work := func(w W) {
		defer func() {
			if p := recover(); p != nil {
				panicked.Store(&p)
			}
		}()
		for {
			to := int(taken.Add(int64(size)))
			if to-size >= n {
				return
			}
			do(w, to-size, min(to, n))
		}
	}
	for i := range all {
		all[i] = newWorker()
		if i > 0 {
			done.Go(func() { work(all[i]) })
		}
	}
	if len(all) > 0 {
		work(all[0])
	}
	done.Wait()
	if p := panicked.Load(); p != nil {
		panic(*p)
	}
	return all
}
