package nixcmd

import (
	"encoding/json"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/flakegen/flakegen/internal/require"
)

func TestParseArgs(t *testing.T) {
	tests := []struct {
		args                        string
		settings, evaluates, builds string
	}{
		{"", "", "", ""},
		{"--option sandbox false -j 4 -j4", "--option sandbox false -j 4 -j4", "", ""},
		{"--max-jobs 0 --cores 2 --builders ssh://a;ssh://b", "--max-jobs 0 --cores 2 --builders ssh://a;ssh://b", "", ""},
		{"--system aarch64-linux --extra-platforms riscv64-linux --extra-extra-platforms i686-linux", "--system aarch64-linux --extra-platforms riscv64-linux --extra-extra-platforms i686-linux", "", ""},
		{"--no-sandbox --relaxed-sandbox --sandbox --accept-flake-config --offline --refresh", "--no-sandbox --relaxed-sandbox --sandbox --accept-flake-config --offline --refresh", "", ""},
		{"--override-input nixpkgs path:./nix/hostpkgs --impure", "", "--override-input nixpkgs path:./nix/hostpkgs --impure", ""},
		{"--no-write-lock-file --cores 1 --inputs-from .", "--cores 1", "--no-write-lock-file --inputs-from .", ""},
		{"--rebuild -vvv -L -Lv --commit-lock-file", "", "", "--rebuild -vvv -L -Lv --commit-lock-file"},
		{"--flag-of-tomorrow one two --cores 1 --other", "--cores 1", "--flag-of-tomorrow one two --other", ""},
		{"--option builders --json", "--option builders --json", "", ""},
	}
	for _, test := range tests {
		got, err := ParseArgs(strings.Fields(test.args), "/")
		if err != nil {
			t.Errorf("%s: %v", test.args, err)
		}
		for what, pair := range map[string][2]string{
			"settings":   {strings.Join(got.settings, " "), test.settings},
			"evaluation": {strings.Join(got.evaluation, " "), test.evaluates},
			"building":   {strings.Join(got.building, " "), test.builds},
		} {
			if pair[0] != pair[1] {
				t.Errorf("%s: %s is %q, want %q", test.args, what, pair[0], pair[1])
			}
		}
	}
}

func TestParseArgsRefuses(t *testing.T) {
	for args, want := range map[string]string{
		"nixpkgs#hello":      "before the --",
		"--cores 2 .#rts":    "before the --",
		"-":                  "is no flag",
		"--impure -- x":      "is no flag",
		"--cores":            "--cores needs 1 value behind it",
		"--option cores":     "--option needs 2 values behind it",
		"-j":                 "-j needs 1 value",
		"--json":             "--json cannot be passed to nix: write it before the --",
		"--out-link x":       "write it before the --",
		"--log-format bar":   "internal-json",
		"--print-out-paths":  "flakegen build --json",
		"--expr 1":           "run nix build --expr",
		"--cores 1 -o x":     "write --out-link before the --",
		"--arg-from-stdin x": "--arg-from-file",
	} {
		if got, err := ParseArgs(strings.Fields(args), "/"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %+v, %v, want an error with %q", args, got, err, want)
		}
	}
}

func TestArgsSets(t *testing.T) {
	args, err := ParseArgs(strings.Fields("--option connect-timeout 5 --download-attempts 3 --option x download-speed"), "/")
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]bool{"connect-timeout": true, "download-attempts": true, "download-speed": false, "cores": false} {
		if args.sets(name) != want {
			t.Errorf("sets(%q) = %v", name, !want)
		}
	}
}

// The real nix lists its flags. Each must be in the table, with as many operands
// and with the class that it has in nix: a setting is what every command takes.
func TestFlagsOfTheRealNix(t *testing.T) {
	program := require.Program(t, "nix")
	type flags map[string]struct {
		Labels    []string `json:"labels"`
		ShortName string   `json:"shortName"`
	}
	var top struct {
		Flags    flags                            `json:"flags"`
		Commands map[string]struct{ Flags flags } `json:"commands"`
	}
	out, err := exec.Command(program, "__dump-cli").Output()
	if err != nil {
		out, err = exec.Command(program, "__dump-args").Output() // before 2.17
	}
	if err != nil {
		t.Fatal(err)
	}
	var wrapped map[string]json.RawMessage
	if err := json.Unmarshal(out, &wrapped); err != nil {
		t.Fatal(err)
	}
	if wrapped["flags"] == nil {
		out = wrapped["args"] // from 2.17 on
	}
	if err := json.Unmarshal(out, &top); err != nil {
		t.Fatal(err)
	}
	if len(top.Flags) < 100 || len(top.Commands["build"].Flags) < 15 {
		t.Fatalf("nix lists %d flags, and %d of build", len(top.Flags), len(top.Commands["build"].Flags))
	}
	compare := func(word string, operands int, wholeProgram bool) {
		known, ok := lookUpFlag(word)
		switch {
		case !ok:
			t.Errorf("%s is not known", word)
		case known.operands != operands:
			t.Errorf("%s has %d operands, the table says %d", word, operands, known.operands)
		case known.class == setting && known.refusal == "" && !wholeProgram:
			t.Errorf("%s is a flag of nix build alone, the table calls it a setting", word)
		}
	}
	for name, f := range top.Flags {
		compare("--"+name, len(f.Labels), true)
	}
	for name, f := range top.Commands["build"].Flags {
		compare("--"+name, len(f.Labels), false)
		if f.ShortName != "" {
			compare("-"+f.ShortName, len(f.Labels), false)
		}
	}
}

// What the table calls a setting must reach `show-config`, what it calls a flag
// of evaluation must reach the dry run.
func TestArgsReachTheRealNix(t *testing.T) {
	dir := t.TempDir()
	n := realNix(t, dir)
	system := native(t, n)
	gitFlake(t, dir, "packages."+system+`.a = make "a" "`+system+`" "echo > $out";`)
	if err := n.parse("--option", "cores", "7", "--max-jobs", "3", "--extra-extra-platforms", "m68k-linux", "--no-substitute",
		"--no-registries", "--impure", "--no-update-lock-file", "--show-trace", "-L", "-v"); err != nil {
		t.Fatal(err)
	}
	s, err := n.Settings(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if s.Cores != 7 || s.MaxJobs != 3 || !slices.Contains(s.ExtraPlatforms, "m68k-linux") || s.Substitute {
		t.Errorf("the settings are %+v", s)
	}
	a := []Installable{{Flake: ".", Attribute: Attribute{"packages", system, "a"}}}
	if m, err := n.Missing(t.Context(), a, OneSecond); err != nil || len(m.Build) != 1 {
		t.Errorf("%+v, %v, want one derivation to build", m, err)
	}
	if e, err := n.Evaluate(t.Context(), a); err != nil || e[0].Err != nil {
		t.Errorf("%+v, %v", e, err)
	}
}

func (n *Nix) parse(args ...string) (err error) {
	n.Args, err = ParseArgs(args, n.Dir)
	return err
}

func TestArgsSetsJobs(t *testing.T) {
	for _, test := range []struct {
		args                string
		maxJobs, keepsGoing bool
	}{
		{"", false, false},
		{"--cores 4 --option cores 4", false, false},
		{"-j 4", true, false},
		{"-j4", true, false},
		{"--max-jobs 4", true, false},
		{"--option max-jobs auto", true, false},
		{"--option build-max-jobs 2", true, false},
		{"--keep-going", false, true},
		{"--no-keep-going -j2", true, true},
		{"--option keep-going false", false, true},
	} {
		args, err := ParseArgs(strings.Fields(test.args), "/")
		if err != nil || args.SetsMaxJobs() != test.maxJobs || args.SetsKeepGoing() != test.keepsGoing {
			t.Errorf("%s: %v, %v, %v", test.args, args.SetsMaxJobs(), args.SetsKeepGoing(), err)
		}
	}
}

func TestArgsWith(t *testing.T) {
	args, err := ParseArgs(strings.Fields("--cores 2 --impure"), "/")
	if err != nil {
		t.Fatal(err)
	}
	with := args.With("--max-jobs", "3")
	if got := strings.Join(with.forBuilding(), " "); got != "--cores 2 --max-jobs 3 --impure" {
		t.Errorf("with more: %s", got)
	}
	if got := strings.Join(args.forBuilding(), " "); got != "--cores 2 --impure" {
		t.Errorf("the first ones have changed: %s", got)
	}
}
