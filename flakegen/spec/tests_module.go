package spec

import (
	"fmt"
	"sort"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// TestModule is a module of the tests: what one program runs on its own.
type TestModule struct {
	Name  string
	Range hcl.Range
	// Weight is how many seconds all of it takes in one variant, roughly: it orders
	// runs and groups light ones.
	Weight float64
	// Timeout is the limit of a run in seconds, 0 for none.
	Timeout int
	// Chunks are what one run takes each; one without seeds where the module has none.
	Chunks []TestChunk
	// Seeded says that runs get a number as their seed: Seed where Fixed, and in shards
	// of their own the commit's where Commit. A module without a seed is Fixed.
	Seeded, Fixed, Commit bool
	Seed                  int64

	// seeds is how many seeds the chunks have together, 1 where there are none.
	seeds int64
}

// TestChunk is a stretch of the seeds of a module: Number counts from 1, First to Last
// are the seeds, both included. Of a module without seeds all are 0.
type TestChunk struct{ Number, First, Last int64 }

func (c TestChunk) count() int64 { return c.Last - c.First + 1 }

// HasSeeds says whether the modules have seeds that are cut into chunks.
func (t *Tests) HasSeeds() bool {
	return len(t.Modules) > 0 && t.Modules[0].Chunks[0].Number > 0
}

// Seeded says whether runs get a number as their seed.
func (t *Tests) Seeded() bool { return len(t.Modules) > 0 && t.Modules[0].Seeded }

// Commit says whether some runs get the commit's seed.
func (t *Tests) Commit() bool {
	for _, m := range t.Modules {
		if m.Commit {
			return true
		}
	}
	return false
}

// maxRuns bounds the runs of one package: far more than a matrix has, and few enough
// to render.
const maxRuns = 100_000

// maxSeed is the last seed that there can be: as many seeds, and the one behind the
// last, are still numbers of 64 bits.
const maxSeed = 1<<62 - 1

// moduleKeys are what an object for a module may hold.
var moduleKeys = []string{"chunks", "seed", "seeds", "timeout", "weight"}

// testModules reads the modules: a list of names, or an object with a weight or an
// object for each.
func (d *decoder) testModules(t *Tests) {
	seeds, ok := d.seedRange(t.seeds)
	chunks, more := d.optional(t.chunks)
	seed, again := d.optional(t.seed)
	fallback, last := d.optional(t.fallback)
	if t.modules == nil || !ok || !more || !again || !last {
		return
	}
	defaults := moduleSetting{seeds: seeds, chunks: placedAt(chunks, t.chunks), seed: placedAt(seed, t.seed), weight: 1, timeout: t.Timeout}
	value, ok := d.value(t.modules.Expr)
	if !ok {
		return
	}
	switch {
	case !value.IsNull() && value.Type().IsObjectType() || value.Type().IsMapType():
		d.moduleTable(t, value, defaults)
	default:
		seen := map[string]bool{}
		for _, element := range d.strings(t.modules.Expr, value, "modules", `["gc", "text"]`) {
			if seen[element.text] {
				d.errorf(element.rng, fmt.Sprintf("Module %q twice", element.text), "Remove one.")
				continue
			}
			seen[element.text] = true
			d.module(t, element.text, element.rng, defaults)
		}
	}
	d.testSeeds(t, fallback)
	d.oneKind(t)
	runs := 0
	for _, m := range t.Modules {
		runs += len(m.Chunks) * max(1, len(t.Variants))
	}
	if runs > maxRuns {
		d.errorf(t.modules.Expr.Range(), fmt.Sprintf("%d runs", runs), "Variants, modules and chunks make more than %d runs. Make fewer chunks.", maxRuns)
		return
	}
	d.shardNames(t)
}

// oneKind refuses modules of which only some have what each.first or each.seed stand
// for: run is one text for all of them.
func (d *decoder) oneKind(t *Tests) {
	for _, m := range t.Modules {
		first := t.Modules[0]
		if (m.Chunks[0].Number > 0) != (first.Chunks[0].Number > 0) {
			d.errorf(m.Range, fmt.Sprintf("Only one of %q and %q has seeds", first.Name, m.Name), "What runs them is one text. Give all modules seeds, as in: seeds = [1, 1] for one that needs none")
		}
		if m.Seeded != first.Seeded {
			d.errorf(m.Range, fmt.Sprintf("Only one of %q and %q has a seed", first.Name, m.Name), "What runs them is one text. Give all modules a seed, as in: seed = 0 for one that needs none")
		}
	}
}

// shardNames refuses shards of one name, which would be one derivation.
func (d *decoder) shardNames(t *Tests) {
	variants := t.Variants
	if len(variants) == 0 {
		variants = []string{""}
	}
	for _, shards := range [][]TestShard{t.FixedShards(), t.CommitShards()} {
		seen := map[string]TestShard{}
		for _, s := range shards {
			for _, v := range variants {
				name := s.Name + "-" + v
				if first, ok := seen[name]; ok {
					d.errorf(s.Runs[0].Module.Range, fmt.Sprintf("Two shards %q", strings.TrimSuffix(name, "-")), "Modules %q and %q have the same names with their chunks and variants. Rename one.", first.Runs[0].Module.Name, s.Runs[0].Module.Name)
					return
				}
				seen[name] = s
			}
		}
	}
}

// testSeeds settles what needs all modules.
func (d *decoder) testSeeds(t *Tests, fallback cty.Value) {
	commit := t.Commit()
	if n, ok := wholeOf(fallback); ok && n >= 0 {
		t.Fallback = &n
	} else if t.fallback != nil {
		d.errorf(t.fallback.Expr.Range(), "fallback is not a seed", "Write a whole number, 0 or more, as in: fallback = 4711")
	}
	switch {
	case commit && t.fallback == nil:
		d.errorf(t.Range, "Missing fallback", "A tree with changes has no commit to take the seed from. Say which it gets, as in: fallback = 4711")
	case !commit && t.fallback != nil && len(t.Modules) > 0:
		d.errorf(t.fallback.Range, "A fallback for no seed", "No module has seed = \"commit\". Remove it.")
	}
}

// moduleSetting is what holds for a module.
type moduleSetting struct {
	seeds        *[2]int64
	chunks, seed placedValue
	weight       float64
	timeout      int
}

// placedValue is a value with its place; the value is cty.NilVal where there is none.
type placedValue struct {
	value cty.Value
	rng   hcl.Range
}

func placedAt(value cty.Value, a *Attribute) placedValue {
	if a == nil {
		return placedValue{}
	}
	return placedValue{value, a.Expr.Range()}
}

// optional evaluates an attribute that may be missing.
func (d *decoder) optional(a *Attribute) (cty.Value, bool) {
	if a == nil {
		return cty.NilVal, true
	}
	return d.value(a.Expr)
}

func (d *decoder) seedRange(a *Attribute) (*[2]int64, bool) {
	value, ok := d.optional(a)
	if a == nil || !ok {
		return nil, ok
	}
	return d.seedsOf(value, a.Expr.Range())
}

// seedsOf reads the first and the last seed.
func (d *decoder) seedsOf(value cty.Value, rng hcl.Range) (*[2]int64, bool) {
	pair, ok := pairOf(value)
	if !ok || pair[0] < 0 || pair[1] < pair[0] {
		d.errorf(rng, "seeds are not a first and a last one", "Write two whole numbers, as in: seeds = [1, 100]")
		return nil, false
	}
	if pair[1] > maxSeed {
		d.errorf(rng, fmt.Sprintf("No seed %d", pair[1]), "The last that there can be is %d.", maxSeed)
		return nil, false
	}
	return &pair, true
}

// pairOf reads a list of two whole numbers.
func pairOf(value cty.Value) (pair [2]int64, ok bool) {
	if value.IsNull() || !value.CanIterateElements() || value.Type().IsObjectType() || value.Type().IsMapType() || value.LengthInt() != 2 {
		return pair, false
	}
	i := 0
	for it := value.ElementIterator(); it.Next(); i++ {
		_, element := it.Element()
		if pair[i], ok = wholeOf(element); !ok {
			return pair, false
		}
	}
	return pair, true
}

// moduleTable reads modules = { gc = 45, text = { weight = 2, chunks = 1 } }.
func (d *decoder) moduleTable(t *Tests, value cty.Value, defaults moduleSetting) {
	if value.LengthInt() == 0 {
		d.errorf(t.modules.Expr.Range(), "modules is empty", "Name at least one, as in: modules = { gc = 45 }")
	}
	places := objectPlaces(t.modules.Expr)
	for it := value.ElementIterator(); it.Next(); {
		key, element := it.Element()
		name := key.AsString()
		rng, ok := places[name]
		if !ok {
			rng = t.modules.Expr.Range()
		}
		if setting, ok := d.moduleSetting(name, element, rng, defaults); ok {
			d.module(t, name, rng, setting)
		}
	}
}

// objectPlaces gives the places of the values of an object that is written out.
func objectPlaces(expr hclsyntax.Expression) map[string]hcl.Range {
	places := map[string]hcl.Range{}
	object, ok := Unmetered(expr).(*hclsyntax.ObjectConsExpr)
	if !ok {
		return places
	}
	for _, item := range object.Items {
		if key := hcl.ExprAsKeyword(item.KeyExpr); key != "" {
			places[key] = item.ValueExpr.Range()
		} else if literal, diags := item.KeyExpr.Value(nil); !diags.HasErrors() && literal.Type() == cty.String && literal.IsKnown() && !literal.IsNull() {
			places[literal.AsString()] = item.ValueExpr.Range()
		}
	}
	return places
}

// moduleSetting reads what is said of one module.
func (d *decoder) moduleSetting(name string, value cty.Value, rng hcl.Range, setting moduleSetting) (moduleSetting, bool) {
	if weight, ok := weightOf(value); ok {
		setting.weight = weight
		return setting, true
	}
	if value.IsNull() || !value.Type().IsObjectType() {
		d.errorf(rng, fmt.Sprintf("Module %q is neither a weight nor an object", name), "Write the seconds that it takes, as in: %s = 45, or %s = { weight = 45, chunks = 10 }", name, name)
		return setting, false
	}
	sound := true
	for it := value.ElementIterator(); it.Next(); {
		key, element := it.Element()
		var ok bool
		switch key.AsString() {
		case "weight":
			if setting.weight, ok = weightOf(element); !ok {
				d.errorf(rng, fmt.Sprintf("The weight of %q is not a number of seconds", name), "Write it as in: weight = 45")
			}
		case "timeout":
			var n int64
			n, ok = wholeOf(element)
			if ok = ok && n >= 1 && n < 1<<31; !ok {
				d.errorf(rng, fmt.Sprintf("The timeout of %q is not a number of seconds", name), "Write a whole number, as in: timeout = 600")
			}
			setting.timeout = int(n)
		case "seeds":
			setting.seeds, ok = d.seedsOf(element, rng)
		case "chunks":
			setting.chunks, ok = placedValue{element, rng}, true
		case "seed":
			setting.seed, ok = placedValue{element, rng}, true
		default:
			d.errorf(rng, fmt.Sprintf("Unknown attribute %q of module %q", key.AsString(), name), "%s",
				didYouMean(key.AsString(), moduleKeys, "It takes "+quotedList(moduleKeys)+"."))
		}
		sound = sound && ok
	}
	return setting, sound
}

// module adds a module with what holds for it.
func (d *decoder) module(t *Tests, name string, rng hcl.Range, setting moduleSetting) {
	if !d.testName(name, rng, "module") {
		return
	}
	m := &TestModule{Name: name, Range: rng, Weight: setting.weight, Timeout: setting.timeout, Fixed: true}
	if !d.moduleSeed(m, setting.seed) {
		return
	}
	var ok bool
	if m.Chunks, ok = d.moduleChunks(m, setting); ok {
		for _, c := range m.Chunks {
			m.seeds += c.count()
		}
		t.Modules = append(t.Modules, m)
	}
}

// moduleSeed reads seed: a number, "commit", or a list of both.
func (d *decoder) moduleSeed(m *TestModule, seed placedValue) bool {
	if seed.value == cty.NilVal {
		return true
	}
	m.Seeded, m.Fixed = true, false
	one := func(value cty.Value) bool {
		if n, ok := wholeOf(value); ok && n >= 0 && !m.Fixed {
			m.Seed, m.Fixed = n, true
			return true
		}
		if !value.IsNull() && value.Type() == cty.String && value.AsString() == "commit" && !m.Commit {
			m.Commit = true
			return true
		}
		return false
	}
	sound := false
	if value := seed.value; !value.IsNull() && value.Type().IsTupleType() {
		sound = value.LengthInt() > 0
		for it := value.ElementIterator(); it.Next(); {
			_, element := it.Element()
			sound = sound && one(element)
		}
	} else {
		sound = one(value)
	}
	if !sound {
		d.errorf(seed.rng, fmt.Sprintf("No seed for module %q", m.Name), "A seed is a whole number, 0 or more, or \"commit\" for one from the commit, or both: seed = [4711, \"commit\"]")
	}
	return sound
}

// moduleChunks cuts the seeds of a module: into so many chunks of nearly one length,
// or as they are written out.
func (d *decoder) moduleChunks(m *TestModule, setting moduleSetting) ([]TestChunk, bool) {
	chunks := setting.chunks
	if setting.seeds == nil {
		if chunks.value != cty.NilVal {
			d.errorf(chunks.rng, "Chunks of no seeds", "Say which seeds there are, as in: seeds = [1, 100]")
			return nil, false
		}
		return []TestChunk{{}}, true
	}
	first, last := setting.seeds[0], setting.seeds[1]
	if chunks.value == cty.NilVal {
		return []TestChunk{{1, first, last}}, true
	}
	if n, ok := wholeOf(chunks.value); ok {
		count := last - first + 1
		if n < 1 || n > count || n > maxRuns {
			d.errorf(chunks.rng, fmt.Sprintf("%d chunks of %d seeds", n, count), "Module %q has the seeds %d to %d. Make between 1 and %d chunks.", m.Name, first, last, min(count, maxRuns))
			return nil, false
		}
		// As count*i/n would be, of which the product may be too large.
		begin := func(i int64) int64 { return first + count/n*i + count%n*i/n }
		list := make([]TestChunk, n)
		for i := range n {
			list[i] = TestChunk{i + 1, begin(i), begin(i+1) - 1}
		}
		return list, true
	}
	return d.writtenChunks(m, chunks, first, last)
}

// writtenChunks reads chunks = [[1, 5], [6, 100]] and proves that every seed is in
// exactly one.
func (d *decoder) writtenChunks(m *TestModule, chunks placedValue, first, last int64) ([]TestChunk, bool) {
	const remedy = "Write a number of chunks, as in: chunks = 10, or the first and the last seed of each: chunks = [[1, 5], [6, 100]]"
	value := chunks.value
	if value.IsNull() || !value.Type().IsTupleType() || value.LengthInt() == 0 {
		d.errorf(chunks.rng, fmt.Sprintf("No chunks for module %q", m.Name), remedy)
		return nil, false
	}
	var list []TestChunk
	for it := value.ElementIterator(); it.Next(); {
		_, element := it.Element()
		pair, ok := pairOf(element)
		if !ok || pair[1] < pair[0] {
			d.errorf(chunks.rng, fmt.Sprintf("A chunk of module %q has no first and last seed", m.Name), remedy)
			return nil, false
		}
		if pair[0] < first || pair[1] > last {
			d.errorf(chunks.rng, fmt.Sprintf("The chunk %d to %d of module %q is not among its seeds", pair[0], pair[1], m.Name), "Its seeds are %d to %d.", first, last)
			return nil, false
		}
		list = append(list, TestChunk{First: pair[0], Last: pair[1]})
	}
	sort.Slice(list, func(i, j int) bool { return list[i].First < list[j].First })
	next, sound := first, true
	for i := range list {
		c := &list[i]
		c.Number = int64(i) + 1
		switch {
		case c.First < next:
			d.errorf(chunks.rng, fmt.Sprintf("%s of module %q in two chunks", seedWords(c.First, min(c.Last, next-1)), m.Name), "Every seed runs once: let a chunk begin behind the one before it.")
			sound = false
		case c.First > next:
			d.errorf(chunks.rng, fmt.Sprintf("%s of module %q in no chunk", seedWords(next, c.First-1), m.Name), "Every seed runs: let a chunk begin right behind the one before it.")
			sound = false
		}
		next = max(next, c.Last+1)
	}
	if next <= last {
		d.errorf(chunks.rng, fmt.Sprintf("%s of module %q in no chunk", seedWords(next, last), m.Name), "Its seeds are %d to %d: let the last chunk end there.", first, last)
		sound = false
	}
	return list, sound
}

func seedWords(first, last int64) string {
	if first == last {
		return fmt.Sprintf("Seed %d", first)
	}
	return fmt.Sprintf("Seeds %d to %d", first, last)
}
