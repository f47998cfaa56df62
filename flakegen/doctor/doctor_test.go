package doctor

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/flakegen/flakegen/flakegen/generate"
	"github.com/flakegen/flakegen/flakegen/gitcmd"
	"github.com/flakegen/flakegen/flakegen/nixcmd"
	"github.com/flakegen/flakegen/flakegen/worktree"
	"github.com/flakegen/flakegen/internal/require"
)

// options are those of a user at the real Nix and on this machine, who asks no
// cache. More settings can be added as lines of nix.conf.
func options(t *testing.T, settings ...string) Options {
	t.Helper()
	require.Program(t, "nix")
	home := t.TempDir()
	conf := append([]string{"substituters =", "sandbox = false", "build-users-group ="}, settings...)
	env := append(os.Environ(), "HOME="+home, "XDG_CACHE_HOME="+home, "NIX_CONFIG="+strings.Join(conf, "\n"))
	return Options{
		Nix:     &nixcmd.Nix{Dir: home, Env: env, Grace: 300 * time.Millisecond},
		Machine: os.DirFS("/"), Kernel: runtime.GOOS, CPUs: 2, User: "ann", Root: os.Geteuid() == 0,
		Version: "development", Now: time.Now, Limit: time.Minute,
	}
}

const somePackage = `input "nixpkgs" { url = "github:NixOS/nixpkgs/nixos-26.05" }
package "rts" { name = "rts" }
`

// repository is a folder with a spec, in git, its files rendered and added.
func repository(t *testing.T, spec string) *Repository {
	t.Helper()
	require.Program(t, "git")
	root := t.TempDir()
	write(t, filepath.Join(root, "flakegen.hcl"), spec)
	rendering, err := generate.Tree(os.DirFS(root))
	if err != nil {
		t.Fatal(err)
	}
	if rendering.Diagnostics.HasErrors() {
		t.Fatal(rendering.Diagnostics)
	}
	git := &gitcmd.Git{Dir: root, Cwd: root}
	return &Repository{Root: root, Git: git, Rendering: rendering, Comparison: &worktree.Comparison{Dir: root, Files: rendering.Files, Git: git}}
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// about are the findings of a rule whose subject is or begins with a word.
func about(r Result, rule, subject string) []Finding {
	var found []Finding
	for _, f := range r.Findings {
		if f.Rule == rule && strings.HasPrefix(f.Subject, subject) {
			found = append(found, f)
		}
	}
	return found
}

// expect holds the one finding of a rule and subject against a level and parts of
// its texts.
func expect(t *testing.T, r Result, rule, subject string, level Level, parts ...string) {
	t.Helper()
	found := about(r, rule, subject)
	if len(found) != 1 {
		t.Errorf("%d findings of %s about %s, want 1: %+v", len(found), rule, subject, r.Findings)
		return
	}
	f := found[0]
	text := strings.Join([]string{f.Summary, f.Detail, f.Remedy()}, "\n")
	if f.Level != level {
		t.Errorf("%s about %s: %s, want %s:\n%s", rule, subject, f.Level, level, text)
	}
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("%s about %s: no %q in\n%s", rule, subject, part, text)
		}
	}
	if f.Level != OK && f.Remedy() == "" {
		t.Errorf("%s about %s has no remedy", rule, subject)
	}
}

func TestKnownFaults(t *testing.T) {
	for number, want := range map[string]string{
		"2.8.0": "note", "2.24.5": "fault note", "2.24.6": "note", "2.34.8": "",
		"2.35.0": "fault", "2.35.1": "fault", "2.35.2": "", "2.36.0": "", "2.35pre20260504_53ab7375": "",
	} {
		var levels []string
		for _, k := range faultsOf(nixcmd.Version{Vendor: "Nix", Number: number}) {
			levels = append(levels, string(k.level))
			if k.what == "" || k.remedy == "" {
				t.Errorf("%s: no words", number)
			}
		}
		if got := strings.Join(levels, " "); got != want {
			t.Errorf("%s: %q, want %q", number, got, want)
		}
	}
	if found := faultsOf(nixcmd.Version{Vendor: "Lix", Number: "2.93.0"}); found != nil {
		t.Errorf("Lix has the faults of Nix: %v", found)
	}
}

// The machine is shown as files, since no machine is of all these kinds.
func TestMachines(t *testing.T) {
	require.Root(t)
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	type want struct {
		rule, subject string
		level         Level
		parts         []string
	}
	tests := []struct {
		name     string
		settings []string
		machine  fstest.MapFS
		want     []want
	}{
		{"as Debian has it", nil, fstest.MapFS{}, []want{
			{"jobs", "jobs", Note, []string{"1 build at once", "2 processors", "/etc/nix/nix.conf", "max-jobs = auto"}},
			{"sandbox", "sandbox", Note, []string{"off", "sandbox = true"}},
			{"build-users", "build users", Note, []string{"builds run as root"}},
			{"flakes", "flakes", Note, []string{"experimental-features = nix-command flakes"}},
			{"store", "store", OK, []string{"without a daemon"}},
		}},
		{"all set", []string{"max-jobs = 4", "cores = 0", "sandbox = true", "experimental-features = nix-command flakes", "build-users-group = nixbld"},
			fstest.MapFS{"etc/group": file("root:x:0:\nnixbld:x:30000:nixbld1,nixbld2\n")}, []want{
				{"jobs", "jobs", OK, []string{"4 builds at once, all cores each"}},
				{"sandbox", "sandbox", OK, nil},
				{"build-users", "build users", OK, []string{"2 users in the group nixbld"}},
				{"flakes", "flakes", OK, nil},
			}},
		{"on NixOS", []string{"experimental-features = nix-command", "build-users-group = nixbld"}, fstest.MapFS{"etc/NIXOS": file(""), "etc/group": file("root:x:0:\n")}, []want{
			{"jobs", "jobs", Note, []string{`nix.settings.max-jobs = "auto";`}},
			{"flakes", "flakes", Note, []string{`nix.settings.experimental-features = [ "nix-command" "flakes" ];`}},
			{"build-users", "build users", Fault, []string{"no group nixbld", "nix.settings.build-users-group"}},
		}},
		{"Determinate Nix, no jobs", []string{"max-jobs = 0", "build-users-group = nixbld"}, fstest.MapFS{"etc/nix/nix.custom.conf": file(""), "etc/group": file("nixbld:x:30000:\n")}, []want{
			{"jobs", "jobs", Note, []string{"nothing is built on this machine", "/etc/nix/nix.custom.conf"}},
			{"build-users", "build users", Fault, []string{"no members", "useradd"}},
		}},
		{"no daemon", []string{"store = daemon"}, fstest.MapFS{"run/systemd/system": {Mode: 0o755 | os.ModeDir}}, []want{
			{"store", "store", Fault, []string{"the daemon does not run", "systemctl start"}},
		}},
		{"a store elsewhere", []string{"store = https://127.0.0.1:1"}, fstest.MapFS{}, []want{
			{"jobs", "jobs", Note, []string{"https://127.0.0.1:1"}},
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			o := options(t, test.settings...)
			o.Machine = test.machine
			r := Examine(t.Context(), o)
			for _, w := range test.want {
				expect(t, r, w.rule, w.subject, w.level, w.parts...)
			}
		})
	}
}

func TestDiskSpace(t *testing.T) {
	for free, want := range map[uint64]Level{100 << 20: Fault, 3 << 30: Note, 200 << 30: OK} {
		if f := diskFinding(free); f.Level != want || f.Level != OK && f.Remedy() == "" {
			t.Errorf("%d bytes: %+v", free, f)
		}
	}
}

func TestEmulation(t *testing.T) {
	const spec = `flake { systems = ["x86_64-linux", "i686-linux", "aarch64-linux", "riscv64-linux", "aarch64-darwin"] }` + "\n" + somePackage
	if runtime.GOOS+runtime.GOARCH != "linuxamd64" {
		t.Fatal("write this test for another machine too")
	}
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	o := options(t, "extra-platforms = i686-linux aarch64-linux aarch64-darwin")
	o.Repository = repository(t, spec)
	o.Machine = fstest.MapFS{
		"proc/sys/fs/binfmt_misc/qemu-aarch64":  file("enabled\ninterpreter /usr/bin/qemu-aarch64\n"),
		"proc/sys/fs/binfmt_misc/riscv64-linux": file("enabled\n"),
	}
	r := Examine(t.Context(), o)
	expect(t, r, "system", "x86_64-linux", OK, "native")
	expect(t, r, "system", "i686-linux", OK, "this machine, by extra-platforms")
	expect(t, r, "system", "aarch64-linux", OK, "emulated by qemu-aarch64")
	expect(t, r, "system", "riscv64-linux", Note, "Nix does not know", "extra-platforms = riscv64-linux")
	expect(t, r, "system", "aarch64-darwin", Note, "perhaps not", "nothing known here runs its programs")

	o.Machine = fstest.MapFS{"proc/sys/fs/binfmt_misc/qemu-aarch64": file("disabled\n")}
	r = Examine(t.Context(), o)
	expect(t, r, "system", "aarch64-linux", Note, "perhaps not")
	expect(t, r, "system", "riscv64-linux", Note, "only fetched, never built here", "ssh-ng://HOST SYSTEM")
}
