package gitcmd

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
)

// Index returns the folder as the index has it: as the next commit would. In a
// hook that is the commit being made, whichever way it was asked for. A file that
// was announced by `git add --intent-to-add` is there and empty. The processes of
// the FS end with ctx at the latest.
func (g *Git) Index(ctx context.Context) (*FS, error) {
	out, err := g.output(ctx, nil, "ls-files", "--stage", "-z")
	if err != nil {
		return nil, err
	}
	root := &node{name: ".", mode: modeFolder, loaded: true}
	for record := range bytes.SplitSeq(bytes.TrimSuffix(out, []byte{0}), []byte{0}) {
		if len(record) == 0 {
			continue
		}
		name, file, err := parseStaged(string(record))
		if err != nil {
			return nil, fmt.Errorf("git ls-files --stage: %w", err)
		}
		if fs.ValidPath(name) {
			root.addPath(name, file)
		}
	}
	return g.newFS(ctx, root), nil
}

// parseStaged reads a record of ls-files: "MODE ID STAGE\tPATH".
func parseStaged(record string) (name string, file *node, err error) {
	head, name, found := strings.Cut(record, "\t")
	fields := strings.Fields(head)
	if !found || len(fields) != 3 {
		return "", nil, fmt.Errorf("unexpected record %q", record)
	}
	mode, err := strconv.ParseUint(fields[0], 8, 32)
	if err != nil {
		return "", nil, fmt.Errorf("unexpected mode in record %q", record)
	}
	return name, &node{mode: uint32(mode), id: fields[1], unmerged: fields[2] != "0"}, nil
}
