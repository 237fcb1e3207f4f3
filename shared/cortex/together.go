package cortex

import "sync"

// Together calls each for 0 to n-1 at once and returns when all have ended. A
// panic in one becomes a panic of the caller, so that the job ends as a failure
// and its process not as a crash.
func Together(n int, each func(i int)) {
	var wait sync.WaitGroup
	panics := make([]any, n)
	for i := range n {
		wait.Go(func() {
			defer func() { panics[i] = recover() }()
			each(i)
		})
	}
	wait.Wait()
	for _, p := range panics {
		if p != nil {
			panic(p)
		}
	}
}
