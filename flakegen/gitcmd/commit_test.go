package gitcmd_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/flakegen/flakegen/flakegen/gitcmd"
	"github.com/flakegen/flakegen/flakegen/gitcmd/gittest"
)

func TestCommit(t *testing.T) {
	repository := gittest.New(t)
	repository.Write("a", "1")
	repository.Git("add", ".")
	repository.Git("commit", "-qm", "first")
	git := &gitcmd.Git{Dir: repository.Dir, Env: repository.Env}
	head := strings.TrimSpace(repository.Git("rev-parse", "HEAD"))
	for _, revision := range []string{"HEAD", "main", head[:8]} {
		if id, err := git.Commit(context.Background(), revision); err != nil || id != head {
			t.Errorf("%s: %q, %v, want %q", revision, id, err, head)
		}
	}
	for _, revision := range []string{"nowhere", "--all", "HEAD:a", ""} {
		if id, err := git.Commit(context.Background(), revision); !errors.Is(err, gitcmd.ErrUnknownRevision) {
			t.Errorf("%s: %q, %v, want an unknown revision", revision, id, err)
		}
	}
}
