package grow

import (
	"reflect"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// What is grown may turn out to have no value, but it is HCL.
func TestSpecsAreHCL(t *testing.T) {
	for seed := range uint64(100) {
		s := NewSpec(seed)
		for _, f := range s.files {
			for _, p := range f.pieces {
				if p.grow == nil {
					continue
				}
				// An expression goes on behind the end of a line only within brackets.
				attribute := []byte("a = " + p.text + "\n")
				if _, diags := hclsyntax.ParseConfig(attribute, f.name, hcl.InitialPos); diags.HasErrors() {
					t.Errorf("seed %d: %v\n%s", seed, diags, attribute)
				}
			}
		}
		for name, content := range s.Files() {
			if _, diags := hclsyntax.ParseConfig(content, name, hcl.InitialPos); diags.HasErrors() {
				t.Fatalf("seed %d: %v\n%s", seed, diags, content)
			}
		}
	}
}

// Each block that the language has, with each attribute of its own.
var everyBlock = map[string][]string{
	"flake":     {"description", "systems", "required_version", "render", "takes"},
	"input":     {"url", "follows", "flake"},
	"nixpkgs":   {"input", "config", "overlays", "from"},
	"locals":    {},
	"let":       {},
	"package":   {"builder", "attrs", "value", "systems", "file"},
	"check":     {"builder", "attrs", "value", "systems", "file"},
	"shell":     {"builder", "attrs", "value", "systems", "file"},
	"variant":   {"for_each", "role", "tests"},
	"tests":     {"variants", "modules", "seeds", "chunks", "seed", "fallback", "least", "timeout", "jobs", "memory", "binary", "env", "nativeCheckInputs", "run"},
	"build":     {"script", "buildInputs"},
	"shard":     {"requiredSystemFeatures"},
	"app":       {"program", "systems"},
	"formatter": {"value"},
	"alias":     {"default", "linux", "darwin", "x86_64-linux"},
	"overlay":   {},
	"output":    {"per_system", "value"},
	"cache":     {"url", "public_key"},
}

func TestSpecsHaveEveryBlock(t *testing.T) {
	found := map[string]map[string]bool{}
	var note func(body *hclsyntax.Body)
	note = func(body *hclsyntax.Body) {
		for _, block := range body.Blocks {
			if found[block.Type] == nil {
				found[block.Type] = map[string]bool{}
			}
			for name := range block.Body.Attributes {
				found[block.Type][name] = true
			}
			note(block.Body)
		}
	}
	for seed := range uint64(100) {
		for name, content := range NewSpec(seed).Files() {
			file, diags := hclsyntax.ParseConfig(content, name, hcl.InitialPos)
			if diags.HasErrors() {
				t.Fatal(diags)
			}
			note(file.Body.(*hclsyntax.Body))
		}
	}
	for block, attributes := range everyBlock {
		if found[block] == nil {
			t.Errorf("no block %q", block)
		}
		for _, name := range attributes {
			if !found[block][name] {
				t.Errorf("no %q in a block %q", name, block)
			}
		}
	}
}

func TestSameSeedSameSpec(t *testing.T) {
	for seed := range uint64(20) {
		if first, second := NewSpec(seed).Files(), NewSpec(seed).Files(); !reflect.DeepEqual(first, second) {
			t.Errorf("seed %d grows two specs", seed)
		}
	}
}
