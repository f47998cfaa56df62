package worktree_test

import (
	"errors"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/flakegen/flakegen/internal/require"
)

// Without room nothing changes: not the first file either, for which there was
// room.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	require.Root(t) // to mount
	dir := t.TempDir()
	if err := unix.Mount("none", dir, "tmpfs", 0, "size=1300k"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	})
	if _, err := mustPlan(t, dir, "v1").Apply(t.Context()); err != nil {
		t.Fatal(err)
	}
	before := paths(t, dir)
	_, err := mustPlan(t, dir, "v2").Apply(t.Context())
	if !errors.Is(err, syscall.ENOSPC) || strings.HasPrefix(err.Error(), "write flake.nix") {
		t.Errorf("Apply() without room: %v", err)
	}
	if news := wantWhole(t, dir, "v1", "v2"); news != 0 {
		t.Errorf("%d files were written", news)
	}
	if after := paths(t, dir); !slices.Equal(before, after) {
		t.Errorf("the tree was %q and is %q", before, after)
	}
}

func TestReadOnlyMount(t *testing.T) {
	t.Parallel()
	require.Root(t) // to mount
	r := project(t)
	dir := r.Path("nix")
	if err := unix.Mount(dir, dir, "", unix.MS_BIND, ""); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	})
	if err := unix.Mount("", dir, "", unix.MS_BIND|unix.MS_REMOUNT|unix.MS_RDONLY, ""); err != nil {
		t.Fatal(err)
	}
	wantBlocked(t, r, syscall.EROFS)
}

func TestImmutableFolder(t *testing.T) {
	t.Parallel()
	require.Root(t)
	chattr := require.Program(t, "chattr")
	r := project(t)
	if out, err := exec.Command(chattr, "+i", r.Path("nix")).CombinedOutput(); err != nil {
		t.Skipf("this file system has no immutable folders: %s", out)
	}
	t.Cleanup(func() {
		if out, err := exec.Command(chattr, "-i", r.Path("nix")).CombinedOutput(); err != nil {
			t.Errorf("%s%v", out, err)
		}
	})
	wantBlocked(t, r, syscall.EPERM)
}
