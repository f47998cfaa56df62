package chores

import (
	"crypto/sha256"
	"encoding/base64"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/nix-community/go-nix/pkg/nar"

	"github.com/flakegen/flakegen/flakegen/spec"
	"github.com/flakegen/flakegen/internal/require"
)

// TestVendorHash computes what nixpkgs' buildGoModule fetches, the vendor folder
// as a NAR, and holds the spec's vendorHash against its hash.
func TestVendorHash(t *testing.T) {
	require.Program(t, "go")
	vendor := filepath.Join(t.TempDir(), "vendor")
	command := exec.Command("go", "mod", "vendor", "-o", vendor)
	command.Dir = "../.."
	if out, err := command.CombinedOutput(); err != nil {
		t.Fatalf("go mod vendor: %v\n%s", err, out)
	}
	sum := sha256.New()
	if err := nar.DumpPath(sum, vendor); err != nil {
		t.Fatal(err)
	}
	want := "sha256-" + base64.StdEncoding.EncodeToString(sum.Sum(nil))

	s, diags, err := spec.Load(os.DirFS("../.."))
	if err != nil || diags.HasErrors() {
		t.Fatal(err, diags)
	}
	for _, a := range s.Package("flakegen").Attributes {
		if a.Name != "vendorHash" {
			continue
		}
		value, diags := s.Eval(a.Expr)
		if diags.HasErrors() {
			t.Fatal(diags)
		}
		if got := value.AsString(); got != want {
			t.Errorf("flakegen.hcl has vendorHash %q, but the modules have %q. Change it there, then run: flakegen render", got, want)
		}
		return
	}
	t.Error("the package flakegen has no vendorHash")
}
