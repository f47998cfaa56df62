package gitcmd

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os/exec"
	"strconv"
	"strings"
	"sync"
)

// catFile is a `git cat-file` process that answers one request after another. It
// is started by the first. Its methods may be called from several goroutines.
type catFile struct {
	git *Git
	ctx context.Context // ends the process
	// mode is --batch, which answers with the object, or --batch-check, which
	// answers with its type and size alone.
	mode string

	mu     sync.Mutex
	cmd    *exec.Cmd
	stdin  io.WriteCloser
	stdout *bufio.Reader
	stderr *tail
	err    error // of the process; from then on of every request
}

// object is what git says of an object.
type object struct {
	id   string
	kind string // blob, tree, commit or tag
	size int64
}

// header asks for an object by its name without its bytes. The object is nil
// where git knows none by that name.
func (c *catFile) header(name string) (*object, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.request(name)
}

// contents asks for the bytes of the object with the given id.
func (c *catFile) contents(id string) ([]byte, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	o, err := c.request(id)
	if err != nil {
		return nil, err
	}
	if o == nil {
		return nil, fmt.Errorf("git has no object %s", id)
	}
	// A buffer that grows with what arrives: the size is the repository's word.
	var content bytes.Buffer
	if _, err := io.CopyN(&content, c.stdout, o.size); err != nil {
		return nil, c.broken(err)
	}
	if _, err := c.stdout.Discard(len("\n")); err != nil {
		return nil, c.broken(err)
	}
	return content.Bytes(), nil
}

// request sends a name and reads the line that answers it. With --batch the
// bytes and a newline are to be read next.
func (c *catFile) request(name string) (*object, error) {
	if strings.ContainsAny(name, "\n\x00") {
		return nil, nil // such a line would be two requests
	}
	if c.err != nil {
		return nil, c.err
	}
	if c.cmd == nil {
		if err := c.start(); err != nil {
			return nil, err
		}
	}
	if _, err := io.WriteString(c.stdin, name+"\n"); err != nil {
		return nil, c.broken(err)
	}
	answer, err := c.stdout.ReadString('\n')
	if err != nil {
		return nil, c.broken(err)
	}
	// "ID TYPE SIZE" or "NAME missing", and a name may hold spaces.
	fields := strings.Fields(answer)
	if len(fields) != 3 {
		return nil, nil
	}
	size, err := strconv.ParseInt(fields[2], 10, 64)
	if err != nil {
		return nil, nil
	}
	return &object{id: fields[0], kind: fields[1], size: size}, nil
}

func (c *catFile) args() []string { return []string{"cat-file", c.mode} }

func (c *catFile) start() error {
	c.cmd, c.stderr = c.git.command(c.ctx, c.args()...)
	stdin, err := c.cmd.StdinPipe()
	if err != nil {
		return c.failed(err)
	}
	stdout, err := c.cmd.StdoutPipe()
	if err != nil {
		return c.failed(err)
	}
	if err := c.cmd.Start(); err != nil {
		return c.failed(err)
	}
	c.stdin, c.stdout = stdin, bufio.NewReader(stdout)
	return nil
}

// broken is called where the process stopped talking: how it ended says more
// than the broken pipe.
func (c *catFile) broken(err error) error {
	_ = c.stdin.Close()
	if waitErr := c.cmd.Wait(); waitErr != nil {
		err = waitErr
	}
	return c.failed(err)
}

func (c *catFile) failed(err error) error {
	c.err = failure(c.ctx, c.args(), err, c.stderr)
	return c.err
}

// close ends the process, if its context has not.
func (c *catFile) close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.cmd == nil || c.err != nil {
		return nil
	}
	c.err = fmt.Errorf("git %s: closed", strings.Join(c.args(), " "))
	_ = c.stdin.Close()
	if err := c.cmd.Wait(); err != nil && c.ctx.Err() == nil {
		return failure(c.ctx, c.args(), err, c.stderr)
	}
	return nil
}
