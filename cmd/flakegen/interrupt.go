package main

import (
	"context"
	"os"
	"os/signal"
	"sync"
	"sync/atomic"
	"syscall"

	"github.com/flakegen/flakegen/flakegen/nixcmd"
)

// interrupts follows what the user does to end a command that runs Nix: the first
// interrupt asks it to end, the second kills it.
type interrupts struct {
	// ctx is cancelled by the first, kill closed by the second.
	ctx  context.Context
	kill chan struct{}
	stop func()

	first atomic.Pointer[func()]
}

// onFirst sets what the first one does beside.
func (i *interrupts) onFirst(do func()) { i.first.Store(&do) }

func watchInterrupts(parent context.Context) *interrupts {
	ctx, cancel := context.WithCancelCause(parent)
	signals := make(chan os.Signal, 2)
	done := make(chan struct{})
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	i := &interrupts{ctx: ctx, kill: make(chan struct{})}
	i.stop = sync.OnceFunc(func() {
		signal.Stop(signals)
		close(done)
		cancel(nil)
	})
	go func() {
		for count := 0; ; count++ {
			select {
			case <-done:
				return
			case s := <-signals:
				if do := i.first.Load(); do != nil && count == 0 {
					(*do)()
				}
				switch {
				case count == 1:
					close(i.kill)
				case count == 0 && s == os.Interrupt:
					// The terminal sends it to the whole group, so Nix has it already.
					cancel(nixcmd.ErrTerminalInterrupt)
				case count == 0:
					cancel(context.Canceled)
				}
			}
		}
	}()
	return i
}
