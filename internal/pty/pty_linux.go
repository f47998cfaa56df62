package pty

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// Open makes a pseudo terminal. What is written to master is typed at it; slave is
// for the program.
func Open(t testing.TB) (master, slave *os.File) {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { master.Close() })
	fd := int(master.Fd())
	if err := unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	number, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	slave, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { slave.Close() })
	return master, slave
}

// Session is a program at a terminal of its own.
type Session struct {
	t      testing.TB
	master *os.File
	cmd    *exec.Cmd
	ended  chan struct{}
	err    error

	mu   sync.Mutex
	text strings.Builder
}

// Start runs a program at a terminal of a size. It is killed when the test ends.
func Start(t testing.TB, columns, rows uint16, cmd *exec.Cmd) *Session {
	t.Helper()
	master, slave := Open(t)
	s := &Session{t: t, master: master, cmd: cmd, ended: make(chan struct{})}
	s.Resize(columns, rows)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = slave, slave, slave
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	slave.Close()
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		<-s.ended
	})
	go func() {
		s.err = cmd.Wait()
		close(s.ended)
	}()
	go func() {
		chunk := make([]byte, 4096)
		for {
			n, err := master.Read(chunk)
			s.mu.Lock()
			s.text.Write(chunk[:n])
			s.mu.Unlock()
			if err != nil {
				return
			}
		}
	}()
	return s
}

// Resize gives the terminal another size, as a window does.
func (s *Session) Resize(columns, rows uint16) {
	if err := unix.IoctlSetWinsize(int(s.master.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Col: columns, Row: rows}); err != nil {
		s.t.Fatal(err)
	}
}

// Type sends keys.
func (s *Session) Type(keys string) {
	s.t.Helper()
	if _, err := s.master.WriteString(keys); err != nil {
		s.t.Fatal(err)
	}
}

// HangUp closes the terminal.
func (s *Session) HangUp() { s.master.Close() }

// Text is all that was written until now.
func (s *Session) Text() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// patience is how long a test waits for what must come.
const patience = 20 * time.Second

// Wait waits until a text was written behind the first from bytes, and returns
// where it ends.
func (s *Session) Wait(from int, text string) int {
	s.t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if i := strings.Index(s.Text()[from:], text); i >= 0 {
			return from + i + len(text)
		}
	}
	s.t.Fatalf("no %q in %q", text, s.Text()[from:])
	return 0
}

// End waits until the program has ended, and returns its exit code, -1 if a
// signal ended it.
func (s *Session) End() int {
	s.t.Helper()
	select {
	case <-s.ended:
	case <-time.After(patience):
		s.t.Fatalf("it has not ended; it wrote %q", s.Text())
	}
	return s.cmd.ProcessState.ExitCode()
}
