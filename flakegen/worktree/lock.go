package worktree

import (
	"context"
	"errors"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// lockInterval is how often a lock that somebody else holds is tried again.
const lockInterval = 20 * time.Millisecond

// heldLock keeps other runs from writing. The kernel gives it back when the process
// ends, however it ends.
type heldLock struct {
	dir *os.File
}

func (l *heldLock) unlock() {
	if l != nil {
		_ = l.dir.Close()
	}
}

// lock waits until no other run writes in the folder. It returns nil on a file
// system that has no locks.
func lock(ctx context.Context, root *os.Root) (*heldLock, error) {
	dir, err := root.Open(".")
	if err != nil {
		return nil, err
	}
	for {
		switch err := unix.Flock(int(dir.Fd()), unix.LOCK_EX|unix.LOCK_NB); {
		case err == nil:
			return &heldLock{dir: dir}, nil
		case errors.Is(err, unix.EINTR):
			continue
		case !errors.Is(err, unix.EWOULDBLOCK):
			_ = dir.Close()
			return nil, nil
		}
		select {
		case <-ctx.Done():
			_ = dir.Close()
			return nil, context.Cause(ctx)
		case <-time.After(lockInterval):
		}
	}
}
