package spec

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/flakegen/flakegen/platform"
)

// CI says where and when what the spec describes is built and checked.
type CI struct {
	// Forge is whose workflows these are: "github".
	Forge string
	// Runners are the labels of the machine that each system's jobs run on. A system
	// without has no jobs.
	Runners map[platform.System][]string
	// PullRequest says that pull requests, and pushes to Branches, are built.
	PullRequest bool
	Branches    []string
	// Nightly is when what pull requests leave out runs, as five fields of cron in
	// UTC; empty where nothing does. ByHand says that a person may start the same.
	Nightly string
	ByHand  bool
	// Rendered says that the workflow is rendered, to File.
	Rendered bool
	File     string
	// Flakegen is the installable that flakegen is run from.
	Flakegen string
	// TimeoutMinutes is how long a job may take.
	TimeoutMinutes int
	Cachix         []*Cachix
	Caches         []*CICache

	Comments Comments
	Range    hcl.Range

	at map[string]*Attribute
}

// Runs says whether a person or a schedule starts what pull requests leave out.
func (c *CI) Runs() bool { return c.Nightly != "" || c.ByHand }

// FlakegenInput is the input of the flake that flakegen is run from, which flake.lock
// pins; empty where it comes from an address.
func (c *CI) FlakegenInput() string {
	reference, _, _ := strings.Cut(c.Flakegen, "#")
	if strings.ContainsAny(reference, ":/.?") {
		return ""
	}
	return reference
}

// ciAttributes are the attributes of a ci block.
var ciAttributes = []string{
	"branches", "by_hand", "file", "flakegen", "nightly", "pull_request", "render", "runners", "timeout_minutes",
}

// forges are those that a workflow can be rendered for.
var forges = []string{"github"}

// defaultTimeout is far above what a build in the limits of a pull request takes, and
// below the six hours after which GitHub ends a job.
const defaultTimeout = 120

// mostMinutes is how long GitHub lets a job run at most, on a machine of one's own.
const mostMinutes = 5 * 24 * 60

func (d *decoder) ciBlock(block *hclsyntax.Block, comments Comments) {
	c := &CI{Forge: block.Labels[0], Comments: comments, Range: block.DefRange(), at: map[string]*Attribute{}}
	if !slices.Contains(forges, c.Forge) {
		d.errorf(block.LabelRanges[0], fmt.Sprintf("Unknown forge %q", c.Forge), "%s", didYouMean(c.Forge, forges, "A workflow can be rendered for \"github\"."))
		return
	}
	if first := d.spec.CI; first != nil {
		d.duplicate(block.DefRange(), "A second ci block", first.Range, "Merge the two.")
		return
	}
	d.spec.CI = c
	for _, it := range d.items(block.Body, block.OpenBraceRange.End) {
		switch {
		case it.block != nil:
			d.ciCache(c, it.block)
		case slices.Contains(ciAttributes, it.attribute.Name):
			c.at[it.attribute.Name] = it.attribute
		default:
			d.errorf(it.attribute.NameRange, fmt.Sprintf("Unknown attribute %q in ci", it.attribute.Name), "%s",
				didYouMean(it.attribute.Name, ciAttributes, "It takes "+quotedList(ciAttributes)+"."))
		}
	}
}

// ci works out what the ci block says, where there is one.
func (d *decoder) ci() {
	c := d.spec.CI
	if c == nil {
		return
	}
	c.PullRequest = d.flag(c, "pull_request", true)
	c.ByHand = d.flag(c, "by_hand", false)
	c.Rendered = d.flag(c, "render", true)
	d.runners(c)
	d.branches(c)
	d.nightly(c)
	d.timeout(c)
	d.flakegenItself(c)
	d.workflowFile(c)
	d.ciCacheValues(c)
	if !c.PullRequest && c.at["nightly"] == nil && !c.ByHand {
		d.errorf(c.at["pull_request"].Range, "The workflow never runs", "Set pull_request, nightly or by_hand, or remove the ci block.")
	}
}

func (d *decoder) flag(c *CI, name string, otherwise bool) bool {
	a := c.at[name]
	if a == nil {
		return otherwise
	}
	return d.boolean(a)
}

// runners works out the machine of each system.
func (d *decoder) runners(c *CI) {
	c.Runners = map[platform.System][]string{}
	const example = `runners = { x86_64-linux = "ubuntu-24.04", aarch64-darwin = "macos-15" }`
	a := c.at["runners"]
	if a == nil {
		d.errorf(c.Range, "Missing runners", "Say on which machine the jobs of each system run, as in: %s", example)
		return
	}
	lines := d.selectorLines(a, "runners", example)
	labels := map[string][]string{}
	var selectors []string
	for _, line := range lines {
		selectors = append(selectors, line.selector)
		if line.value.Type().IsTupleType() || line.value.Type().IsListType() || line.value.Type().IsSetType() {
			for _, label := range d.strings(line.expr, line.value, "runners."+line.selector, `["self-hosted", "macOS"]`) {
				labels[line.selector] = append(labels[line.selector], label.text)
			}
		} else if text, ok := d.stringOf(line, "A runner", `"ubuntu-24.04", or a list of labels`); ok {
			labels[line.selector] = []string{text}
		}
		for _, label := range labels[line.selector] {
			d.fitText(line.expr.Range(), "A label", label)
		}
	}
	chosen := platform.Resolve(selectors, d.spec.Systems).Chosen
	for _, system := range d.spec.Systems {
		i := slices.IndexFunc(lines, func(line selectorLine) bool { return line.selector == chosen[system] })
		if i >= 0 && len(labels[lines[i].selector]) > 0 && d.canBuild(lines[i], labels[lines[i].selector], system) {
			c.Runners[system] = labels[lines[i].selector]
		}
	}
}

func (d *decoder) branches(c *CI) {
	c.Branches = []string{"main"}
	a := c.at["branches"]
	if a == nil {
		return
	}
	value, ok := d.value(a.Expr)
	if !ok {
		return
	}
	c.Branches = nil
	for _, branch := range d.strings(a.Expr, value, "branches", `["main"]`) {
		if d.fitText(branch.rng, "A branch", branch.text) {
			c.Branches = append(c.Branches, branch.text)
		}
	}
}

func (d *decoder) nightly(c *CI) {
	a := c.at["nightly"]
	if a == nil {
		return
	}
	text, ok := d.text(a.Expr, "nightly")
	if !ok {
		return
	}
	if why := unfitSchedule(text); why != "" {
		d.errorf(a.Expr.Range(), fmt.Sprintf("No schedule is %q", text), "%s Write minute, hour, day, month and weekday, in UTC, as in: nightly = \"17 3 * * *\"", why)
		return
	}
	c.Nightly = text
}

func (d *decoder) timeout(c *CI) {
	c.TimeoutMinutes = defaultTimeout
	a := c.at["timeout_minutes"]
	if a == nil {
		return
	}
	value, ok := d.value(a.Expr)
	if !ok {
		return
	}
	minutes, whole := wholeOf(value)
	if !whole || minutes < 1 || minutes > mostMinutes {
		d.errorf(a.Expr.Range(), "Not a time in minutes", "Write how many minutes a job may take, from 1 to %d, as in: timeout_minutes = %d", mostMinutes, defaultTimeout)
		return
	}
	c.TimeoutMinutes = int(minutes)
}

// flakegenItself settles where the jobs have flakegen from: an input of that name is
// pinned by flake.lock.
func (d *decoder) flakegenItself(c *CI) {
	c.Flakegen = "github:flakegen/flakegen"
	if d.spec.Input("flakegen") != nil {
		c.Flakegen = "flakegen"
	}
	a := c.at["flakegen"]
	if a == nil {
		return
	}
	text, ok := d.text(a.Expr, "flakegen")
	if !ok || !d.fitWord(a.Expr.Range(), "An installable", text) {
		return
	}
	c.Flakegen = text
	// Those of an adopted flake stand where nobody reads them.
	if name := c.FlakegenInput(); name != "" && d.spec.Input(name) == nil && !d.spec.Adopted {
		d.errorf(a.Expr.Range(), fmt.Sprintf("No input %q", name), "%s",
			didYouMean(name, sortedKeys(d.inputs), "A name alone is one of the flake's inputs. Add it, or write an address such as github:flakegen/flakegen."))
	}
}

// workflowFile settles where the workflow is rendered.
func (d *decoder) workflowFile(c *CI) {
	c.File = ".github/workflows/flakegen.yml"
	a := c.at["file"]
	switch {
	case !c.Rendered && a != nil:
		d.errorf(a.NameRange, "A file that is not rendered", "With render = false there is no file. Remove one of the two.")
		return
	case !c.Rendered:
		return
	case a == nil:
		d.renderedAt(c.File, c.Range, "the ci block")
		return
	}
	text, ok := d.text(a.Expr, "The file")
	if !ok {
		return
	}
	if why := unfitWorkflow(text); why != "" {
		d.errorf(a.Expr.Range(), fmt.Sprintf("A workflow cannot be %q", text), "%s Write it as in: file = \".github/workflows/flakegen.yml\"", why)
		return
	}
	c.File = text
	d.renderedAt(c.File, a.Expr.Range(), "the ci block")
}
