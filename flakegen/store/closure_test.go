package store

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/flakegen/flakegen/internal/require"
)

func closure(t *testing.T, roots ...string) *Closure {
	t.Helper()
	c, err := ReadClosure(t.Context(), "", roots)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestClosureOfRealDerivations(t *testing.T) {
	paths := instantiate(t, `rec {
  text = builtins.toFile "text" "text";
  base = make "base" "x86_64-linux" { outputs = [ "out" "dev" "doc" ]; inherit text; };
  fixed = make "fixed" "builtin" { outputHash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="; outputHashMode = "flat"; };
  floating = make "floating" "x86_64-linux" { __contentAddressed = true; outputHashMode = "recursive"; outputHashAlgo = "sha256"; };
  deferred = make "deferred" "x86_64-linux" { uses = floating; };
  left = make "left" "aarch64-darwin" { uses = [ base.dev base.doc fixed ]; allowSubstitutes = false; };
  right = make "right" "x86_64-linux" { uses = base; allowSubstitutes = true; preferLocalBuild = true; };
  structured = make "structured" "x86_64-linux" { __structuredAttrs = true; allowSubstitutes = false; uses = left; };
  structuredPlain = make "plain" "x86_64-linux" { __structuredAttrs = true; preferLocalBuild = true; };
  top = make "top" "x86_64-linux" { uses = [ left right deferred structured structuredPlain ]; };
  all = { inherit base fixed floating deferred left right structured structuredPlain top; };
}.all`)
	c := closure(t, paths["top"], paths["left"])
	if len(c.Sorted()) != 9 {
		t.Errorf("%d derivations", len(c.Sorted()))
	}
	place := map[*Node]int{}
	for i, n := range c.Sorted() {
		place[n] = i
		for _, input := range n.Inputs {
			if at, ok := place[input.Node]; !ok || at >= i {
				t.Errorf("%s stands before %s, which it needs", n.Name, input.Name)
			}
		}
	}
	for name, want := range map[string]string{
		"base":            "input-addressed",
		"fixed":           "fixed-output",
		"floating":        "content-addressed",
		"deferred":        "deferred",
		"left":            "input-addressed, not fetched",
		"right":           "input-addressed, built here",
		"structured":      "input-addressed, not fetched",
		"structuredPlain": "input-addressed, built here",
	} {
		n := c.Node(paths[name])
		got := n.Kind.String()
		if n.NoSubstitutes {
			got += ", not fetched"
		}
		if n.PreferLocal {
			got += ", built here"
		}
		if got != want {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
		// What it says is what reading it alone says.
		var s Derivations
		whole := get(t, &s, paths[name])
		if n.Name != whole.Name || n.System != whole.System || fmt.Sprint(n.Outputs) != fmt.Sprint(whole.Outputs) || !slices.Equal(n.Sources, whole.Sources) {
			t.Errorf("%+v, and alone %+v", n, whole)
		}
	}
	var wanted []string
	for _, i := range c.Node(paths["left"]).Inputs {
		wanted = append(wanted, i.Name+"!"+strings.Join(i.Wanted, ","))
	}
	slices.Sort(wanted)
	if got := strings.Join(wanted, " "); got != "base!dev,doc fixed!out" {
		t.Errorf("left needs %s", got)
	}
	if c.Node("/nix/store/none.drv") != nil {
		t.Error("a node that is not there")
	}
}

// chain lets Nix write a chain of derivations, each of which needs the one before
// it and one halfway down, and returns the last.
func chain(t testing.TB, length int, salt string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "chain.nix")
	if err := os.WriteFile(file, []byte(fmt.Sprintf(`builtins.foldl' (all: i: all ++ [ (derivation {
  name = "link-${toString i}"; system = "x86_64-linux"; builder = "/bin/sh"; salt = "%s";
  args = [ "-c" "echo ${toString i} > $out" ];
  buildPhase = builtins.concatStringsSep "\n" (builtins.genList (k: "echo \"line ${toString k}\" && test -e \"$x\"") 60);
  uses = if i == 0 then [] else [ (builtins.elemAt all (i - 1)) (builtins.elemAt all (i / 2)) ];
}) ]) [] (builtins.genList (i: i) %d)`, salt, length)), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(require.Program(t, "nix"), "--extra-experimental-features", "nix-command", "eval", "--raw", "--file", file,
		"--apply", fmt.Sprintf("all: (builtins.elemAt all %d).drvPath", length-1))
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// As deep as it is large: no recursion, and the same set and order as Nix has.
func TestClosureOfALongChain(t *testing.T) {
	last := chain(t, 1500, t.Name())
	c := closure(t, last)
	out, err := exec.Command("nix-store", "--query", "--requisites", last).Output()
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, n := range c.Sorted() {
		got = append(got, n.Path)
	}
	if want := strings.Fields(string(out)); !slices.Equal(got, want) { // a chain has but one order
		t.Errorf("%d derivations, and for Nix %d", len(got), len(want))
	}
}

// fakeStore writes .drv files, valid ones that need others by name and broken
// ones, and returns its root.
func fakeStore(t *testing.T, needs map[string][]string, texts map[string]string) string {
	t.Helper()
	root := t.TempDir()
	if err := os.MkdirAll(filepath.Join(root, "nix", "store"), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, inputs := range needs {
		var list []string
		for _, i := range inputs {
			list = append(list, fmt.Sprintf(`(%q,["out"])`, fakePath(i)))
		}
		slices.Sort(list)
		out := strings.TrimSuffix(fakePath(name), ".drv")
		texts[name] = fmt.Sprintf(`Derive([("out",%q,"","")],[%s],[],"x86_64-linux","/bin/sh",[],[("name",%q),("out",%[1]q)])`, out, strings.Join(list, ","), name)
	}
	for name, text := range texts {
		if err := os.WriteFile(filepath.Join(root, fakePath(name)), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func fakePath(name string) string {
	return "/nix/store/" + strings.Repeat("0", 32) + "-" + name + ".drv"
}

func TestClosureNamesWhatIsWrong(t *testing.T) {
	good := map[string][]string{}
	for i := range 40 {
		good[fmt.Sprintf("user%d", i)] = []string{fmt.Sprintf("none%02d", i)}
	}
	tests := []struct {
		name  string
		needs map[string][]string
		texts map[string]string
		roots []string
		want  []string // all of which the error says
		is    error
	}{
		{"missing", map[string][]string{"a": {"b"}}, map[string]string{}, []string{"a"}, []string{fakePath("b")}, os.ErrNotExist},
		{"missing root", nil, map[string]string{}, []string{"a"}, []string{fakePath("a")}, os.ErrNotExist},
		{"dynamic", map[string][]string{"a": {"b"}}, map[string]string{"b": `DrvWithVersion("xp-dyn-drv",[],[],[],"","",[],[])`}, []string{"a"}, []string{fakePath("b"), "dynamic-derivations"}, ErrDynamic},
		{"all that is broken", map[string][]string{"a": {"b", "c", "d", "e"}}, map[string]string{"b": "", "c": "Derive(", "d": `Derive([("out","/nix/store/x","","")],[],[],"s","b",[],[])`, "e": "\x00\x1b[2J"}, []string{"a"},
			[]string{fakePath("b"), fakePath("c"), fakePath("d"), fakePath("e")}, nil},
		{"a circle of three", map[string][]string{"top": {"a"}, "a": {"b"}, "b": {"c"}, "c": {"a", "leaf"}, "leaf": nil}, map[string]string{}, []string{"top"},
			[]string{fakePath("a") + ", " + fakePath("b") + ", " + fakePath("c")}, nil},
		{"itself", map[string][]string{"a": {"a"}}, map[string]string{}, []string{"a"}, []string{"in a circle: " + fakePath("a")}, nil},
		{"structured attributes that are none", nil, map[string]string{"a": `Derive([("out","` + strings.TrimSuffix(fakePath("a"), ".drv") + `","","")],[],[],"s","/bin/sh",[],[("__json","{\"allowSubstitutes\":7,\"name\":\"a\"}")])`}, []string{"a"}, []string{fakePath("a"), "structured attributes"}, nil},
		{"many", good, map[string]string{}, slices.Sorted(func(yield func(string) bool) {
			for name := range good {
				if !yield(name) {
					return
				}
			}
		}), []string{fakePath("none00"), "30 more derivations"}, os.ErrNotExist},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var roots []string
			for _, r := range test.roots {
				roots = append(roots, fakePath(r))
			}
			_, err := ReadClosure(t.Context(), fakeStore(t, test.needs, test.texts), roots)
			if err == nil {
				t.Fatal("no error")
			}
			for _, want := range test.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q does not say %q", err, want)
				}
			}
			if test.is != nil && !errors.Is(err, test.is) {
				t.Errorf("%q is no %q", err, test.is)
			}
		})
	}
}

func TestClosureOfWhatIsNoFile(t *testing.T) {
	root := fakeStore(t, nil, map[string]string{})
	for _, name := range []string{"folder", "endless"} {
		file := filepath.Join(root, fakePath(name))
		make := func() error { return os.Mkdir(file, 0o755) }
		if name == "endless" {
			make = func() error { return os.Symlink("/dev/zero", file) }
		}
		if err := make(); err != nil {
			t.Fatal(err)
		}
		if _, err := ReadClosure(t.Context(), root, []string{fakePath(name)}); err == nil || !strings.Contains(err.Error(), fakePath(name)) {
			t.Error(err)
		}
	}
	// Sparse, so it takes no room.
	long := filepath.Join(root, fakePath("long"))
	if err := os.WriteFile(long, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(long, 8<<30); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadClosure(t.Context(), root, []string{fakePath("long")}); err == nil || !strings.Contains(err.Error(), "longer than 64 MiB") {
		t.Error(err)
	}
}

func TestClosureIsInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	why := errors.New("enough")
	cancel(why)
	if _, err := ReadClosure(ctx, fakeStore(t, map[string][]string{"a": nil}, map[string]string{}), []string{fakePath("a")}); !errors.Is(err, why) {
		t.Error(err)
	}
}

// Whatever a file holds, it is an error or says the same to both readers.
func FuzzParse(f *testing.F) {
	f.Add([]byte(`Derive([("out","/nix/store/00000000000000000000000000000000-a","","")],[("/nix/store/00000000000000000000000000000000-b.drv",["out"])],["/nix/store/00000000000000000000000000000000-c"],"x86_64-linux","/bin/sh",["-c","a \"b\""],[("name","a"),("x","\n\\")])`))
	f.Add([]byte(`Derive([("out","","r:sha256","")],[],[],"s","b",[],[("__json","{\"allowSubstitutes\":false}")])`))
	f.Fuzz(func(t *testing.T, text []byte) {
		parsed, err := parse(text)
		if err != nil {
			return
		}
		n := &Node{}
		if n.fill(parsed) != nil {
			return
		}
		d, err := whole("/nix/store/x.drv", parsed)
		if err != nil || !maps.Equal(d.Outputs, n.Outputs) || !slices.Equal(d.Sources, n.Sources) || d.System != n.System {
			t.Errorf("%+v, and as a node %+v (%v)", d, n, err)
		}
	})
}
