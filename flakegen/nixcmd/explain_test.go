package nixcmd

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// What each of these gives is Nix's own text, from the nix on PATH.
func TestExplainTheRealNix(t *testing.T) {
	tests := []struct {
		name    string
		kind    TroubleKind
		says    string
		prepare func(t *testing.T, dir string, n *Nix) Installable
	}{
		{"untracked", TroubleUntracked, "part.nix", func(t *testing.T, dir string, n *Nix) Installable {
			gitFlake(t, dir, `packages.x.a = import ./part.nix;`)
			writeFile(t, filepath.Join(dir, "part.nix"), "1")
			return Installable{Flake: ".", Attribute: Attribute{"packages", "x", "a"}}
		}},
		{"no such file", TroubleNoFile, "part.nix", func(t *testing.T, dir string, n *Nix) Installable {
			gitFlake(t, dir, `packages.x.a = import ./part.nix;`)
			return Installable{Flake: ".", Attribute: Attribute{"packages", "x", "a"}}
		}},
		{"untracked flake.nix", TroubleUntracked, "flake.nix", func(t *testing.T, dir string, n *Nix) Installable {
			plainFlake(t, dir, `packages.x.a = 1;`)
			git(t, dir, "init", "-q")
			return Installable{Flake: ".", Attribute: Attribute{"packages", "x", "a"}}
		}},
		{"no flake", TroubleNoFlake, "flake.nix", func(t *testing.T, dir string, n *Nix) Installable {
			return Installable{Flake: ".", Attribute: Attribute{"packages", "x", "a"}}
		}},
		{"missing attribute", TroubleAttribute, "packages.x.rst.", func(t *testing.T, dir string, n *Nix) Installable {
			gitFlake(t, dir, `packages.x.rts = 1;`)
			return Installable{Flake: ".", Attribute: Attribute{"packages", "x", "rst"}}
		}},
		{"unknown flag", TroubleFlag, "--frobnicate", func(t *testing.T, dir string, n *Nix) Installable {
			if err := n.parse("--frobnicate"); err != nil {
				t.Fatal(err)
			}
			gitFlake(t, dir, `packages.x.a = make "a" "x" "";`)
			return Installable{Flake: ".", Attribute: Attribute{"packages", "x", "a"}}
		}},
		{"network", TroubleNetwork, "http://127.0.0.1:1/", func(t *testing.T, dir string, n *Nix) Installable {
			return Installable{Flake: "http://127.0.0.1:1/flake.tar.gz", Attribute: Attribute{"packages", "x", "a"}}
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			n := realNix(t, dir)
			_, err := n.Missing(t.Context(), []Installable{test.prepare(t, dir, n)}, OneSecond)
			var failed *Error
			if !errors.As(err, &failed) {
				t.Fatalf("%v", err)
			}
			trouble, ok := Explain(failed.Stderr, dir)
			if !ok || trouble.Kind != test.kind || !strings.Contains(trouble.Summary, test.says) || trouble.Remedy == "" {
				t.Errorf("%+v, %v for\n%s", trouble, ok, failed.Stderr)
			}
		})
	}
}

func TestExplainSetup(t *testing.T) {
	dir := t.TempDir()
	n, attribute := buildFlake(t, dir)
	if os.Geteuid() != 0 {
		t.Skip("build-users-group counts for root alone")
	}
	if err := n.parse("--option", "build-users-group", "no-such-group"); err != nil {
		t.Fatal(err)
	}
	var said strings.Builder
	_, err := n.Build(t.Context(), BuildRequest{Installables: []Installable{attribute("base")}, NoLink: true, Observe: func(e Event) {
		if m, ok := e.(Message); ok {
			said.WriteString(Printable(m.Text) + "\n")
		}
	}, Now: time.Now})
	if err == nil {
		t.Fatal("it built")
	}
	if trouble, ok := Explain(said.String(), dir); !ok || trouble.Kind != TroubleSetup || !strings.Contains(trouble.Summary, "no-such-group") {
		t.Errorf("%+v, %v for\n%s", trouble, ok, said.String())
	}
}

// Texts that this machine's nix does not say, from the versions in the comments.
func TestExplainOtherVersions(t *testing.T) {
	for text, want := range map[string]TroubleKind{
		// 2.8, 2.26
		"getting status of '/nix/store/b74c96kx5gdxswirabpzsrvass8fx419-source/new.nix': No such file or directory": TroubleNoFile,
		"path '/nix/store/b74c96kx5gdxswirabpzsrvass8fx419-source/new.nix' does not exist":                          TroubleNoFile,
		// 2.34
		`Path 'new.nix' in the repository "/src" is not tracked by Git.`: TroubleUntracked,
		`Path 'new.nix' does not exist in Git repository "/src".`:        TroubleNoFile,
		// 2.8, 2.26, 2.34
		"experimental Nix feature 'flakes' is disabled; use '--extra-experimental-features flakes' to override":                 TroubleFeatures,
		"could not set permissions on '/nix/var/nix/profiles/per-user' to 755: Operation not permitted":                         TroubleSetup,
		"cannot connect to socket at '/nix/var/nix/daemon-socket/socket': No such file or directory":                            TroubleSetup,
		"a 'aarch64-darwin' with features {} is required to build '/nix/store/x-f.drv', but I am a 'x86_64-linux' with":         TroublePlatform,
		"Cannot build '/nix/store/x-f.drv'.\nReason: platform mismatch\nRequired system: 'aarch64-darwin'\nCurrent system: 'x'": TroublePlatform,
		"… while setting up the build environment\n\nerror: getting attributes of path '/usr/bin/bash-static'":                  TroubleSetup,
		"repository path '/src' is not owned by current user":                                                                   TroubleOwner,
	} {
		if got, ok := Explain(text, t.TempDir()); !ok || got.Kind != want || got.Summary == "" || got.Remedy == "" {
			t.Errorf("%q: %+v, want %s", text, got, want)
		}
	}
	if got, ok := Explain("syntax error, unexpected '}'", "/"); ok {
		t.Errorf("%+v for what has no remedy", got)
	}
}
