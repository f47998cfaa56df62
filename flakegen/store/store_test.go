package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/flakegen/flakegen/internal/require"
)

// instantiate lets the real nix write .drv files: text is the attribute set of
// derivations, and the answer has their paths by name.
func instantiate(t *testing.T, text string) map[string]string {
	t.Helper()
	nix := require.Program(t, "nix")
	file := filepath.Join(t.TempDir(), "all.nix")
	if err := os.WriteFile(file, []byte(`let
  make = name: system: more: derivation ({ inherit name system; builder = "/bin/sh"; } // more);
in `+text), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(nix, "--extra-experimental-features", "nix-command ca-derivations", "eval", "--json", "--file", file,
		"--apply", "builtins.mapAttrs (name: drv: drv.drvPath)")
	cmd.Env = append(os.Environ(), "NIX_CONFIG=build-users-group =\nsubstituters =\n")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var paths map[string]string
	if err := json.Unmarshal(out, &paths); err != nil {
		t.Fatal(err)
	}
	return paths
}

func get(t *testing.T, s *Derivations, path string) *Derivation {
	t.Helper()
	d, err := s.Get(path)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestReadDerivation(t *testing.T) {
	paths := instantiate(t, `rec {
  dep = make "dep" "x86_64-linux" { outputs = [ "out" "dev" ]; };
  odd = make "odd-1.0" "aarch64-darwin" {
    args = [ "-c" "echo \"a\tb\\n\" '\r'\nsecond" "" ];
    uses = dep.dev;
    text = "quote \" backslash \\ newline \n tab \t ü";
    list = [ 1 true "a" ];
  };
  structured = make "structured" "x86_64-linux" {
    __structuredAttrs = true;
    doCheck = true;
    list = [ "a" { b = 1; } ];
    outputs = [ "out" ];
  };
  fixed = make "fixed" "builtin" { outputHash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="; outputHashMode = "flat"; };
  addressed = make "addressed" "x86_64-linux" { __contentAddressed = true; outputHashMode = "recursive"; outputHashAlgo = "sha256"; };
  onAddressed = make "on-addressed" "x86_64-linux" { uses = addressed; };
}`)
	var s Derivations

	odd := get(t, &s, paths["odd"])
	if odd.Name != "odd-1.0" || odd.System != "aarch64-darwin" || odd.Builder != "/bin/sh" || odd.Path != paths["odd"] {
		t.Errorf("%+v", odd)
	}
	if want := []string{"-c", "echo \"a\tb\\n\" '\r'\nsecond", ""}; !slices.Equal(odd.Args, want) {
		t.Errorf("the arguments are %q, want %q", odd.Args, want)
	}
	if want := "quote \" backslash \\ newline \n tab \t ü"; odd.Env["text"] != want {
		t.Errorf("text is %q, want %q", odd.Env["text"], want)
	}
	if odd.Env["list"] != "1 1 a" || odd.Structured != nil {
		t.Errorf("%+v", odd)
	}
	if !slices.Equal(odd.Needs(), []string{paths["dep"]}) || !slices.Equal(odd.Inputs[paths["dep"]], []string{"dev"}) {
		t.Errorf("it needs %v", odd.Inputs)
	}
	if got := odd.Paths(); len(got) != 1 || got[0] != odd.Env["out"] {
		t.Errorf("its outputs are %q", got)
	}

	if got := get(t, &s, paths["dep"]).Paths(); len(got) != 2 || !slices.IsSorted(got) {
		t.Errorf("the outputs of dep are %q", got)
	}
	structured := get(t, &s, paths["structured"])
	if structured.Name != "structured" || string(structured.Structured["doCheck"]) != "true" {
		t.Errorf("%+v", structured)
	}
	fixed := get(t, &s, paths["fixed"])
	if fixed.Outputs["out"].Hash == "" || fixed.Outputs["out"].HashAlgorithm != "sha256" || !fixed.Fixed() {
		t.Errorf("%+v", fixed.Outputs)
	}
	for _, name := range []string{"addressed", "onAddressed"} {
		d := get(t, &s, paths[name])
		if d.System != "x86_64-linux" || len(d.Paths()) != 0 || len(d.Outputs) != 1 {
			t.Errorf("%+v", d)
		}
	}
}

func TestReadDerivationRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"":               "too short",
		"something else": "prefix",
		`DrvWithVersion("xp-dyn-drv",[],[],[],"x","y",[],[])`: "dynamic-derivations",
		`Derive([("out","/nix/store/`:                         "",
		`Derive([("out","/nix/store/9pq2z8k330zw5y20clv0jqxw9y5mxn9j-two","","")],[],[],"","/bin/sh",[],[("name","two")])`: "platform",
	} {
		file := filepath.Join(t.TempDir(), "x.drv")
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if d, err := ReadDerivation(file); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), file) {
			t.Errorf("%q: %+v, %v", text, d, err)
		}
	}
	if _, err := ReadDerivation("/no/such.drv"); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
}

func TestName(t *testing.T) {
	for path, want := range map[string]string{
		"/nix/store/9pq2z8k330zw5y20clv0jqxw9y5mxn9j-rts-checked-1.0.drv": "rts-checked-1.0",
		"/nix/store/9pq2z8k330zw5y20clv0jqxw9y5mxn9j-a":                   "a",
		"": "",
	} {
		if got := Name(path); got != want {
			t.Errorf("Name(%q) = %q, want %q", path, got, want)
		}
	}
}

func TestWalk(t *testing.T) {
	paths := instantiate(t, `rec {
  base = make "base" "x" { };
  left = make "left" "x" { uses = base; };
  right = make "right" "x" { uses = base; };
  top = make "top" "x" { uses = [ left right ]; };
}`)
	walk := func(prune string) string {
		var s Derivations
		var names []string
		err := s.Walk([]string{paths["top"], paths["left"]}, func(d *Derivation) error {
			names = append(names, d.Name)
			if d.Name == prune {
				return ErrPrune
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return strings.Join(names, " ")
	}
	if got := walk(""); got != "top left right base" && got != "top left base right" {
		t.Errorf("visited %s: each once, and what is nearer first", got)
	}
	if got := walk("top"); got != "top left base" {
		t.Errorf("visited %s", got)
	}
	var s Derivations
	stop := errors.New("stop")
	if err := s.Walk([]string{paths["top"]}, func(*Derivation) error { return stop }); err != stop {
		t.Error(err)
	}
	if err := s.Walk([]string{"/nix/store/none.drv"}, func(*Derivation) error { return nil }); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
}

func TestCompare(t *testing.T) {
	paths := instantiate(t, `rec {
  tool = system: make "tool" system { text = "for ${system}"; self = builtins.placeholder "out"; };
  wrapped = system: make "wrapped" system { uses = tool system; };
  rts = system: more: make "rts" system ({
    args = [ "-e" "${wrapped system}/builder.sh" ];
    nativeBuildInputs = [ (wrapped system) (tool system) ];
    buildPhase = "make";
    doCheck = false;
    host = "${system}-gnu";
  } // more);
  build = rts "x86_64-linux" { };
  checked = rts "x86_64-linux" { doCheck = true; checkPhase = "make test"; };
  darwin = rts "aarch64-darwin" { };
  darwinChecked = rts "aarch64-darwin" { doCheck = true; };
  darwinTool = rts "aarch64-darwin" { nativeBuildInputs = [ (make "wrapped" "aarch64-darwin" { uses = "another"; }) (tool "aarch64-darwin") ]; };
  structured = rts "x86_64-linux" { __structuredAttrs = true; };
  structuredChecked = rts "x86_64-linux" { __structuredAttrs = true; doCheck = true; flags = [ "-x" ]; };
  all = { inherit build checked darwin darwinChecked darwinTool structured structuredChecked; };
}.all`)
	tests := []struct {
		a, b string
		want string
	}{
		{"build", "build", ""},
		{"build", "checked", "checkPhase:itself doCheck:itself out:output"},
		{"build", "darwin", "args:system host:system inputDrvs:system nativeBuildInputs:system out:output system:system"},
		{"build", "darwinChecked", "args:system doCheck:itself host:system inputDrvs:system nativeBuildInputs:system out:output system:system"},
		// A tool of the same name that is made otherwise: where it is used the
		// input is the reason, where it is not the system is.
		{"build", "darwinTool", "args:system host:system inputDrvs:itself nativeBuildInputs:input out:output system:system"},
		{"structured", "structuredChecked", "doCheck:itself flags:itself out:output"},
	}
	for _, test := range tests {
		for _, turned := range []bool{false, true} {
			var s Derivations
			a, b := get(t, &s, paths[test.a]), get(t, &s, paths[test.b])
			if turned {
				a, b = b, a
			}
			differences, err := s.Compare(a, b)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, d := range differences {
				got = append(got, fmt.Sprintf("%s:%s", d.Attribute, d.Reason))
			}
			if strings.Join(got, " ") != test.want {
				t.Errorf("%s against %s:\n got %s\nwant %s", test.a, test.b, strings.Join(got, " "), test.want)
			}
		}
	}

	var s Derivations
	differences, err := s.Compare(get(t, &s, paths["build"]), get(t, &s, paths["checked"]))
	if err != nil {
		t.Fatal(err)
	}
	phase, check := differences[0], differences[1]
	if phase.A != nil || *phase.B != "make test" || *check.A != "" || *check.B != "1" {
		t.Errorf("%+v, %+v", phase, check)
	}
}
