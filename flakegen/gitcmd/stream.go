package gitcmd

import (
	"context"
	"errors"
	"io"
	"os/exec"
)

// stream is the bytes of one blob, piece by piece from a process of its own.
type stream struct {
	ctx    context.Context
	cancel context.CancelFunc
	cmd    *exec.Cmd
	stdout io.Reader
	stderr *tail
	args   []string
	ended  bool
}

func (g *Git) stream(ctx context.Context, id string) (*stream, error) {
	s := &stream{args: []string{"cat-file", "blob", id}}
	s.ctx, s.cancel = context.WithCancel(ctx)
	s.cmd, s.stderr = g.command(s.ctx, s.args...)
	stdout, err := s.cmd.StdoutPipe()
	if err == nil {
		err = s.cmd.Start()
	}
	if err != nil {
		s.cancel()
		return nil, failure(ctx, s.args, err, s.stderr)
	}
	s.stdout = stdout
	return s, nil
}

func (s *stream) Read(p []byte) (int, error) {
	n, err := s.stdout.Read(p)
	if err == nil || s.ended {
		return n, err
	}
	s.ended = true
	if waitErr := s.cmd.Wait(); waitErr != nil {
		return n, failure(s.ctx, s.args, waitErr, s.stderr)
	}
	if !errors.Is(err, io.EOF) {
		return n, err
	}
	return n, io.EOF
}

// stop ends the process, whether or not all was read.
func (s *stream) stop() {
	s.cancel()
	if !s.ended {
		s.ended = true
		_ = s.cmd.Wait() // it was interrupted: its error is ours
	}
}
