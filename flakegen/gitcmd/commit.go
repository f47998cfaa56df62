package gitcmd

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// Commit gives the id of the commit that a revision names. One that git does not
// know is [ErrUnknownRevision].
func (g *Git) Commit(ctx context.Context, revision string) (string, error) {
	out, err := g.output(ctx, nil, "rev-parse", "--verify", "--quiet", "--end-of-options", revision+"^{commit}")
	var failed *Error
	if errors.As(err, &failed) && failed.ExitCode == 1 {
		return "", fmt.Errorf("%w %q", ErrUnknownRevision, revision)
	}
	if err != nil {
		return "", err
	}
	return strings.TrimSpace(string(out)), nil
}
