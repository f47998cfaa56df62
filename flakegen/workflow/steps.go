package workflow

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"
	"mvdan.cc/sh/v3/syntax"

	"github.com/flakegen/flakegen/flakegen/spec"
)

// historyFile is where a job has the history of its builds.
const historyFile = "${{ runner.temp }}/flakegen.db"

// uses is a step that runs an action; with is nil for one without inputs.
func uses(a action, with *yaml.Node, more ...pair) *yaml.Node {
	pinned := text(a.pin())
	pinned.LineComment = "# " + a.version
	pairs := append(more, entry("uses", pinned))
	if with != nil {
		pairs = append(pairs, entry("with", with))
	}
	return mapping(pairs...)
}

// prepare are the steps before a job can build: the sources, Nix, and the caches.
func (r *renderer) prepare() []*yaml.Node {
	steps := []*yaml.Node{
		uses(checkout, mapping(entry("persist-credentials", boolean(false)))),
		uses(installNix, r.nixConfig()),
	}
	for _, c := range r.ci.Cachix {
		with := []pair{entry("name", text(c.Name))}
		if c.Secret != "" {
			// What a pull request builds is not for everyone's cache.
			with = append(with, entry("authToken", text("${{ secrets."+c.Secret+" }}")),
				entry("skipPush", text("${{ github.event_name == 'pull_request' }}")))
		}
		steps = append(steps, uses(cachix, mapping(with...)))
	}
	return steps
}

// nixConfig names the caches that the spec knows by address to Nix.
func (r *renderer) nixConfig() *yaml.Node {
	var urls, keys []string
	add := func(url, key string) {
		for _, known := range urls {
			if known == url {
				return
			}
		}
		urls, keys = append(urls, url), append(keys, key)
	}
	for _, c := range r.spec.Caches {
		add(c.URL, c.PublicKey)
	}
	for _, c := range r.ci.Caches {
		add(c.URL, c.PublicKey)
	}
	if len(urls) == 0 {
		return nil
	}
	return mapping(entry("extra_nix_config", lines(
		"extra-substituters = "+strings.Join(urls, " "),
		"extra-trusted-public-keys = "+strings.Join(keys, " "),
	)))
}

// build are the steps of a job that build, and that push what was built.
func (r *renderer) build(job string) []*yaml.Node {
	steps := []*yaml.Node{mapping(
		entry("name", text("Build")),
		entry("env", mapping(
			entry("SYSTEM", text("${{ matrix.system }}")),
			entry("OUTPUTS", text("${{ matrix.outputs }}")),
			entry("FLAKEGEN_HISTORY", text(historyFile)),
		)),
		entry("run", lines(
			`read -ra outputs <<< "$OUTPUTS"`,
			r.flakegen("build", `"${outputs[@]}"`, `--system "$SYSTEM"`, "--keep-going", `--out-link "$RUNNER_TEMP/result"`),
		)),
	)}
	for _, c := range r.ci.Caches {
		if c.Push != "" {
			steps = append(steps, push(c, job))
		}
	}
	return steps
}

// push runs the spec's command with the paths that were built.
func push(c *spec.CICache, job string) *yaml.Node {
	pairs := []pair{entry("name", text("Push to "+c.Name))}
	if job == gateJob {
		pairs = append(pairs, entry("if", text(notInvited)))
	}
	if len(c.Secrets) > 0 {
		var env []pair
		for _, name := range c.Secrets {
			env = append(env, entry(name, text("${{ secrets."+name+" }}")))
		}
		pairs = append(pairs, entry("env", mapping(env...)))
	}
	// Exported, since the command may be a script of the repository.
	command := []string{`OUT_PATHS=$(readlink -f "$RUNNER_TEMP"/result*)`, `export OUT_PATHS`}
	for _, line := range strings.Split(strings.TrimRight(c.Push, "\n"), "\n") {
		command = append(command, strings.TrimRight(line, " \t"))
	}
	return mapping(append(pairs, entry("run", lines(command...)))...)
}

// keepHistory are the steps that keep what builds took, however they ended.
func (r *renderer) keepHistory(name string) []*yaml.Node {
	return []*yaml.Node{
		mapping(
			entry("name", text("Export the history")),
			entry("if", text(whateverCame)),
			entry("env", mapping(entry("FLAKEGEN_HISTORY", text(historyFile)))),
			entry("run", text(r.flakegen("history", "export", `"$RUNNER_TEMP/builds.jsonl"`))),
		),
		uses(uploadArtifact, mapping(
			entry("name", text(fmt.Sprintf("flakegen-%s-${{ matrix.system }}-${{ github.run_attempt }}", name))),
			entry("path", text("${{ runner.temp }}/builds.jsonl")),
		), entry("name", text("Keep the history")), entry("if", text(whateverCame))),
	}
}

// shellWord quotes a word for bash.
func shellWord(word string) string {
	quoted, err := syntax.Quote(word, syntax.LangBash)
	if err != nil {
		panic(err) // the spec takes printable text only
	}
	return quoted
}
