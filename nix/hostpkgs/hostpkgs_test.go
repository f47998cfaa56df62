// Package hostpkgs_test holds the stand-in for nixpkgs to what it promises, with the real nix.
//
// Everything is built from a copy in a temporary folder, because a flake reference cannot name every
// folder that a checkout may lie in. Derivations that must be built and not found in the store carry
// a stamp.
package hostpkgs_test

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

const nativeSystem = "x86_64-linux"

var systems = []string{"x86_64-linux", "aarch64-linux", "aarch64-darwin", "x86_64-darwin"}

// world is a temporary copy of this flake.
type world struct {
	t     *testing.T
	dir   string
	cache string
}

func newWorld(t *testing.T) world {
	t.Helper()
	if _, err := exec.LookPath("nix"); err != nil {
		t.Skip("nix is not on PATH: install Debian's nix-bin, or Nix from nixos.org")
	}
	return world{t, copyFolder(t, "."), t.TempDir()}
}

// environment makes a nix of any version work offline, as root, without a sandbox.
func (w world) environment() []string {
	return append(os.Environ(),
		"NIX_CONFIG=experimental-features = nix-command flakes\nsubstituters =\nsandbox = false\nbuild-users-group =",
		"XDG_CACHE_HOME="+w.cache)
}

// copyFolder copies a folder of the repository, without Go files and what a build left, to a new
// temporary one.
func copyFolder(t *testing.T, from string) string {
	t.Helper()
	to := t.TempDir()
	err := filepath.WalkDir(from, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		switch {
		case entry.IsDir() && entry.Name() == "build":
			return fs.SkipDir
		case entry.IsDir():
			return os.MkdirAll(filepath.Join(to, name), 0o755)
		case strings.HasSuffix(name, ".go"):
			return nil
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(to, name), data, 0o644)
	})
	if err != nil {
		t.Fatal(err)
	}
	return to
}

// nix runs nix and returns what it wrote to stdout and stderr.
func (w world) nix(args ...string) (stdout, stderr string, err error) {
	w.t.Helper()
	cmd := exec.Command("nix", args...)
	var out, log bytes.Buffer
	cmd.Stdout, cmd.Stderr, cmd.Env = &out, &log, w.environment()
	err = cmd.Run()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		w.t.Fatal(err)
	}
	return out.String(), log.String(), err
}

// in is an expression in which pkgs and lib are this flake's.
func (w world) in(system, body string) string {
	return fmt.Sprintf(`let flake = builtins.getFlake "path:%s"; inherit (flake) lib; pkgs = flake.legacyPackages.%s; in %s`, w.dir, system, body)
}

// eval evaluates an expression into result.
func (w world) eval(system, body string, result any) {
	w.t.Helper()
	stdout, stderr, err := w.nix("eval", "--impure", "--json", "--expr", w.in(system, body))
	if err != nil {
		w.t.Fatalf("%v\n%s", err, stderr)
	}
	if err := json.Unmarshal([]byte(stdout), result); err != nil {
		w.t.Fatalf("%v in %s", err, stdout)
	}
}

// evalFails evaluates an expression that must fail, and returns the error.
func (w world) evalFails(system, body string) string {
	w.t.Helper()
	stdout, stderr, err := w.nix("eval", "--impure", "--raw", "--expr", w.in(system, body))
	if err == nil {
		w.t.Fatalf("no error, but %s, from %s", stdout, body)
	}
	return stderr
}

// build builds an expression's derivation and returns its store path.
func (w world) build(body string) string {
	w.t.Helper()
	link := filepath.Join(w.t.TempDir(), "result")
	if _, stderr, err := w.nix("build", "-L", "--impure", "--out-link", link, "--expr", w.in(nativeSystem, body)); err != nil {
		w.t.Fatalf("%v\n%s", err, stderr)
	}
	// A named output has its name in the link's.
	links, err := filepath.Glob(link + "*")
	if err != nil || len(links) != 1 {
		w.t.Fatalf("%v, links %q", err, links)
	}
	path, err := os.Readlink(links[0])
	if err != nil {
		w.t.Fatal(err)
	}
	return path
}

// watched is what a build's internal-json stream told of one derivation.
type watched struct {
	phases []string
	took   []time.Duration // of each phase, measured on arrival
	log    []string
	failed bool
	out    string // every line, for messages
}

// watch builds an expression's derivation and follows the derivation of that store name.
func (w world) watch(system, name, body string, args ...string) watched {
	w.t.Helper()
	args = append([]string{"build", "--no-link", "--impure", "--log-format", "internal-json", "-v", "--expr", w.in(system, body)}, args...)
	cmd := exec.Command("nix", args...)
	cmd.Env = w.environment()
	stream, err := cmd.StderrPipe()
	if err != nil {
		w.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		w.t.Fatal(err)
	}
	var seen watched
	var id json.Number
	var began time.Time
	lines := bufio.NewScanner(stream)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		seen.out += lines.Text() + "\n"
		record, isRecord := strings.CutPrefix(lines.Text(), "@nix ")
		if !isRecord {
			continue
		}
		var r struct {
			Action string
			ID     json.Number
			Type   int
			Fields []any
		}
		if err := json.Unmarshal([]byte(record), &r); err != nil {
			w.t.Fatalf("%v in %s", err, record)
		}
		switch {
		case r.Action == "start" && r.Type == 105 && strings.HasSuffix(r.Fields[0].(string), "-"+name+".drv"):
			id = r.ID
		case r.ID != id || id == "":
		case r.Action == "result" && r.Type == 104:
			seen.endPhase(began)
			began = time.Now()
			seen.phases = append(seen.phases, r.Fields[0].(string))
		case r.Action == "result" && r.Type == 101:
			seen.log = append(seen.log, r.Fields[0].(string))
		case r.Action == "stop":
			seen.endPhase(began)
		}
	}
	if err := lines.Err(); err != nil {
		w.t.Fatal(err)
	}
	seen.failed = cmd.Wait() != nil
	if id == "" {
		w.t.Fatalf("%s was not built:\n%s", name, seen.out)
	}
	return seen
}

func (s *watched) endPhase(began time.Time) {
	if len(s.took) < len(s.phases) {
		s.took = append(s.took, time.Since(began))
	}
}

func stamp() string { return fmt.Sprintf(`"%d"`, time.Now().UnixNano()) }

func contains(t *testing.T, text string, wanted ...string) {
	t.Helper()
	for _, want := range wanted {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in:\n%s", want, text)
		}
	}
}

func output(t *testing.T, program string, args ...string) string {
	t.Helper()
	out, err := exec.Command(program, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", program, err, out)
	}
	return strings.TrimSpace(string(out))
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

func TestFilesParse(t *testing.T) {
	w := newWorld(t)
	files, _ := filepath.Glob(filepath.Join(w.dir, "*.nix"))
	examples, _ := filepath.Glob(filepath.Join(w.dir, "examples", "*.nix"))
	files = append(files, examples...)
	if len(files) < 8 {
		t.Fatalf("only %d files", len(files))
	}
	cmd := exec.Command("nix-instantiate", append([]string{"--parse"}, files...)...)
	cmd.Env = w.environment()
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// A derivation depends on the package set's own files and on the system, and on nothing else: not
// on the folder, not on files beside, not on the host's programs.
func TestDerivations(t *testing.T) {
	w := newWorld(t)
	const body = `lib.genAttrs flake.lib.systems.flakeExposed (system: let pkgs = flake.legacyPackages.${system}; in {
		greet = pkgs.greet.drvPath;
		dev = pkgs.greetlib.dev.drvPath;
		go = pkgs.go.drvPath;
		shell = (pkgs.mkShell { packages = [ pkgs.go pkgs.nixfmt ]; }).drvPath;
		systems = [ pkgs.system pkgs.greet.system pkgs.stdenv.hostPlatform.system pkgs.hostPlatform.system ];
	})`
	type paths struct {
		Greet, Dev, Go, Shell string
		Systems               []string
	}
	var here, elsewhere map[string]paths
	w.eval(nativeSystem, body, &here)

	other := world{t, copyFolder(t, "."), w.cache}
	if err := os.WriteFile(filepath.Join(other.dir, "stray"), []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	other.eval(nativeSystem, body, &elsewhere)

	seen := map[string]string{}
	for _, system := range systems {
		got := here[system]
		for _, s := range got.Systems {
			if s != system {
				t.Errorf("%s: a system is %s", system, s)
			}
		}
		if got.Greet == "" || fmt.Sprint(got) != fmt.Sprint(elsewhere[system]) {
			t.Errorf("%s: %v here, %v elsewhere", system, got, elsewhere[system])
		}
		for _, path := range []string{got.Greet, got.Dev, got.Go, got.Shell} {
			if before, twice := seen[path]; twice {
				t.Errorf("%s is of %s and %s", path, before, system)
			}
			seen[path] = system
		}
	}
}

func TestLib(t *testing.T) {
	w := newWorld(t)
	checks := []string{
		`lib.pipe 3 [ (x: x + 1) toString ] == "4"`,
		`lib.optional false 1 == [ ] && lib.optionals true [ 1 ] == [ 1 ]`,
		`lib.unique [ 1 2 1 ] == [ 1 2 ] && lib.flatten [ 1 [ 2 [ 3 ] ] ] == [ 1 2 3 ]`,
		`lib.range 2 4 == [ 2 3 4 ] && lib.range 2 1 == [ ] && lib.imap1 (n: x: n * x) [ 5 6 ] == [ 5 12 ]`,
		`lib.take 2 [ 1 2 3 ] == [ 1 2 ] && lib.drop 2 [ 1 2 3 ] == [ 3 ] && lib.drop 4 [ 1 ] == [ ] && lib.init [ 1 2 ] == [ 1 ]`,
		`lib.subtractLists [ 1 ] [ 1 2 1 ] == [ 2 ] && lib.reverseList [ 1 2 ] == [ 2 1 ] && lib.last [ 1 2 ] == 2`,
		`lib.foldr (x: acc: "${x}${acc}") "!" [ "a" "b" ] == "ab!" && lib.findFirst (x: x > 1) 0 [ 1 2 3 ] == 2`,
		`lib.splitString "." "1.2.3" == [ "1" "2" "3" ] && lib.splitString "\\" "a\\b" == [ "a" "b" ]`,
		`lib.hasPrefix "ab" "abc" && !lib.hasPrefix "abcd" "abc" && lib.hasSuffix "bc" "abc" && !lib.hasSuffix "abcd" "abc" && lib.hasInfix "*" "a*b"`,
		`lib.removePrefix "a" "abc" == "bc" && lib.removeSuffix "c" "abc" == "ab" && lib.removeSuffix "x" "abc" == "abc"`,
		`lib.toUpper "aé-z" == "Aé-Z" && lib.toLower "AZ" == "az"`,
		`lib.escapeShellArg "it's" == "'it'\\''s'"`,
		`lib.versionOlder "1.9" "1.10" && lib.versionAtLeast "2" "2"`,
		`lib.concatMapStringsSep "," toString [ 1 2 ] == "1,2" && lib.concatLines [ "a" "b" ] == "a\nb\n"`,
		`lib.genAttrs [ "a" ] (n: n + "!") == { a = "a!"; } && lib.mapAttrsToList (n: v: n + v) { a = "1"; } == [ "a1" ]`,
		`lib.filterAttrs (_: v: v != null) { a = 1; b = null; } == { a = 1; } && lib.mapAttrs' (n: v: { name = v; value = n; }) { a = "b"; } == { b = "a"; }`,
		`lib.concatMapAttrs (n: v: { ${n + "x"} = v; }) { a = 1; } == { ax = 1; } && lib.attrsToList { a = 1; } == [ { name = "a"; value = 1; } ]`,
		`lib.attrByPath [ "a" "b" ] 9 { a.b = 1; } == 1 && lib.attrByPath [ "a" "c" ] 9 { a.b = 1; } == 9`,
		`lib.hasAttrByPath [ "a" "b" ] { a.b = null; } && !lib.hasAttrByPath [ "a" "c" ] { a.b = 1; } && lib.getAttrFromPath [ "a" ] { a = 2; } == 2`,
		`lib.recursiveUpdate { a = { b = 1; c = 2; }; } { a.b = 3; } == { a = { b = 3; c = 2; }; }`,
		`lib.fix (self: { a = 1; b = self.a + 1; }) == { a = 1; b = 2; }`,
		`lib.fix (lib.extends (final: prev: { a = prev.a + 10; }) (self: { a = 1; b = self.a; })) == { a = 11; b = 11; }`,
		`(lib.composeManyExtensions [ (_: _: { a = 1; }) (_: prev: { b = prev.a + 1; }) ] { } { }) == { a = 1; b = 2; }`,
		`lib.getExe pkgs.go == "${pkgs.go}/bin/go" && lib.getExe' pkgs.go "gofmt" == "${pkgs.go}/bin/gofmt"`,
		`lib.makeBinPath [ pkgs.go null pkgs.git ] == "${pkgs.go}/bin:${pkgs.git}/bin" && lib.getName pkgs.greet == "greet"`,
		`lib.getDev pkgs.greetlib == pkgs.greetlib.dev && lib.getDev pkgs.go == pkgs.go && lib.getLib pkgs.greetlib.dev == pkgs.greetlib.dev`,
		`lib.strings.hasPrefix "a" "ab" && lib.lists.take 0 [ 1 ] == [ ] && !(lib.strings ? mapAttrs) && lib.attrsets.mapAttrs (_: v: v) { } == { }`,
		`(builtins.tryEval (lib.throwIf true "no" 1)).success == false && lib.throwIfNot true "no" 1 == 1 && lib.assertMsg true ""`,
		`lib.platforms.linux == [ "x86_64-linux" "aarch64-linux" ] && lib.meta.availableOn pkgs.stdenv.hostPlatform pkgs.greetlib`,
		`(lib.systems.elaborate "aarch64-darwin").config == "arm64-apple-darwin" && (lib.systems.elaborate "x86_64-linux").go == { GOOS = "linux"; GOARCH = "amd64"; }`,
		`(builtins.tryEval (lib.systems.elaborate "z80-cpm")).success == false`,
		`lib.attrNames (builtins.readDir (lib.fileset.toSource { root = ./.; fileset = lib.fileset.unions [ ./lib.nix ./examples/greet-src (lib.fileset.maybeMissing ./absent) ]; })) == [ "examples" "lib.nix" ]`,
	}
	// A path in an expression is relative to the folder that nix runs in.
	body := "[ " + strings.ReplaceAll("("+strings.Join(checks, ") (")+")", "./", w.dir+"/") + " ]"
	body = strings.ReplaceAll(body, w.dir+"/.;", w.dir+";")
	var results []bool
	w.eval(nativeSystem, body, &results)
	for i, ok := range results {
		if !ok {
			t.Errorf("false: %s", checks[i])
		}
	}
	if len(results) != len(checks) {
		t.Errorf("%d results for %d checks", len(results), len(checks))
	}
}

func TestOverrides(t *testing.T) {
	w := newWorld(t)
	checks := []string{
		`pkgs.greetlib.tag == "v1.2" && pkgs.greetlib.passthru.tag == "v1.2"`,
		`(pkgs.greetlib.overrideAttrs { version = "2"; }).tag == "v2"`,
		`(pkgs.greetlib.overrideAttrs { version = "2"; }).name == "greetlib-2"`,
		`(pkgs.greetlib.overrideAttrs (old: { version = old.version + ".1"; })).version == "1.2.1"`,
		`((pkgs.greetlib.overrideAttrs { version = "2"; }).overrideAttrs (final: prev: { pname = prev.pname + final.version; })).name == "greetlib2-2"`,
		`(pkgs.greet.override { doCheck = false; }).doCheck == false && pkgs.greet.doCheck`,
		`((pkgs.greet.overrideAttrs { version = "9"; }).override { doCheck = false; }).version == "9"`,
		`(pkgs.stdenv.mkDerivation (final: { name = "a"; passthru.itself = final.finalPackage; })).itself.name == "a"`,
		`pkgs.greetlib.outputs == [ "out" "dev" ] && pkgs.greetlib.dev.outputName == "dev" && pkgs.greetlib.outputName == "out" && builtins.length pkgs.greetlib.all == 2`,
		`pkgs.greetlib.dev.drvPath == pkgs.greetlib.drvPath && pkgs.greetlib.dev.outPath != pkgs.greetlib.outPath`,
		`pkgs.greet.meta.mainProgram == "greet" && pkgs.greet.meta.available && pkgs.greet.meta.license.spdxId == "MIT"`,
		`map toString pkgs.greet.buildInputs == [ (toString pkgs.greetlib.dev) ]`,
		`(pkgs.extend (final: prev: { word = "two " + prev.greet.pname; })).word == "two greet"`,
		`(import flake { system = pkgs.system; overlays = [ (_: prev: { greetlib = prev.greetlib.overrideAttrs { version = "7"; }; }) ]; }).greet.drvPath != pkgs.greet.drvPath`,
		`(import flake { system = pkgs.system; }).greet.drvPath == pkgs.greet.drvPath`,
	}
	var results []bool
	w.eval(nativeSystem, "[ ("+strings.Join(checks, ") (")+") ]", &results)
	for i, ok := range results {
		if !ok {
			t.Errorf("false: %s", checks[i])
		}
	}
}

func TestRefusals(t *testing.T) {
	w := newWorld(t)
	for body, want := range map[string]string{
		`(pkgs.stdenv.mkDerivation { name = "a"; meta.broken = true; }).drvPath`:                                                 "‘a’ is marked as broken",
		`(pkgs.stdenv.mkDerivation { name = "a"; meta.license = lib.licenses.unfree; }).outPath`:                                 "‘a’ has an unfree license",
		`(pkgs.stdenv.mkDerivation { name = "a"; meta.platforms = lib.platforms.darwin; }).drvPath`:                              "not available on the requested hostPlatform x86_64-linux",
		`(pkgs.stdenv.mkDerivation { name = "a"; outputs = [ "out" "dev" ]; meta.badPlatforms = [ pkgs.system ]; }).dev.outPath`: "not available on",
		`(pkgs.stdenv.mkDerivation { name = "a"; x = 1; env.x = 2; }).drvPath`:                                                   "env and the derivation both have: x",
		`(pkgs.stdenv.mkDerivation { name = "a"; __structuredAttrs = true; }).drvPath`:                                           "no __structuredAttrs",
		`(pkgs.stdenv.mkDerivation { pname = "a"; }).drvPath`:                                                                    "neither a name nor pname and version",
		`(pkgs.stdenv.mkDerivation { name = "a"; buildInputs = [ { } ]; }).drvPath`:                                              "buildInputs holds something that is no derivation",
		`(pkgs.buildGoModule { name = "a"; src = ./.; }).drvPath`:                                                                "vendorHash is missing from a",
		`(pkgs.buildGoModule { name = "a"; src = ./.; vendorHash = null; proxyVendor = true; }).drvPath`:                         "neither proxyVendor nor deleteVendor",
		`(pkgs.fetchFromGitHub { owner = "o"; repo = "r"; rev = "v1"; hash = ""; }).outPath`:                                     "o/r/v1: this stand-in for nixpkgs has no network",
		`(import flake { system = "z80-cpm"; }).greet.drvPath`:                                                                   "has no system z80-cpm",
	} {
		contains(t, w.evalFails(nativeSystem, body), want)
	}
	// Each can be allowed, and meta can be read all the same.
	var ok bool
	w.eval(nativeSystem, `let
		set = import flake { system = pkgs.system; config = { allowBroken = true; allowUnfree = true; allowUnsupportedSystem = true; }; };
		meta = { broken = true; license = lib.licenses.unfree; platforms = [ ]; };
		of = pkgs: pkgs.stdenv.mkDerivation { name = "a"; inherit meta; };
	in lib.hasPrefix "/nix/store/" (of set).drvPath && (of set).meta.available && !(of pkgs).meta.available`, &ok)
	if !ok {
		t.Error("config does not allow what it names")
	}
}

const phasesMakefile = `prefix = /nowhere
all:
	@echo make all $(FLAG), jobs $(filter -j%,$(MAKEFLAGS))
check:
	@echo make check, jobs $(filter -j%,$(MAKEFLAGS))
install:
	@echo make install
	@touch $(prefix)/done
installcheck:
	@test -e $(prefix)/done && echo make installcheck
`

// The order of phases and hooks, each told to Nix as it begins.
func TestPhases(t *testing.T) {
	w := newWorld(t)
	hooks := ""
	for _, phase := range []string{"Unpack", "Patch", "Configure", "Build", "Check", "Install", "Fixup", "InstallCheck"} {
		hooks += fmt.Sprintf("pre%s = \"echo hook pre%s\"; post%s = \"echo hook post%s\";\n", phase, phase, phase, phase)
	}
	src := t.TempDir()
	if err := os.WriteFile(filepath.Join(src, "Makefile"), []byte(phasesMakefile), 0o644); err != nil {
		t.Fatal(err)
	}
	got := w.watch(nativeSystem, "phases-1", `pkgs.stdenv.mkDerivation {
		pname = "phases"; version = "1"; stamp = `+stamp()+`;
		src = `+src+`;
		makeFlags = [ "FLAG=given" "prefix=$(out)" ];
		enableParallelBuilding = true;
		doCheck = true;
		doInstallCheck = true;
		preConfigurePhases = [ "extraPhase" ];
		extraPhase = "echo extra";
		`+hooks+`
	}`, "--cores", "3")
	if got.failed {
		t.Fatal(got.out)
	}
	want := []string{"unpackPhase", "patchPhase", "extraPhase", "configurePhase", "buildPhase", "checkPhase", "installPhase", "fixupPhase", "installCheckPhase"}
	if !slices.Equal(got.phases, want) {
		t.Errorf("phases are %q, not %q", got.phases, want)
	}
	var talk []string
	for _, line := range got.log {
		if strings.HasPrefix(line, "hook ") || strings.HasPrefix(line, "make ") || line == "extra" {
			talk = append(talk, line)
		}
	}
	wantTalk := []string{
		"hook preUnpack", "hook postUnpack", "hook prePatch", "hook postPatch", "extra",
		"hook preConfigure", "hook postConfigure",
		"hook preBuild", "make all given, jobs -j3", "hook postBuild",
		"hook preCheck", "make check, jobs -j3", "hook postCheck",
		"hook preInstall", "make install", "hook postInstall",
		"hook preFixup", "hook postFixup",
		"hook preInstallCheck", "make installcheck", "hook postInstallCheck",
	}
	if !slices.Equal(talk, wantTalk) {
		t.Errorf("the log has %q,\nnot %q", talk, wantTalk)
	}
}

// Whatever fails in whichever phase, the build fails there and goes no further.
func TestFailingPhase(t *testing.T) {
	w := newWorld(t)
	const folder = "flake + \"/examples\""
	for name, test := range map[string]struct{ src, attrs, last string }{
		"check":        {folder, `doCheck = true; checkPhase = "echo not ok; exit 3";`, "checkPhase"},
		"errexit":      {folder, `buildPhase = "false; echo went on";`, "buildPhase"},
		"pipefail":     {folder, `buildPhase = "false | cat; echo went on";`, "buildPhase"},
		"hook":         {folder, `preInstall = "false; echo went on"; installPhase = "runHook preInstall; echo went on";`, "installPhase"},
		"unpack":       {`builtins.toFile "a.xyz" ""`, `buildPhase = "echo went on";`, "unpackPhase"},
		"installCheck": {folder, `doInstallCheck = true; installCheckPhase = "[ -e /absent ]";`, "installCheckPhase"},
	} {
		got := w.watch(nativeSystem, "fails", `pkgs.stdenv.mkDerivation { name = "fails"; stamp = `+stamp()+`; src = `+test.src+`; `+test.attrs+` }`)
		if !got.failed || len(got.phases) == 0 || got.phases[len(got.phases)-1] != test.last {
			t.Errorf("%s: failed %v in the last of %q", name, got.failed, got.phases)
		}
		if slices.Contains(got.log, "went on") {
			t.Errorf("%s: went on:\n%s", name, got.out)
		}
	}
}

func TestPhasesLeftOut(t *testing.T) {
	w := newWorld(t)
	for attrs, want := range map[string][]string{
		`phases = [ "installPhase" ]; installPhase = "touch $out";`:                           {"installPhase"},
		`dontUnpack = true; dontPatch = true; dontConfigure = true; dontInstall = true;`:      {"buildPhase", "fixupPhase"},
		`dontUnpack = true; dontBuild = true; dontFixup = true; installPhase = "touch $out";`: {"patchPhase", "configurePhase", "installPhase"},
		`buildCommand = "touch $out";`:                                                        nil,
	} {
		got := w.watch(nativeSystem, "few", `pkgs.stdenv.mkDerivation { name = "few"; stamp = `+stamp()+`; `+attrs+` }`)
		if got.failed || !slices.Equal(got.phases, want) {
			t.Errorf("%s: phases are %q, not %q\n%s", attrs, got.phases, want, got.out)
		}
	}
}

// A variant with tests differs in what its tests need, and in nothing else.
func TestCheckInputs(t *testing.T) {
	w := newWorld(t)
	var got struct{ Differ, Plain, Checked []string }
	w.eval(nativeSystem, `let
		shared = { name = "a"; src = flake; nativeCheckInputs = [ pkgs.jq ]; checkInputs = [ pkgs.greetlib ]; };
		plain = pkgs.stdenv.mkDerivation (shared // { doCheck = false; });
		checked = pkgs.stdenv.mkDerivation (shared // { doCheck = true; checkPhase = "true"; });
		all = plain.drvAttrs // checked.drvAttrs;
		names = inputs: map (p: p.name) inputs;
	in {
		differ = lib.filter (n: plain.drvAttrs.${n} or null != checked.drvAttrs.${n} or null) (lib.attrNames all);
		plain = names (plain.nativeBuildInputs ++ plain.buildInputs);
		checked = names (checked.nativeBuildInputs ++ checked.buildInputs);
	}`, &got)
	if want := []string{"buildInputs", "checkPhase", "doCheck", "nativeBuildInputs"}; !slices.Equal(got.Differ, want) {
		t.Errorf("%q differ, not %q", got.Differ, want)
	}
	if len(got.Plain) != 0 || !slices.Equal(got.Checked, []string{"jq-host", "greetlib-1.2"}) {
		t.Errorf("plain has %q, checked %q", got.Plain, got.Checked)
	}
}

func TestOutputs(t *testing.T) {
	w := newWorld(t)
	out := w.build(`pkgs.greetlib`)
	dev := w.build(`pkgs.greetlib.dev`)
	for path, want := range map[string]bool{
		out + "/lib/libgreet.a":  true,
		out + "/include":         false,
		dev + "-dev/lib":         false,
		dev + "/include/greet.h": true,
		dev + "/lib":             false,
	} {
		if exists(path) != want {
			t.Errorf("%s is there: %v", path, !want)
		}
	}
	propagated, err := os.ReadFile(dev + "/nix-support/propagated-build-inputs")
	if err != nil || strings.TrimSpace(string(propagated)) != out {
		t.Errorf("dev propagates %q, not %s", propagated, out)
	}
}

// A foreign system's derivation is built by the host's shell where Nix is told that it may be.
func TestGreet(t *testing.T) {
	w := newWorld(t)
	if got := output(t, w.build(`pkgs.greet`)+"/bin/greet"); got != "hello from linux (flakegen)" {
		t.Error(got)
	}
	got := w.watch("aarch64-darwin", "greet-0.3", `pkgs.greet.overrideAttrs { stamp = `+stamp()+`; }`, "--option", "extra-platforms", "aarch64-darwin")
	if got.failed {
		t.Fatal(got.out)
	}
	contains(t, strings.Join(got.log, "\n"), "from darwin", "1 passed, 0 failed")
}

func TestBuilders(t *testing.T) {
	w := newWorld(t)
	file := filepath.Join(t.TempDir(), "one")
	if err := os.WriteFile(file, []byte("1\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256([]byte("1\n"))
	hash := "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
	path := w.build(`let
		say = pkgs.writeShellApplication { name = "say"; text = ''echo "$1 $WHO"''; runtimeEnv.WHO = "it's me"; };
		first = pkgs.runCommand "first" { } ''mkdir -p $out/a; echo 1 >$out/a/x'';
		second = pkgs.runCommand "second" { } ''mkdir -p $out/a; echo 2 | tee $out/a/x >$out/a/y'';
		joined = pkgs.symlinkJoin { name = "joined"; paths = [ first [ second ] ]; postBuild = "touch $out/post"; };
		farm = pkgs.linkFarm "farm" { "deep/er" = first; };
		wrapped = pkgs.runCommand "wrapped" { nativeBuildInputs = [ pkgs.makeWrapper ]; } ''
			makeWrapper ${pkgs.writeShellScript "env" ''echo "$A|$B|$C|$*|''${D-none}"''} $out/bin/wrapped \
				--set A 'a "b"' --prefix B : x --suffix C : z --unset D --add-flags one --append-flags two
		'';
		large = pkgs.runCommand "large" { text = lib.concatMapStrings toString (lib.range 1 50000); passAsFile = [ "text" ]; } ''wc -c <$textPath >$out'';
		copied = pkgs.fetchurl { url = "file://` + file + `"; hash = "` + hash + `"; };
		replaced = pkgs.runCommand "replaced" { } ''printf 'a&b\n\n' >$out; substituteInPlace $out --replace-fail '&' '/&/' '';
	in pkgs.linkFarm "all" { inherit joined farm wrapped large copied replaced; bin = say; shell = pkgs.writeShellScriptBin "hi" "echo hi"; }`)
	read := func(name string) string {
		data, err := os.ReadFile(filepath.Join(path, name))
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	for got, want := range map[string]string{
		output(t, path+"/bin/bin/say", "I am"):    "I am it's me",
		output(t, path+"/shell/bin/hi"):           "hi",
		read("joined/a/x") + read("joined/a/y"):   "1\n2\n",
		read("farm/deep/er/a/x") + read("copied"): "1\n1\n",
		strings.TrimSpace(read("large")):          "238894",
		read("replaced"):                          "a/&/b\n\n",
	} {
		if got != want {
			t.Errorf("%q, not %q", got, want)
		}
	}
	if !exists(path + "/joined/post") {
		t.Error("symlinkJoin did not run postBuild")
	}
	cmd := exec.Command(path+"/wrapped/bin/wrapped", "given")
	cmd.Env = []string{"B=y", "C=y", "D=d"}
	if out, err := cmd.Output(); err != nil || string(out) != "a \"b\"|x:y|y:z|one given two|none\n" {
		t.Errorf("%v, %q", err, out)
	}
}

// A tool is looked for when it runs; one that is not there says so.
func TestHostTools(t *testing.T) {
	w := newWorld(t)
	path := w.build(`pkgs.linkFarm "tools" { inherit (pkgs) git go; none = pkgs.hostTools "none" [ "no-such-program" ]; }`)
	contains(t, output(t, path+"/git/bin/git", "--version"), "git version")
	contains(t, output(t, path+"/go/bin/go", "env", "GOOS"), "linux")
	out, err := exec.Command(path + "/none/bin/no-such-program").CombinedOutput()
	if exit := (*exec.ExitError)(nil); !errors.As(err, &exit) || exit.ExitCode() != 127 {
		t.Errorf("%v", err)
	}
	contains(t, string(out), "no-such-program: not on this host; looked in /usr/local/go/bin")
}

const developFlake = `{
  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-26.05";
  outputs =
    { self, nixpkgs }:
    let
      pkgs = nixpkgs.legacyPackages.x86_64-linux;
    in
    {
      devShells.x86_64-linux.default = pkgs.mkShell {
        packages = [ pkgs.greet ];
        inputsFrom = [ pkgs.greet (pkgs.mkShell { shellHook = "echo from inputsFrom"; }) ];
        WORD = "set in the shell";
        shellHook = "echo from the shell";
      };
    };
}
`

// As a user has it: a flake that names nixpkgs, which this one stands in for.
func TestDevelop(t *testing.T) {
	w := newWorld(t)
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "flake.nix"), []byte(developFlake), 0o644); err != nil {
		t.Fatal(err)
	}
	stdout, stderr, err := w.nix("develop", "path:"+dir, "--no-write-lock-file", "--override-input", "nixpkgs", "path:"+w.dir,
		"--command", "bash", "-c", `greet; echo $WORD; echo '#include <greet.h>' | gcc -E - | grep 'greet(void)'`)
	if err != nil {
		t.Fatalf("%v\n%s", err, stderr)
	}
	want := "from inputsFrom\nfrom the shell\nhello from linux (flakegen)\nset in the shell\nconst char *greet(void);\n"
	if stdout != want {
		t.Errorf("%q, not %q", stdout, want)
	}
}

const goModule = `module example.org/distance

go 1.26.0

require github.com/agext/levenshtein v1.2.3
`

const goProgram = `package main

import "github.com/agext/levenshtein"

var version = "none"

func main() {
	println(version, levenshtein.Distance("check", "cheque", nil))
}
`

// vendorHash is that of the folder which go mod vendor makes, as in nixpkgs; the build itself is
// offline, and leaves nothing of Go and of its folder in the program.
func TestBuildGoModule(t *testing.T) {
	w := newWorld(t)
	sums, err := os.ReadFile("../../go.sum")
	if err != nil {
		t.Fatal(err)
	}
	src := t.TempDir()
	for name, text := range map[string]string{"go.mod": goModule, "go.sum": string(sums), "cmd/distance/main.go": goProgram} {
		path := filepath.Join(src, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	byHand := copyFolder(t, src)
	if err := os.CopyFS(filepath.Join(byHand, "cmd"), os.DirFS(filepath.Join(src, "cmd"))); err != nil {
		t.Fatal(err)
	}
	vendor := exec.Command("go", "mod", "vendor")
	vendor.Dir = byHand
	if out, err := vendor.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	hash, stderr, err := w.nix("hash", "path", filepath.Join(byHand, "vendor"))
	if err != nil {
		t.Fatal(stderr)
	}
	hash = strings.TrimSpace(hash)

	module := func(hash, more string) string {
		return fmt.Sprintf(`pkgs.buildGoModule (final: { pname = "distance"; version = "1.4"; src = %s; vendorHash = %q;
			subPackages = [ "cmd/distance" ]; ldflags = [ "-s" "-X main.version=v${final.version}" ]; env.CGO_ENABLED = 0; doCheck = false; %s })`, src, hash, more)
	}
	mismatch := w.watch(nativeSystem, "distance-1.4-go-modules", module("sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", ""))
	if !mismatch.failed {
		t.Error("a wrong vendorHash was accepted")
	}
	contains(t, mismatch.out, hash)

	path := w.build(module(hash, `stamp = `+stamp()+`;`))
	if got := output(t, path+"/bin/distance"); got != "v1.4 3" {
		t.Error(got)
	}
	program, err := os.ReadFile(path + "/bin/distance")
	if err != nil {
		t.Fatal(err)
	}
	for _, trace := range []string{"/nix-build-", "/nix/store/"} {
		if bytes.Contains(program, []byte(trace)) {
			t.Errorf("the program holds %s", trace)
		}
	}
	if exists("/homeless-shelter") {
		t.Error("the build left a folder that keeps Nix from building")
	}
}

// The example runtime system, written by hand as flakegen is to render it.
func TestRuntimeSystem(t *testing.T) {
	w := newWorld(t)
	src := copyFolder(t, "../../examples/rts")
	variants := fmt.Sprintf(`rec {
		shared = { name = "mini-rts"; src = %s; stamp = %s; enableParallelBuilding = true; installFlags = [ "prefix=$(out)" ]; };
		build = pkgs.stdenv.mkDerivation (shared // { doCheck = false; });
		checked = pkgs.stdenv.mkDerivation (shared // { doCheck = true; checkPhase = "make -j8 test"; });
	}`, src, stamp())
	phases := []string{"unpackPhase", "patchPhase", "configurePhase", "buildPhase", "installPhase", "fixupPhase"}

	checked := w.watch(nativeSystem, "mini-rts", variants+".checked")
	if checked.failed || !slices.Equal(checked.phases, slices.Insert(slices.Clone(phases), 4, "checkPhase")) {
		t.Fatalf("%q\n%s", checked.phases, checked.out)
	}
	if !slices.Contains(checked.log, "72 passed, 0 failed") {
		t.Error(checked.out)
	}
	build, check := checked.took[3], checked.took[4]
	t.Logf("buildPhase %v, checkPhase %v", build.Round(time.Millisecond), check.Round(time.Millisecond))

	darwin := w.watch("aarch64-darwin", "mini-rts", variants+".build", "--option", "extra-platforms", "aarch64-darwin")
	if darwin.failed || !slices.Equal(darwin.phases, phases) {
		t.Fatalf("%q\n%s", darwin.phases, darwin.out)
	}

	// Built in other folders, one with tests and one without, for two systems by one compiler: the
	// same bytes, and none of them names its own store path.
	var checkedPath, darwinPath string
	w.eval(nativeSystem, variants+".checked.outPath", &checkedPath)
	w.eval("aarch64-darwin", variants+".build.outPath", &darwinPath)
	if checkedPath == darwinPath {
		t.Fatal("both variants are one path")
	}
	checkedHash, _, err1 := w.nix("hash", "path", checkedPath)
	darwinHash, _, err2 := w.nix("hash", "path", darwinPath)
	if err1 != nil || err2 != nil || checkedHash == "" || checkedHash != darwinHash {
		t.Errorf("the variants' contents differ: %s and %s", checkedHash, darwinHash)
	}
	archives, _ := filepath.Glob(checkedPath + "/lib/librts-*.a")
	if len(archives) != 6 || !exists(checkedPath+"/include/rts.h") {
		t.Errorf("installed are %q", archives)
	}
}

// One changed constant in a test makes the check phase fail, and says where.
func TestRuntimeSystemFails(t *testing.T) {
	w := newWorld(t)
	src := copyFolder(t, "../../examples/rts")
	file := filepath.Join(src, "test", "test_crc32.c")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	broken := bytes.Replace(text, []byte("0xcbf43926"), []byte("0xcbf43927"), 1)
	if bytes.Equal(text, broken) {
		t.Fatal("the check value is not in test_crc32.c")
	}
	if err := os.WriteFile(file, broken, 0o644); err != nil {
		t.Fatal(err)
	}
	got := w.watch(nativeSystem, "mini-rts", fmt.Sprintf(`pkgs.stdenv.mkDerivation { name = "mini-rts"; src = %s; stamp = %s; dontBuild = true; doCheck = true; checkPhase = "make -j8 run/eop/crc32"; }`, src, stamp()))
	if !got.failed || got.phases[len(got.phases)-1] != "checkPhase" {
		t.Errorf("failed %v in the last of %q", got.failed, got.phases)
	}
	contains(t, strings.Join(got.log, "\n"), "FAIL eop crc32, seed 1: test/test_crc32.c:")
}
