package main

import (
	"os"
	"os/signal"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/flakegen/flakegen/flakegen/report"
)

// jobs follows the job control of a shell. Ctrl-Z stops the program as it stops
// any other: Go gives no way back from a handler of that signal. What is left to
// do is to notice that the program goes on.
type jobs struct {
	terminal  int // its file descriptor
	continued chan os.Signal
	last      time.Time
}

func followJobs(terminal *os.File) *jobs {
	j := &jobs{terminal: int(terminal.Fd()), continued: make(chan os.Signal, 1)}
	signal.Notify(j.continued, syscall.SIGCONT)
	return j
}

func (j *jobs) stop() { signal.Stop(j.continued) }

// may says before each frame whether the terminal is this program's to draw on,
// and lets the view draw anew after somebody else had it.
func (j *jobs) may(live *report.Live, now time.Time) bool {
	if !j.last.IsZero() && now.Sub(j.last) > 3*report.FrameInterval {
		// It may have been stopped: the signal that continued it is on its way.
		time.Sleep(report.FrameInterval / 5)
	}
	j.last = now
	select {
	case <-j.continued:
		live.Resume()
	default:
	}
	return j.foreground()
}

func (j *jobs) foreground() bool {
	group, err := unix.IoctlGetInt(j.terminal, unix.TIOCGPGRP)
	// Another terminal than the one that controls the program has no foreground.
	return err != nil || group == unix.Getpgrp()
}
