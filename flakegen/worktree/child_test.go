package worktree_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/flakegen/flakegen/flakegen/generate"
	"github.com/flakegen/flakegen/flakegen/worktree"
)

// childVariable names the entry of children that the test binary is started for.
const childVariable = "FLAKEGEN_WORKTREE_CHILD"

// children are what the test binary does as a process of its own: one that is
// killed, runs out of space, or has fewer rights.
var children = map[string]func(args []string){
	"apply": func(args []string) { applyBig(args[0], args[1], 0) },
	"apply-limited": func(args []string) { // a process that may not write files of more than 4 KiB
		applyBig(args[0], args[1], 4096)
	},
	"plan": func(args []string) { // prints the obstacles of a plan for flake.nix and nix/rts.nix
		c := &worktree.Comparison{Dir: args[0], Files: render("flake.nix flake2\nnix/rts.nix rts2\n")}
		plan, err := c.Plan(context.Background(), false)
		if err != nil {
			fmt.Println("error:", err)
			return
		}
		for _, o := range plan.Obstacles {
			fmt.Println(o.Kind, o.Path)
		}
	},
}

// child prepares the test binary as the process of that name.
func child(t *testing.T, name string, args ...string) *exec.Cmd {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, args...)
	cmd.Env = append(os.Environ(), childVariable+"="+name)
	return cmd
}

// bigFiles is a rendering whose writing takes a while: three files of 256 KiB in
// two folders.
func bigFiles(version string) []generate.File {
	var files []generate.File
	for i, name := range []string{"flake.nix", "nix/a.nix", "nix/b.nix"} {
		line := fmt.Sprintf("# %s of file %d\n", version, i)
		content := []byte(generate.Marker + "\n" + strings.Repeat(line, 256<<10/len(line)))
		files = append(files, generate.File{Path: name, Content: content})
	}
	return files
}

// applyBig renders bigFiles into dir and tells on stdout when it begins.
func applyBig(dir, version string, limit uint64) {
	c := &worktree.Comparison{Dir: dir, Files: bigFiles(version)}
	plan, err := c.Plan(context.Background(), false)
	if err != nil {
		panic(err)
	}
	if limit > 0 {
		if err := unix.Setrlimit(unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: limit, Max: limit}); err != nil {
			panic(err)
		}
	}
	fmt.Println("ready")
	if _, err := plan.Apply(context.Background()); err != nil {
		fmt.Println("error:", err)
	}
}

// wantWhole fails where a file is neither the one version nor the other. It
// returns how many are the second.
func wantWhole(t *testing.T, dir, first, second string) int {
	t.Helper()
	news := 0
	olds := bigFiles(first)
	for i, want := range bigFiles(second) {
		got, err := os.ReadFile(dir + "/" + want.Path)
		switch {
		case err != nil:
			t.Fatal(err)
		case bytes.Equal(got, want.Content):
			news++
		case !bytes.Equal(got, olds[i].Content):
			t.Fatalf("%s is neither %s nor %s: %d bytes", want.Path, first, second, len(got))
		}
	}
	return news
}
