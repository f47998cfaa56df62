package worktree

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/flakegen/flakegen/flakegen/gitcmd"
)

// verdicts tells which side moved, by the last commit, which is asked once.
type verdicts struct {
	comparison *Comparison
	asked      bool
	rendered   map[string][]byte // HEAD's spec, rendered; nil where that is not to be had
	why        string            // why it is not
	committed  *gitcmd.FS
}

func (v *verdicts) close() {
	if v.committed != nil {
		_ = v.committed.Close() // the answers have come
	}
}

// drift describes a marked file whose bytes differ.
func (v *verdicts) drift(ctx context.Context, seen sight) (Finding, error) {
	c := v.comparison
	if seen.content == nil {
		return c.drifted(seen, Differs, fmt.Sprintf("The file holds %d bytes, which is more than a rendered file can have.", seen.size)), nil
	}
	if err := v.ask(ctx); err != nil {
		return Finding{}, err
	}
	then, rendered := v.rendered[seen.file.Path]
	switch {
	case v.rendered == nil:
		return c.drifted(seen, Differs, "It cannot be told whether the spec or the file moved: "+v.why+"."), nil
	case !rendered:
		return c.drifted(seen, Differs, "It cannot be told whether the spec or the file moved: the spec of the last commit does not render this file."), nil
	case bytes.Equal(seen.content, then):
		return c.drifted(seen, Stale, ""), nil
	case !bytes.Equal(seen.file.Content, then):
		return c.drifted(seen, Both, ""), nil
	case bytes.Equal(seen.content, v.committedFile(ctx, seen.file.Path)):
		return c.drifted(seen, Edited, "It was committed so: somebody edited it in an earlier commit, or another version of flakegen rendered it."), nil
	default:
		return c.drifted(seen, Edited, ""), nil
	}
}

// ask renders the spec of the last commit. It fails only where ctx has ended.
func (v *verdicts) ask(ctx context.Context) error {
	if v.asked {
		return nil
	}
	v.asked = true
	if v.comparison.Head == nil {
		v.why = "there is no commit to compare with"
		return nil
	}
	files, err := v.comparison.Head(ctx)
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	switch {
	case errors.Is(err, gitcmd.ErrNoRepository):
		v.why = "this is not a git repository"
	case errors.Is(err, gitcmd.ErrUnknownRevision):
		v.why = "there is no commit yet"
	case errors.Is(err, fs.ErrNotExist):
		v.why = "the last commit has no spec"
	case err != nil:
		v.why = "the spec of the last commit cannot be rendered (" + err.Error() + ")"
	default:
		v.rendered = make(map[string][]byte, len(files))
		for _, file := range files {
			v.rendered[file.Path] = file.Content
		}
	}
	return nil
}

// committedFile returns the bytes of a file in the last commit, or nil.
func (v *verdicts) committedFile(ctx context.Context, name string) []byte {
	if v.comparison.Git == nil {
		return nil
	}
	if v.committed == nil {
		tree, err := v.comparison.Git.Tree(ctx, "HEAD")
		if err != nil {
			return nil
		}
		v.committed = tree
	}
	content, err := v.committed.ReadFile(name)
	if err != nil {
		return nil
	}
	return content
}
