package flakegen

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"syscall"
	"testing"
	"testing/iotest"
	"time"

	"github.com/flakegen/flakegen/flakegen/nixcmd"
	"github.com/flakegen/flakegen/flakegen/timing"
)

const capturedStreams = "nixcmd/testdata/streams/"

func captured(t *testing.T, name string) []byte {
	t.Helper()
	stream, err := os.ReadFile(capturedStreams + name + "/stream.log")
	if err != nil {
		t.Fatal(err)
	}
	return stream
}

func watchLog(t *testing.T, log io.Reader) (*timing.Report, error) {
	t.Helper()
	return Watch(t.Context(), WatchOptions{Log: log, Now: time.Now})
}

func TestWatchVerdicts(t *testing.T) {
	success := captured(t, "2.34-mini-check")
	tests := []struct {
		name string
		log  []byte
		want timing.Status
	}{
		{"success", success, timing.Succeeded},
		{"cut", success[:len(success)*2/3], timing.Incomplete},
		{"failure", captured(t, "2.8-fail"), timing.Failed},
		{"interrupt", captured(t, "2.26-interrupt"), timing.Interrupted},
		{"all is present", captured(t, "2.34-cached"), timing.Succeeded},
		{"checks that are present", captured(t, "2.34-flake-check-present"), timing.Succeeded},
		{"a shell", captured(t, "2.26-develop"), timing.Succeeded},
		// As nixos-rebuild does.
		{"two nixes", bytes.Join([][]byte{success, []byte("activating\n"), captured(t, "2.34-flake-check")}, nil), timing.Succeeded},
		{"two nixes, the second fails", append(bytes.Clone(success), captured(t, "2.34-flake-check-fail")...), timing.Failed},
	}
	for _, test := range tests {
		r, err := watchLog(t, bytes.NewReader(test.log))
		if err != nil || r.Status != test.want {
			t.Errorf("%s: %+v, %v", test.name, r, err)
			continue
		}
		if r.Log.Records == 0 || r.Nix.ExitCode != nil || r.Outputs == nil {
			t.Errorf("%s: %+v", test.name, r)
		}
	}
}

func TestWatchWithoutRecords(t *testing.T) {
	for _, text := range []string{"", "building '/nix/store/x.drv'...\n", `{"action":`} {
		if r, err := watchLog(t, strings.NewReader(text)); r != nil || !errors.Is(err, ErrNoRecords) {
			t.Errorf("%q: %v, %v", text, r, err)
		}
	}
}

func TestWatchReadError(t *testing.T) {
	broken := errors.New("disk on fire")
	if r, err := watchLog(t, iotest.ErrReader(broken)); r != nil || !errors.Is(err, broken) {
		t.Errorf("%v, %v", r, err)
	}
	// What was read before is reported.
	begin := captured(t, "2.34-mini-check")[:4000]
	r, err := watchLog(t, io.MultiReader(bytes.NewReader(begin), iotest.ErrReader(broken)))
	if r == nil || r.Status != timing.Incomplete || !errors.Is(err, broken) {
		t.Errorf("%v, %v", r, err)
	}
}

// started is told when a build begins.
type started chan struct{}

func (s started) Observe(c timing.Change) {
	if _, ok := c.(timing.BuildStarted); ok {
		close(s)
	}
}

// interruptedWatch watches the log of a build that is interrupted at the terminal:
// afterwards writes what Nix says then, and whether it closes the log.
func interruptedWatch(t *testing.T, o WatchOptions, cause error, afterwards func(*io.PipeWriter)) (*timing.Report, error) {
	t.Helper()
	log, nix := io.Pipe()
	t.Cleanup(func() { nix.Close() })
	begun := started(make(chan struct{}))
	ctx, cancel := context.WithCancelCause(t.Context())
	stream := captured(t, "2.26-interrupt")
	end := bytes.Index(stream, []byte(`"action":"msg","column"`))
	if end < 0 {
		t.Fatal("the stream has no last message")
	}
	end = bytes.LastIndexByte(stream[:end], '\n') + 1
	go func() {
		nix.Write(stream[:end])
		<-begun
		cancel(cause)
		afterwards(nix)
	}()
	o.Log, o.Now, o.Observer = log, time.Now, begun
	return Watch(ctx, o)
}

func TestWatchReadsOnAfterAnInterrupt(t *testing.T) {
	r, err := interruptedWatch(t, WatchOptions{Grace: time.Minute}, nixcmd.ErrTerminalInterrupt, func(nix *io.PipeWriter) {
		time.Sleep(50 * time.Millisecond)
		nix.Write([]byte(`@nix {"action":"msg","level":1,"msg":"warning: the last word"}` + "\n"))
		nix.Close()
	})
	if err != nil || r.Status != timing.Interrupted || len(r.Warnings) != 1 {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestWatchEnds(t *testing.T) {
	kill := make(chan struct{})
	tests := []struct {
		name  string
		o     WatchOptions
		cause error
		then  func(*io.PipeWriter)
	}{
		{"when Nix takes too long", WatchOptions{Grace: 50 * time.Millisecond}, nixcmd.ErrTerminalInterrupt, func(*io.PipeWriter) {}},
		{"at the second interrupt", WatchOptions{Grace: time.Minute, Kill: kill}, nixcmd.ErrTerminalInterrupt, func(*io.PipeWriter) { close(kill) }},
		{"where nobody told Nix", WatchOptions{Grace: time.Minute}, context.Canceled, func(*io.PipeWriter) {}},
	}
	for _, test := range tests {
		began := time.Now()
		r, err := interruptedWatch(t, test.o, test.cause, test.then)
		if !errors.Is(err, ErrLogOpen) || r == nil || r.Status != timing.Interrupted {
			t.Errorf("%s: %+v, %v", test.name, r, err)
		}
		if took := time.Since(began); took > 10*time.Second {
			t.Errorf("%s: it took %v", test.name, took)
		}
	}
}

// An interrupt that comes when the build is done changes nothing.
func TestWatchInterruptedTooLate(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(nixcmd.ErrTerminalInterrupt)
	r, err := Watch(ctx, WatchOptions{Log: bytes.NewReader(captured(t, "2.34-mini-check")), Now: time.Now})
	if err != nil || r.Status != timing.Succeeded {
		t.Errorf("%+v, %v", r, err)
	}
}

// A log may name any file as a derivation. None but those of the store are opened:
// opening a FIFO would wait for ever.
func TestWatchOpensNoOtherFiles(t *testing.T) {
	fifo := t.TempDir() + "/x.drv"
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{fifo, "/nix/store/../.." + fifo, "/dev/zero", ""} {
		log := `@nix {"action":"start","fields":["` + name + `","",1,1],"id":7,"level":3,"text":"","type":105}` + "\n"
		r, err := watchLog(t, strings.NewReader(log))
		if err != nil || len(r.Derivations) != 1 || r.Derivations[0].System != "" {
			t.Errorf("%s: %+v, %v", name, r, err)
		}
	}
}
