package spec

import (
	"fmt"
	"regexp"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// Tests is the matrix of tests of a package: every module runs in every variant,
// its seeds cut into chunks.
type Tests struct {
	Comments Comments
	Range    hcl.Range
	// Variants are those of the tests, in the spec's order; empty where the tests
	// have none, which is one nameless variant.
	Variants []string
	// Modules are in the spec's order: that of a list, or of the names in an object.
	Modules []*TestModule
	// Build makes the test binaries of a variant; nil where there is nothing to make.
	Build *TestBuild
	// Shard are the attributes of the derivations of shards, in the spec's order.
	Shard []*Attribute
	// Run is the shell text of one run.
	Run *Attribute
	// Binary names the program, below the folder of the tests, without which a run
	// fails before it begins; nil where none is named.
	Binary *Attribute
	// Env are the environment variables of building and running, in the spec's order.
	Env []*Attribute
	// NativeCheckInputs are the tools of a run; nil where there are none.
	NativeCheckInputs *Attribute
	// Timeout is the limit of a run in seconds, 0 for none; a module may have its own.
	Timeout int
	// Jobs caps how many runs go on at once, and Memory, in MiB of one run, does so by
	// what the machine has; 0 for no cap.
	Jobs, Memory int
	// Least is the length in seconds that a shard has at least, where there are runs
	// enough to fill it.
	Least float64
	// Fallback is the seed of a tree that no commit holds; nil where no seed is the
	// commit's.
	Fallback *int64

	variants, modules, seeds, chunks, seed, env *Attribute
	timeout, jobs, memory, least, fallback      *Attribute
}

// TestBuild is how the test binaries of a variant are made.
type TestBuild struct {
	Comments Comments
	Range    hcl.Range
	// Script is shell text that puts them into the folder $tests.
	Script *Attribute
	// Attributes are those of the derivation that makes them for shards.
	Attributes []*Attribute
}

// testName is what variants and modules may be called: they are parts of the names of
// derivations, of targets of make and of words in the shell.
var testName = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.-]*$`)

// maxTestName is how long such a name may be: the name of a derivation has one of
// each, and ends at 207 characters.
const maxTestName = 64

// testAttributes gives the places of what a tests block takes.
func (t *Tests) attributes() map[string]**Attribute {
	return map[string]**Attribute{
		"binary":            &t.Binary,
		"chunks":            &t.chunks,
		"env":               &t.env,
		"fallback":          &t.fallback,
		"jobs":              &t.jobs,
		"least":             &t.least,
		"memory":            &t.memory,
		"modules":           &t.modules,
		"nativeCheckInputs": &t.NativeCheckInputs,
		"run":               &t.Run,
		"seed":              &t.seed,
		"seeds":             &t.seeds,
		"timeout":           &t.timeout,
		"variants":          &t.variants,
	}
}

// tests decodes the tests block of a package.
func (d *decoder) tests(drv *Derivation, block *hclsyntax.Block, comments Comments) {
	if drv.Kind != KindPackage {
		d.errorf(block.TypeRange, fmt.Sprintf("Tests in a %s", drv.Kind), "Only a package has tests that its variants run.")
		return
	}
	if drv.Tests != nil {
		d.duplicate(block.DefRange(), "A second tests block", drv.Tests.Range, "Merge the two.")
		return
	}
	t := &Tests{Comments: comments, Range: block.DefRange()}
	drv.Tests = t
	known := t.attributes()
	for _, it := range d.items(block.Body, block.OpenBraceRange.End) {
		switch {
		case it.block != nil && it.block.Type == "build":
			d.testBuild(t, it.block, it.comments)
		case it.block != nil && it.block.Type == "shard":
			d.testShard(t, it.block)
		case it.block != nil:
			d.errorf(it.block.TypeRange, fmt.Sprintf("Unexpected block %q in tests", it.block.Type), "%s",
				didYouMean(it.block.Type, []string{"build", "shard"}, "The blocks in tests are build { script = … }, and shard for attributes of its derivations."))
		case known[it.attribute.Name] != nil:
			*known[it.attribute.Name] = it.attribute
		default:
			d.errorf(it.attribute.NameRange, fmt.Sprintf("Unknown attribute %q in tests", it.attribute.Name), "%s",
				didYouMean(it.attribute.Name, sortedKeys(known), "It takes "+quotedList(sortedKeys(known))+", and the blocks build and shard."))
		}
	}
	if t.Run == nil {
		d.errorf(t.Range, "Missing run", "Say in shell what one run does, as in: run = \"$tests/unit --module ${each.module}\"")
	}
	if t.modules == nil {
		d.errorf(t.Range, "Missing modules", "Name what is run, as in: modules = [\"gc\", \"text\"], or with weights in seconds: modules = { gc = 45, text = 1 }")
	}
}

// testShard decodes the attributes of the derivations of shards.
func (d *decoder) testShard(t *Tests, block *hclsyntax.Block) {
	if !d.labels(block, nil) {
		return
	}
	seen := map[string]*Attribute{}
	for _, a := range t.Shard {
		seen[a.Name] = a
	}
	for _, it := range d.items(block.Body, block.OpenBraceRange.End) {
		switch {
		case it.block != nil:
			d.errorf(it.block.TypeRange, fmt.Sprintf("Unexpected block %q in shard", it.block.Type), "A shard block holds attributes only.")
		case it.attribute.Name == "nativeBuildInputs":
			d.errorf(it.attribute.NameRange, "Tools of a shard", "Name them in the tests block, as in: nativeCheckInputs = [pkgs.wasmtime]. Then inline tests have them, too.")
		case slices.Contains([]string{"buildCommand", "name", "outputs", "passAsFile"}, it.attribute.Name):
			d.errorf(it.attribute.NameRange, fmt.Sprintf("Attribute %q of a shard", it.attribute.Name), "What a shard runs, leaves and is called is rendered. Remove it.")
		case seen[it.attribute.Name] != nil:
			d.duplicate(it.attribute.NameRange, fmt.Sprintf("A second attribute %q of a shard", it.attribute.Name), seen[it.attribute.Name].NameRange, "Remove one.")
		default:
			t.Shard = append(t.Shard, it.attribute)
		}
	}
}

func (d *decoder) testBuild(t *Tests, block *hclsyntax.Block, comments Comments) {
	if !d.labels(block, nil) {
		return
	}
	if t.Build != nil {
		d.duplicate(block.DefRange(), "A second build block", t.Build.Range, "Merge the two.")
		return
	}
	t.Build = &TestBuild{Comments: comments, Range: block.DefRange()}
	for _, it := range d.items(block.Body, block.OpenBraceRange.End) {
		switch {
		case it.block != nil:
			d.errorf(it.block.TypeRange, fmt.Sprintf("Unexpected block %q in build", it.block.Type), "A build block holds attributes only.")
		case it.attribute.Name == "script":
			t.Build.Script = it.attribute
		default:
			t.Build.Attributes = append(t.Build.Attributes, it.attribute)
		}
	}
	if t.Build.Script == nil {
		d.errorf(t.Build.Range, "Missing script", "Say in shell how the test binaries of a variant are put into the folder $tests, as in: script = \"make test-${each.variant} && cp test-${each.variant} $tests\"")
	}
}

// settleTests works out the matrix of a package, once locals have values.
func (d *decoder) settleTests(drv *Derivation) {
	t := drv.Tests
	if t == nil {
		return
	}
	if drv.Value != nil {
		d.errorf(t.Range, "Tests beside value", "value is the whole derivation. Remove it, or the tests.")
		return
	}
	d.testVariants(t)
	t.Timeout = d.wholeNumber(t.timeout, "timeout", "seconds", 1)
	t.Jobs = d.wholeNumber(t.jobs, "jobs", "jobs", 1)
	t.Memory = d.wholeNumber(t.memory, "memory", "MiB", 1)
	t.Least = d.seconds(t.least, "least")
	d.testEnvironment(t)
	d.testModules(t)
}

// testNames are the names that the file of a package with tests binds for itself.
var testNames = []string{
	"build", "buildLines", "commitSeed", "copy", "each", "module", "run", "seededShards", "shard", "shardLines",
	"shards", "test", "testBinaries", "testBinary", "testBuild", "testBuilds", "testCase", "testDerivations",
	"testLines", "testMakefile", "testModules", "testPhase", "testRun", "testRunner", "testRuns",
	"testScript", "testShard", "testShards", "testTarget", "testVariants", "tests", "variant",
}

// IsTestName says whether the file of a package with tests binds the name for itself.
func IsTestName(name string) bool { return slices.Contains(testNames, name) }

func (d *decoder) testVariants(t *Tests) {
	if t.variants == nil {
		return
	}
	value, ok := d.value(t.variants.Expr)
	if !ok {
		return
	}
	seen := map[string]bool{}
	for _, element := range d.strings(t.variants.Expr, value, "variants", `["debug", "release"]`) {
		switch {
		case !d.testName(element.text, element.rng, "variant"):
		case seen[element.text]:
			d.errorf(element.rng, fmt.Sprintf("Variant %q twice", element.text), "Remove one.")
		default:
			seen[element.text] = true
			t.Variants = append(t.Variants, element.text)
		}
	}
}

func (d *decoder) testName(name string, rng hcl.Range, what string) bool {
	if testName.MatchString(name) {
		if len(name) <= maxTestName {
			return true
		}
		d.errorf(rng, fmt.Sprintf("The name of a %s of tests has %d characters", what, len(name)), "It is a part of the names of derivations, which Nix does not take if they are long: use %d at most.", maxTestName)
		return false
	}
	d.errorf(rng, fmt.Sprintf("A %s of tests cannot be %q", what, name), "It is a part of the names of derivations: use letters, digits, -, _ and ., and begin with a letter, a digit or _.")
	return false
}

// shellName is what the shell takes for the name of a variable.
var shellName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// testEnvironment takes env apart: it is written out, so that its values may refer to
// Nix.
func (d *decoder) testEnvironment(t *Tests) {
	if t.env == nil {
		return
	}
	object, ok := Unmetered(t.env.Expr).(*hclsyntax.ObjectConsExpr)
	if !ok {
		d.errorf(t.env.Expr.Range(), "env is not an object written out", "Write it as in: env = { RUST_BACKTRACE = \"1\" }")
		return
	}
	seen := map[string]bool{}
	for _, item := range object.Items {
		rng := item.KeyExpr.Range()
		name, ok := d.text(item.KeyExpr, "The name of a variable")
		switch {
		case !ok:
		case !shellName.MatchString(name):
			d.errorf(rng, fmt.Sprintf("A variable of the environment cannot be %q", name), "The shell takes letters, digits and _, and no digit at the beginning.")
		case seen[name]:
			d.errorf(rng, fmt.Sprintf("Variable %q twice", name), "Remove one.")
		default:
			seen[name] = true
			t.Env = append(t.Env, &Attribute{Name: name, Expr: item.ValueExpr, NameRange: rng, Range: hcl.RangeBetween(rng, item.ValueExpr.Range())})
		}
	}
}

// wholeNumber gives the value of an attribute that is a whole number of something; 0
// where there is none or it is in error.
func (d *decoder) wholeNumber(a *Attribute, name, unit string, least int64) int {
	if a == nil {
		return 0
	}
	value, ok := d.value(a.Expr)
	if !ok {
		return 0
	}
	n, ok := wholeOf(value)
	if !ok || n < least || n > 1<<31-1 {
		d.errorf(a.Expr.Range(), fmt.Sprintf("%s is not a number of %s", name, unit), "Write a whole number, %d or more, as in: %s = %d", least, name, max(least, 8))
		return 0
	}
	return int(n)
}

// wholeOf gives a value that is a whole number of 64 bits.
func wholeOf(value cty.Value) (int64, bool) {
	if value.IsNull() || value.Type() != cty.Number {
		return 0, false
	}
	f := value.AsBigFloat()
	if !f.IsInt() {
		return 0, false
	}
	n, accuracy := f.Int64()
	return n, accuracy == 0
}

// seconds gives the value of an attribute that is a length of time.
func (d *decoder) seconds(a *Attribute, name string) float64 {
	if a == nil {
		return 0
	}
	value, ok := d.value(a.Expr)
	if !ok {
		return 0
	}
	s, ok := weightOf(value)
	if !ok {
		d.errorf(a.Expr.Range(), name+" is not a number of seconds", "Write it as in: %s = 5", name)
	}
	return s
}

// weightOf gives a value that is a positive number of seconds.
func weightOf(value cty.Value) (float64, bool) {
	if value.IsNull() || value.Type() != cty.Number {
		return 0, false
	}
	f, _ := value.AsBigFloat().Float64()
	return f, f > 0 && f <= 1e9
}
