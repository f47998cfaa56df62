package workflow

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/flakegen/flakegen/flakegen/coverage"
	"github.com/flakegen/flakegen/flakegen/spec"
	"github.com/flakegen/flakegen/platform"
)

// gateJob is the job that builds for pull requests.
const gateJob = "build"

// The conditions of jobs and steps.
const (
	onPullRequest = "github.event_name == 'pull_request' || github.event_name == 'push'"
	onSchedule    = "github.event_name == 'schedule' || github.event_name == 'workflow_dispatch'"
	notInvited    = "github.event_name != 'pull_request'"
	whateverCame  = "!cancelled()"
)

// Render gives the workflow of the spec's ci block. The header is its first line.
func Render(s *spec.Spec, header string) []byte {
	r := &renderer{spec: s, ci: s.CI, table: coverage.Of(s)}
	for _, system := range s.Systems {
		if len(s.CI.Runners[system]) == 0 {
			continue
		}
		if gated := coverage.Gated(s, system); s.CI.PullRequest && len(gated) > 0 {
			r.gated = append(r.gated, r.matrixRow(system, gated))
		}
		if left := r.table.Left(system); len(left) > 0 {
			r.left = append(r.left, r.matrixRow(system, left))
		}
	}
	sections := []pair{
		{"name", text("flakegen"), comment(s.CI.Comments.Lines())},
		entry("on", r.triggers()),
		{"permissions", mapping(entry("contents", text("read"))), "# What a job needs beyond that, it says."},
	}
	if s.CI.PullRequest {
		sections = append(sections, pair{"concurrency", mapping(
			entry("group", text("${{ github.workflow }}-${{ github.event_name == 'pull_request' && github.ref || github.run_id }}")),
			entry("cancel-in-progress", boolean(true)),
		), "# A newer push to a pull request ends the run of an older one. All others run to their end."})
	}
	return print(header, append(sections,
		entry("defaults", mapping(entry("run", mapping(entry("shell", text("bash")))))),
		entry("jobs", mapping(r.jobs()...)),
	))
}

// Empty says that no job of the spec's workflow would have anything to do.
func Empty(s *spec.Spec) bool {
	table := coverage.Of(s)
	if s.CI.PullRequest && len(s.CI.Runners) > 0 {
		return false // there is the check of the files
	}
	return !slices.ContainsFunc(s.Systems, func(system platform.System) bool { return len(table.Left(system)) > 0 })
}

type renderer struct {
	spec  *spec.Spec
	ci    *spec.CI
	table *coverage.Table
	// gated and left are the rows of the matrices.
	gated, left []*yaml.Node
}

// matrixRow is what one job of a matrix is for.
func (r *renderer) matrixRow(system platform.System, targets []coverage.Target) *yaml.Node {
	var outputs []string
	for _, t := range targets {
		outputs = append(outputs, t.Argument(r.spec, system))
	}
	return mapping(
		entry("system", text(string(system))),
		entry("runner", runner(r.ci.Runners[system])),
		entry("outputs", text(strings.Join(outputs, " "))),
	)
}

func runner(labels []string) *yaml.Node {
	if len(labels) == 1 {
		return text(labels[0])
	}
	return row(labels)
}

// anyRunner is where jobs run that could run on each: on Linux, where that is there.
func (r *renderer) anyRunner() *yaml.Node {
	var first []string
	for _, system := range r.spec.Systems {
		labels := r.ci.Runners[system]
		if len(labels) > 0 && system.Kernel() == "linux" {
			return runner(labels)
		}
		if first == nil {
			first = labels
		}
	}
	return runner(first)
}

func (r *renderer) triggers() *yaml.Node {
	var list []pair
	if r.ci.PullRequest {
		list = append(list, entry("pull_request", nothing()), entry("push", mapping(entry("branches", row(r.ci.Branches)))))
	}
	if r.ci.Nightly != "" && len(r.left) > 0 {
		list = append(list, entry("schedule", sequence(mapping(entry("cron", quoted(r.ci.Nightly))))))
	}
	if r.ci.ByHand && len(r.left) > 0 {
		list = append(list, entry("workflow_dispatch", nothing()))
	}
	return mapping(list...)
}

func (r *renderer) jobs() []pair {
	var list []pair
	if r.ci.PullRequest {
		list = append(list, pair{"check", r.checkJob(), "# The files agree with the spec, and each check runs somewhere."})
	}
	if len(r.gated) > 0 {
		list = append(list, pair{gateJob, r.buildJob(gateJob, r.onlyOn(onPullRequest), r.gated), "# What each system gets."})
	}
	if len(r.left) > 0 {
		list = append(list, pair{"nightly", r.buildJob("nightly", r.onlyOn(onSchedule), r.left), "# The checks that pull requests leave out."})
	}
	if len(r.left) > 0 && r.ci.Nightly != "" {
		list = append(list, pair{"report", r.reportJob(), "# Nobody watches a run at night, so an issue tells of one that failed."})
	}
	return list
}

// onlyOn is the condition of a job, where not all that starts the workflow starts it.
func (r *renderer) onlyOn(condition string) []pair {
	if !r.ci.PullRequest || len(r.left) == 0 {
		return nil
	}
	return []pair{entry("if", text(condition))}
}

func (r *renderer) checkJob() *yaml.Node {
	return mapping(append(r.onlyOn(onPullRequest),
		entry("runs-on", r.anyRunner()),
		entry("timeout-minutes", number(r.ci.TimeoutMinutes)),
		entry("steps", sequence(append(r.prepare(), mapping(entry("run", text(r.flakegen("check")))))...)),
	)...)
}

func (r *renderer) buildJob(name string, condition []pair, rows []*yaml.Node) *yaml.Node {
	steps := append(r.prepare(), r.build(name)...)
	pairs := append([]pair{entry("name", text(name+" (${{ matrix.system }})"))}, condition...)
	return mapping(append(pairs,
		entry("strategy", mapping(
			entry("fail-fast", boolean(false)),
			entry("matrix", mapping(entry("include", sequence(rows...)))),
		)),
		entry("runs-on", text("${{ matrix.runner }}")),
		entry("timeout-minutes", number(r.ci.TimeoutMinutes)),
		entry("steps", sequence(append(steps, r.keepHistory(name)...)...)),
	)...)
}

// reportJob opens an issue, or adds to the one that is open. A job that ran out of time
// counts as cancelled.
func (r *renderer) reportJob() *yaml.Node {
	return mapping(
		entry("needs", text("nightly")),
		entry("if", text("always() && github.event_name == 'schedule' && needs.nightly.result != 'success'")),
		entry("runs-on", r.anyRunner()),
		entry("timeout-minutes", number(5)),
		entry("permissions", mapping(entry("issues", text("write")))),
		entry("env", mapping(
			entry("GH_TOKEN", text("${{ github.token }}")),
			entry("GH_REPO", text("${{ github.repository }}")),
			entry("TITLE", text("Nightly checks fail")),
		)),
		entry("steps", sequence(mapping(entry("run", lines(
			`body="At $GITHUB_SHA: $GITHUB_SERVER_URL/$GITHUB_REPOSITORY/actions/runs/$GITHUB_RUN_ID"`,
			`number=$(gh issue list --state open --search "in:title $TITLE" --json number,title \`,
			`  --jq 'map(select(.title == env.TITLE)) | .[0].number // empty')`,
			`if [ -n "$number" ]; then`,
			`  gh issue comment "$number" --body "$body"`,
			`else`,
			`  gh issue create --title "$TITLE" --body "$body"`,
			`fi`,
		))))),
	)
}

// flakegen is the beginning of a command line that runs flakegen, with its first words.
func (r *renderer) flakegen(words ...string) string {
	command := "nix run "
	if r.ci.FlakegenInput() != "" {
		command += "--inputs-from . "
	}
	return fmt.Sprintf("%s%s -- %s", command, shellWord(r.ci.Flakegen), strings.Join(words, " "))
}
