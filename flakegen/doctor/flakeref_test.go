package doctor

import (
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"reflect"
	"strings"
	"testing"

	"github.com/flakegen/flakegen/internal/require"
)

const someRevision = "02e08985a27c65ffd33d434eeb2e660a2e4dc84d"

// references are URLs of inputs and what a lock file has for them; nil where only
// Nix can be sure.
var references = map[string]lockRef{
	"github:NixOS/nixpkgs":                            {"type": "github", "owner": "NixOS", "repo": "nixpkgs"},
	"github:NixOS/nixpkgs/nixos-26.05":                {"type": "github", "owner": "NixOS", "repo": "nixpkgs", "ref": "nixos-26.05"},
	"github:NixOS/nixpkgs/" + someRevision:            {"type": "github", "owner": "NixOS", "repo": "nixpkgs", "rev": someRevision},
	"github:a/b?dir=sub":                              {"type": "github", "owner": "a", "repo": "b", "dir": "sub"},
	"github:a/b?ref=main":                             {"type": "github", "owner": "a", "repo": "b", "ref": "main"},
	"github:a/b/feature/x":                            {"type": "github", "owner": "a", "repo": "b", "ref": "feature/x"},
	"gitlab:a/b/v1?host=gitlab.example.org":           {"type": "gitlab", "owner": "a", "repo": "b", "ref": "v1", "host": "gitlab.example.org"},
	"sourcehut:~a/b":                                  {"type": "sourcehut", "owner": "~a", "repo": "b"},
	"nixpkgs":                                         {"type": "indirect", "id": "nixpkgs"},
	"flake:nixpkgs/nixos-26.05":                       {"type": "indirect", "id": "nixpkgs", "ref": "nixos-26.05"},
	"git+https://example.org/a.git?ref=main":          {"type": "git", "url": "https://example.org/a.git", "ref": "main"},
	"git+ssh://git@example.org/a?rev=" + someRevision: {"type": "git", "url": "ssh://git@example.org/a", "rev": someRevision},
	"git+file:///home/ann/a":                          {"type": "git", "url": "file:///home/ann/a"},
	"git+https://example.org/a?submodules=1":          {"type": "git", "url": "https://example.org/a", "submodules": true},
	"path:/home/ann/a":                                {"type": "path", "path": "/home/ann/a"},
	"path:./sub":                                      {"type": "path", "path": "./sub"},
	"https://example.org/a.tar.gz":                    {"type": "tarball", "url": "https://example.org/a.tar.gz"},
	"tarball+https://example.org/a":                   {"type": "tarball", "url": "https://example.org/a"},
	"./sub":                                           nil,
	"github:a":                                        nil,
	"https://example.org/a":                           nil,
	"hg+https://example.org/a":                        nil,
	"":                                                nil,
	"nixpkgs/nixos-26.05/" + someRevision:             nil,
	"github:a/b?dir=%zz":                              nil,
}

func TestParseReference(t *testing.T) {
	for text, want := range references {
		if got := parseReference(text); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %v, want %v", text, got, want)
		}
	}
}

// The real Nix reads them alike, where it has the function for it: 2.19 and later.
func TestReferencesAreThoseOfNix(t *testing.T) {
	require.Program(t, "nix")
	var list []string
	for text, ref := range references {
		// A relative path is one of the flake; the function does not know it.
		if ref != nil && !strings.HasPrefix(text, "path:.") {
			list = append(list, text)
		}
	}
	quoted, err := json.Marshal(list)
	if err != nil {
		t.Fatal(err)
	}
	parse := exec.Command("nix", "--extra-experimental-features", "nix-command flakes", "eval", "--json", "--expr",
		"if builtins ? parseFlakeRef then map builtins.parseFlakeRef (builtins.fromJSON ''"+string(quoted)+"'') else null")
	parse.Env = append(os.Environ(), "HOME="+t.TempDir())
	parse.Stderr = os.Stderr
	out, err := parse.Output()
	if err != nil {
		t.Fatal(err)
	}
	var parsed []lockRef
	if err := json.Unmarshal(out, &parsed); err != nil {
		t.Fatal(err)
	}
	if parsed == nil {
		t.Log("this Nix has no parseFlakeRef")
		return
	}
	for i, got := range parsed {
		want := maps.Clone(references[list[i]])
		for name := range maps.Clone(got) {
			if want[name] == nil {
				delete(got, name) // what Nix adds is not compared
			}
		}
		if got := lockRef(got); want.differs(got) != "" {
			t.Errorf("%s: Nix has %v, not %v", list[i], got, want)
		}
	}
}
