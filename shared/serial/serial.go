// Package serial lets one caller at a time work on the thing that a key names,
// while callers with other keys go on undisturbed. The clients of servers that
// are not safe against simultaneous writes of one record need it.
package serial

import (
	"context"
	"sync"
)

// Keys is a set of locks, one a key. The zero value is ready to use. A key
// takes memory only while somebody holds or awaits it.
type Keys struct {
	mu    sync.Mutex
	turns map[string]*turn
}

// turn is the lock of one key; whoever gets the token may work.
type turn struct {
	token chan struct{}
	users int // those who hold or await it
}

// Lock waits until no one else holds key, and returns the function that lets
// the next one in, to be called exactly once. It returns the context's error
// when ctx ends first.
func (k *Keys) Lock(ctx context.Context, key string) (unlock func(), err error) {
	t := k.join(key)
	select {
	case <-t.token:
		return func() {
			t.token <- struct{}{}
			k.leave(key, t)
		}, nil
	case <-ctx.Done():
		k.leave(key, t)
		return nil, ctx.Err()
	}
}

func (k *Keys) join(key string) *turn {
	k.mu.Lock()
	defer k.mu.Unlock()
	t, ok := k.turns[key]
	if !ok {
		t = &turn{token: make(chan struct{}, 1)}
		t.token <- struct{}{}
		if k.turns == nil {
			k.turns = map[string]*turn{}
		}
		k.turns[key] = t
	}
	t.users++
	return t
}

func (k *Keys) leave(key string, t *turn) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if t.users--; t.users == 0 {
		delete(k.turns, key)
	}
}
