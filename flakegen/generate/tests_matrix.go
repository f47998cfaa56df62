package generate

import (
	"fmt"
	"strings"

	"github.com/flakegen/flakegen/flakegen/nixlang"
	"github.com/flakegen/flakegen/flakegen/spec"
)

// runFields gives what a run of the matrix says beside its variant and its module.
func (t *testsRenderer) runFields() []string {
	var fields []string
	if t.tests.HasSeeds() {
		if t.runUses["chunk"] {
			fields = append(fields, "chunk")
		}
		fields = append(fields, "first", "last")
	}
	if t.tests.Seeded() {
		fields = append(fields, "seed")
	}
	if _, same := t.timeout(); !same {
		fields = append(fields, "timeout")
	}
	return fields
}

// timeout gives the limit of a run in seconds, where it is the same for all; 0 is none.
func (t *testsRenderer) timeout() (limit int, same bool) {
	for i, m := range t.tests.Modules {
		if i > 0 && m.Timeout != limit {
			return 0, false
		}
		limit = m.Timeout
	}
	return limit, true
}

// matrix binds the variants and the runs of the tests.
func (t *testsRenderer) matrix() {
	t.fields = t.runFields()
	if len(t.tests.Variants) > 0 {
		t.bind("testVariants", stringList(t.tests.Variants))
	}
	if t.inline && t.buildUses["module"] || t.binaryUses["module"] {
		var names []string
		for _, m := range t.tests.Modules {
			names = append(names, m.Name)
		}
		t.bind("testModules", stringList(names))
	}
	if len(t.fields) > 0 {
		t.bind("run", form("module: "+strings.Join(t.fields, ": ")+": { inherit module "+strings.Join(t.fields, " ")+"; }"))
	}
	t.bind("shard", form("name: runs: { inherit name runs; }"))
	t.bindings[len(t.bindings)-1].(*nixlang.Binding).Blank = len(t.fields) == 0
	if t.inline || t.aggregates {
		t.bind("testShards", t.shards(t.tests.FixedShards(), func(m *spec.TestModule) nixlang.Expr { return nixlang.Int(m.Seed) }),
			t.shardComment()...)
	}
	if t.tests.Commit() {
		t.uses["self"] = true
		t.bind("commitSeed", form(`if self ? rev then (builtins.fromTOML "seed = 0x${builtins.substring 0 7 self.rev}").seed else §`,
			nixlang.Int(t.fallback())),
			"A number from the commit; in a tree with changes, which no commit holds, always the same.")
		t.bind("seededShards", t.shards(t.tests.CommitShards(), func(*spec.TestModule) nixlang.Expr { return nixlang.Ident("commitSeed") }),
			"What runs with the seed of the commit.")
	}
}

func (t *testsRenderer) fallback() int64 {
	if t.tests.Fallback == nil {
		return 0 // reported
	}
	return *t.tests.Fallback
}

// shardComment says what the table of shards is.
func (t *testsRenderer) shardComment() []string {
	what := "What runs in each variant"
	if len(t.tests.Variants) == 0 {
		what = "What runs"
	}
	if len(t.fields) > 0 {
		what += ": module, " + strings.Join(t.fields, ", ")
	}
	return []string{
		what + ".",
		"The heaviest first, and a letter in front of the name, as Nix starts what is",
		"ready in the order of names.",
	}
}

// shards gives the table of shards.
func (t *testsRenderer) shards(list []spec.TestShard, seed func(*spec.TestModule) nixlang.Expr) nixlang.Expr {
	table := &nixlang.List{}
	for _, s := range list {
		runs := &nixlang.List{}
		for _, r := range s.Runs {
			runs.Items = append(runs.Items, nixlang.Item{Value: t.run(r, seed(r.Module))})
		}
		table.Items = append(table.Items, nixlang.Item{Value: nixlang.Call(nixlang.Ident("shard"), nixlang.Str(s.Name), runs)})
	}
	return table
}

// run gives one run of the table.
func (t *testsRenderer) run(r spec.TestRun, seed nixlang.Expr) nixlang.Expr {
	if len(t.fields) == 0 {
		return nixlang.Attrs(nixlang.Bind("module", nixlang.Str(r.Module.Name)))
	}
	values := map[string]nixlang.Expr{
		"chunk":   nixlang.Int(r.Chunk.Number),
		"first":   nixlang.Int(r.Chunk.First),
		"last":    nixlang.Int(r.Chunk.Last),
		"seed":    seed,
		"timeout": nixlang.Int(r.Module.Timeout),
	}
	call := nixlang.Call(nixlang.Ident("run"), nixlang.Str(r.Module.Name))
	for _, field := range t.fields {
		call = nixlang.Call(call, values[field])
	}
	return call
}

func stringList(names []string) *nixlang.List {
	list := &nixlang.List{}
	for _, name := range names {
		list.Items = append(list.Items, nixlang.Item{Value: nixlang.Str(name)})
	}
	return list
}

// label is what a run is called in logs and in what a shard leaves, as the parts of a
// string over each.
func (t *testsRenderer) label() string {
	var words []string
	if len(t.tests.Variants) > 0 {
		words = append(words, "${each.variant}")
	}
	words = append(words, "${each.module}")
	if t.tests.HasSeeds() {
		words = append(words, "${toString each.first}-${toString each.last}")
	}
	if t.tests.Seeded() {
		words = append(words, "seed ${toString each.seed}")
	}
	return strings.Join(words, " ")
}

// lines binds the shell that runs tests, and that of one run.
func (t *testsRenderer) lines() {
	limit, same := t.timeout()
	limited := !same || limit > 0
	pick := func(with, without string) string {
		if limited {
			return with
		}
		return without
	}
	make := ""
	if t.inline {
		make = "# Not those of the make around.\nunset MAKEFLAGS MAKELEVEL MFLAGS\n"
	}
	t.bind("testRunner", form("''\n"+make+`failed=0
run() {
  local label=$1 `+pick("limit=$2 script=$3", "script=$2")+` begun=$SECONDS code=0
  (
    cd "$(mktemp -d)"
    exec `+pick(`timeout --kill-after=10 "$limit" `, "")+`bash -euo pipefail -c "$script" </dev/null
  ) || code=$?
  local took=$((SECONDS - begun))
  if ((code == 0)); then
    echo "passed: $label, $took s"
    echo "$label" >>"$ran"
`+pick(`  elif ((limit > 0 && took >= limit && (code == 124 || code == 137))); then
    echo "FAILED: $label, stopped after $limit s" >&2
    failed=1
`, "")+`  else
    echo "FAILED: $label, exit code $code after $took s" >&2
    failed=1
  fi
}
''`), "Runs a test in a folder of its own"+pick(", no longer than its seconds", "")+".")
	words := []string{"run '" + t.label() + "'"}
	switch {
	case !same:
		words = append(words, "${toString each.timeout}")
	case limited:
		words = append(words, fmt.Sprint(limit))
	}
	words = append(words, "${lib.escapeShellArg (testRun each)}")
	t.bind("testLines", form("tests: each: ''\n  export tests=${tests}\n  "+strings.Join(words, " ")+"\n''"),
		"Shell that runs one test, whose binaries are in the folder tests.")
}
