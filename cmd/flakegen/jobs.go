package main

import (
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/flakegen/flakegen/flakegen/report"
)

// jobs follows the job control of a shell: Ctrl-Z takes the view off the terminal
// before the program stops, and fg brings it back.
type jobs struct{ stop func() }

// resumeTime is how long a signal to itself may take to stop the program. Where
// nothing would ever continue it, it is not stopped.
const resumeTime = 100 * time.Millisecond

func followJobs(live *report.Live) jobs {
	signals := make(chan os.Signal, 4)
	done := make(chan struct{})
	signal.Notify(signals, syscall.SIGTSTP, syscall.SIGCONT)
	go func() {
		for {
			select {
			case <-done:
				return
			case s := <-signals:
				if s == syscall.SIGTSTP {
					_ = live.Suspend()
					signal.Reset(syscall.SIGTSTP)
					_ = syscall.Kill(os.Getpid(), syscall.SIGTSTP)
					time.Sleep(resumeTime)
					signal.Notify(signals, syscall.SIGTSTP)
					drain(signals)
				}
				live.Resume()
			}
		}
	}()
	return jobs{stop: sync.OnceFunc(func() {
		signal.Stop(signals)
		close(done)
	})}
}

func drain(signals <-chan os.Signal) {
	for len(signals) > 0 {
		<-signals
	}
}

// inForeground says whether the terminal behind stderr is this program's to draw
// on: the shell has it while the program runs in the background.
func (p *program) inForeground() bool {
	f, ok := p.stderr.(*os.File)
	if !ok {
		return true
	}
	group, err := unix.IoctlGetInt(int(f.Fd()), unix.TIOCGPGRP)
	// Another terminal than the one that controls the program has no foreground.
	return err != nil || group == unix.Getpgrp()
}
