package nixcmd

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestReference(t *testing.T) {
	base := t.TempDir()
	folder := func(path string, inGit bool) string {
		path = filepath.Join(base, path)
		if err := os.MkdirAll(filepath.Join(path, "sub"), 0o755); err != nil {
			t.Fatal(err)
		}
		if inGit {
			if err := os.MkdirAll(filepath.Join(path, ".git"), 0o755); err != nil {
				t.Fatal(err)
			}
		}
		return path
	}
	plain, git, odd := folder("plain", false), folder("git repo", true), folder("a#b", false)
	inner := folder("git repo/in & out", false)
	for _, test := range []struct{ root, dir, want string }{
		{plain, plain, "."},
		{plain, plain + "/sub", plain},
		{plain, "/", plain},
		{git, git, "git+file:."},
		{git, git + "/sub", "git+file:.."},
		{inner, inner, "git+file:..?dir=in%20%26%20out"},
		{inner, inner + "/sub", "git+file:../..?dir=in%20%26%20out"},
		{odd, odd, "path:."},
		{odd, odd + "/sub", "path:.."},
	} {
		if got, err := Reference(test.root, test.dir); got != test.want || err != nil {
			t.Errorf("Reference(%q, %q) = %q, %v, want %q", test.root, test.dir, got, err, test.want)
		}
	}
	if got, err := Reference(odd, base); err == nil || !strings.Contains(err.Error(), "work from the folder itself") {
		t.Errorf("from outside: %q, %v", got, err)
	}
	writeFile(t, filepath.Join(git, ".git", "shallow"), "")
	if got, _ := Reference(git, git); got != "git+file:.?shallow=1" {
		t.Errorf("of a shallow clone: %q", got)
	}
}

// Every character that a folder's name can have goes through the real nix, in a
// repository and outside of one, from the root and from a folder below. What is
// not committed must be seen.
func TestReferenceWithTheRealNix(t *testing.T) {
	names := []string{"plain", "a b", "ü", "a'b", `a"b`, "a#b", "a?b", "a%20b", "a&b=c", "a^b", "a[b]", "a:b", "a$b;c", `a\b`, "a\tb"}
	if testing.Short() {
		names = names[:3]
	}
	for _, name := range names {
		for _, inGit := range []bool{true, false} {
			root := filepath.Join(t.TempDir(), name)
			if inGit {
				gitFlake(t, root, `packages.x.a = make "committed" "x" "";`)
				git(t, root, "commit", "-q", "-m", "first")
			}
			plainFlake(t, root, `packages.x.a = make "edited" "x" "";`)
			sub := filepath.Join(root, "sub folder")
			if err := os.Mkdir(sub, 0o755); err != nil {
				t.Fatal(err)
			}
			for _, dir := range []string{root, sub} {
				reference, err := Reference(root, dir)
				if err != nil {
					t.Errorf("%q: %v", root, err)
					continue
				}
				answer, err := realNix(t, dir).Evaluate(t.Context(), []Installable{{Flake: reference, Attribute: Attribute{"packages", "x", "a"}}})
				if err != nil || answer[0].Err != nil || !strings.HasSuffix(answer[0].Derivation, "-edited.drv") {
					t.Errorf("%q in git: %v, from %q as %s: %v, %v", name, inGit, dir, reference, err, answer)
				}
			}
		}
	}
}

// A flake below the top of its repository, with a space in both parts.
func TestReferenceBelowTheTop(t *testing.T) {
	top := filepath.Join(t.TempDir(), "the top")
	root := filepath.Join(top, "the root")
	plainFlake(t, root, `packages.x.a = make "a" "x" "";`)
	git(t, top, "init", "-q")
	git(t, top, "add", "-A")
	reference, err := Reference(root, root)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := realNix(t, root).Evaluate(t.Context(), []Installable{{Flake: reference, Attribute: Attribute{"packages", "x", "a"}}})
	if err != nil || answer[0].Err != nil {
		t.Errorf("%s: %v, %v", reference, err, answer)
	}
}

// A relative --override-input is meant from the folder that the user is in, for
// every Nix, whatever the folder is called.
func TestOverrideInputIsRelativeToTheCurrentFolder(t *testing.T) {
	for _, name := range []string{"plain", "with a space"} {
		root := filepath.Join(t.TempDir(), name)
		for _, folder := range []string{"inputs/one", "sub"} {
			if err := os.MkdirAll(filepath.Join(root, folder), 0o755); err != nil {
				t.Fatal(err)
			}
		}
		writeFile(t, filepath.Join(root, "flake.nix"), `{
  inputs.one.url = "github:nobody/nothing";
  outputs = { self, one }: { packages.x.a = derivation { name = one.name; system = "x"; builder = "/bin/sh"; }; };
}`)
		writeFile(t, filepath.Join(root, "inputs/one/flake.nix"), `{ outputs = { self }: { name = "overridden"; }; }`)
		git(t, root, "init", "-q")
		git(t, root, "add", "-A")
		git(t, root, "commit", "-q", "-m", "all")
		for _, test := range []struct{ dir, input string }{
			{".", "path:./inputs/one"},
			{".", "./inputs/one"},
			{"sub", "path:../inputs/one"},
			{"sub", "../inputs/one"},
			{".", filepath.Join(root, "inputs/one")},
			{"sub", "path:" + filepath.Join(root, "inputs/one")},
			{"sub", "path:" + strings.ReplaceAll(filepath.Join(root, "inputs/one"), " ", "%20")},
		} {
			dir := filepath.Join(root, test.dir)
			n := realNix(t, dir)
			if err := n.parse("--override-input", "one", test.input); err != nil {
				t.Fatal(err)
			}
			reference, err := Reference(root, dir)
			if err != nil {
				t.Fatal(err)
			}
			answer, err := n.Evaluate(t.Context(), []Installable{{Flake: reference, Attribute: Attribute{"packages", "x", "a"}}})
			if err != nil || answer[0].Err != nil || !strings.HasSuffix(answer[0].Derivation, "-overridden.drv") {
				t.Errorf("in %q from %s, %s as %v: %v, %v", name, test.dir, test.input, n.Args.evaluation, err, answer)
			}
		}
		if _, err := os.Stat(filepath.Join(root, "flake.lock")); err == nil {
			t.Error("evaluating wrote flake.lock")
		}
	}
}

func TestPortableReferenceLeavesOthersAlone(t *testing.T) {
	for _, reference := range []string{
		"nixpkgs", "github:NixOS/nixpkgs/nixos-26.05", "git+file:///a%20b", "path:./x", "path:../x", "./x", "/x", ".",
		"./a b?dir=c", "https://example.org/a b.tar.gz",
	} {
		if got := portableReference(reference, "/work"); got != reference {
			t.Errorf("%q became %q", reference, got)
		}
	}
}
