package verify

import (
	"fmt"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"github.com/flakegen/flakegen/flakegen/store"
)

// inline holds a variant that runs the tests in its check phase against the matrix: the
// phase runs make over a makefile, whose targets are run by a script; the text of both
// is in their .drv files.
func (v *verifier) inline(s side) error {
	var other *Finding
	for _, c := range checks {
		if !on(s.derivation, c.toggle) {
			continue
		}
		phase, err := v.inlinePhase(s, c.phase)
		switch {
		case err != nil:
			return err
		case phase == nil:
			return nil // nothing that bash takes: it fails
		case phase.makefile == "":
			f := v.inlineFinding(s, RuleRuns, fmt.Sprintf("The %s of %s does not run its tests", c.phase, s.name()),
				"The rendered phase runs them by make over a makefile in the store, and this one has no such line.")
			other = &f
			continue
		case phase.why != canFail:
			v.report(v.inlineFinding(s, RuleVacuous, fmt.Sprintf("The %s of %s cannot fail", c.phase, s.name()),
				fmt.Sprintf("Its tests may fail, and the build succeeds: %s.", phase.why)))
		}
		return v.makefile(s, phase)
	}
	if other != nil {
		v.report(*other)
	}
	return nil // that neither is on was said
}

// inlinePhase is what a phase does for tests that run inline.
type inlinePhase struct {
	makefile string // that it runs make over; empty where it does not
	why      vacuity
	built    map[string]bool // the folders of test binaries, as it writes them
}

// inlinePhase reads a phase; nil where bash would not.
func (v *verifier) inlinePhase(s side, name string) (*inlinePhase, error) {
	text, _ := value(s.derivation, name)
	file, err := syntax.NewParser(syntax.Variant(syntax.LangBash)).Parse(strings.NewReader(text), "")
	if err != nil {
		return nil, nil
	}
	stmts, err := v.sourced(s.derivation, file.Stmts)
	if err != nil || stmts == nil {
		return nil, err
	}
	hook := func(name string) string {
		text, _ := value(s.derivation, name)
		return text
	}
	read := &inlinePhase{built: builtFolders(stmts)}
	p := &phase{hook: hook, errexit: true, pipefail: true, only: func(c *syntax.CallExpr) bool {
		path := makefileOf(c)
		if path != "" {
			read.makefile = path
		}
		return path != ""
	}}
	read.why = p.judge(stmts)
	return read, nil
}

// sourced puts into the place of each line that sources a text in the store what that
// is; nil where bash would not read it.
func (v *verifier) sourced(d *store.Derivation, stmts []*syntax.Stmt) ([]*syntax.Stmt, error) {
	var all []*syntax.Stmt
	for _, stmt := range stmts {
		var text *text
		if c, ok := stmt.Cmd.(*syntax.CallExpr); ok && len(c.Args) == 2 && literal(c.Args[0]) == "source" && !stmt.Negated && !stmt.Background {
			var err error
			if text, err = v.textOf(d, literal(c.Args[1])); err != nil {
				return nil, err
			}
		}
		if text == nil {
			all = append(all, stmt)
			continue
		}
		file, err := syntax.NewParser(syntax.Variant(syntax.LangBash)).Parse(strings.NewReader(text.text), "")
		if err != nil {
			return nil, nil
		}
		all = append(all, file.Stmts...)
	}
	return all, nil
}

func (v *verifier) inlineFinding(s side, rule Rule, summary, detail string) Finding {
	return Finding{
		Rule: rule, Output: s.name(), Range: s.output.Range(), Attribute: "checkPhase",
		Summary: summary, Detail: detail,
		Remedy: "Render again. If the file is as rendered, look for what changes the phase: an overlay, or a builder.",
	}
}

// makefileOf is the makefile that a command makes all of; empty for other commands.
func makefileOf(c *syntax.CallExpr) string {
	if len(c.Args) == 0 || literal(c.Args[0]) != "make" {
		return ""
	}
	path := ""
	for i, a := range c.Args[1:] {
		switch text := literal(a); {
		case text == "-f" && i+2 < len(c.Args):
			path = literal(c.Args[i+2])
		case i > 0 && literal(c.Args[i]) == "-f", text == "--keep-going", text == "--output-sync":
		case strings.HasPrefix(text, "-j"), text == "" && isJobs(a):
		default:
			return "" // other targets, or flags such as -i and -n
		}
	}
	if !strings.HasPrefix(path, "/nix/store/") && !placeholder.MatchString(path) {
		return ""
	}
	return path
}

// isJobs says whether a word is -j with a number of jobs that the shell puts in.
func isJobs(w *syntax.Word) bool {
	lit, ok := w.Parts[0].(*syntax.Lit)
	return ok && lit.Value == "-j"
}

// builtFolders are the folders of test binaries that a phase fills, as it writes them.
func builtFolders(stmts []*syntax.Stmt) map[string]bool {
	folders := map[string]bool{}
	folder := ""
	for _, stmt := range stmts {
		switch c := stmt.Cmd.(type) {
		case *syntax.DeclClause:
			if to, ok := exported(c, "tests"); ok {
				folder = to
			}
		case *syntax.Subshell:
			folders[folder] = true
		}
	}
	return folders
}

// text is what a derivation of writeText puts into the store.
type text struct {
	text string
	of   *store.Derivation
}

// textOf is the text of a store path that a derivation has as an input; nil where none
// of them makes it of a text.
func (v *verifier) textOf(d *store.Derivation, path string) (*text, error) {
	file, err := v.inputOf(d, path)
	if err != nil || file == "" {
		return nil, err
	}
	of, err := v.derivations.Get(file)
	if err != nil {
		return nil, err
	}
	words, ok := value(of, "text")
	if !ok {
		return nil, nil
	}
	return &text{words, of}, nil
}

// makefile holds the makefile of tests that run inline against the matrix.
func (v *verifier) makefile(s side, phase *inlinePhase) error {
	t := s.output.Package.Tests
	makefile, err := v.inlineText(s, s.derivation, phase.makefile)
	if err != nil || makefile == nil {
		return err
	}
	var targets []string
	script, all := "", false
	for line := range strings.Lines(makefile.text) {
		line = strings.TrimSpace(line)
		list, isList := strings.CutPrefix(line, "tests := ")
		recipe, isRecipe := strings.CutPrefix(line, "$(tests): ; @bash ")
		switch {
		case line == "", line == ".PHONY: all $(tests)":
		case line == "all: $(tests)":
			all = true
		case isList:
			targets = append(targets, strings.Fields(list)...)
		case isRecipe && strings.HasSuffix(recipe, " $@") && len(strings.Fields(recipe)) == 2:
			script = strings.Fields(recipe)[0]
		default:
			v.report(v.inlineFinding(s, RuleVacuous, fmt.Sprintf("The makefile of %s is not as rendered", s.name()),
				fmt.Sprintf("Tests may fail, and make succeeds, where the makefile says otherwise than to run each of them. It has the line:\n\n%s\n", line)))
			return nil
		}
	}
	var want []matrixRun
	for _, shard := range matrixOf(s.output.Package, false) {
		want = append(want, shard.runs...)
	}
	if script == "" || !all {
		v.report(v.inlineFinding(s, RuleVacuous, fmt.Sprintf("The makefile of %s runs nothing", s.name()),
			"It has no rule that runs each test by the script of the tests."))
		return nil
	}
	names := make([]matrixRun, len(want))
	for i, r := range want {
		names[i] = matrixRun{label: r.target}
	}
	v.runs(s.name(), t, targets, names, "")
	body, err := v.inlineText(s, makefile.of, script)
	if err != nil || body == nil {
		return err
	}
	v.inlineScript(s, body.text, want, phase.built)
	return nil
}

// inlineText is [verifier.textOf], and reports that there is none.
func (v *verifier) inlineText(s side, d *store.Derivation, path string) (*text, error) {
	if placeholder.MatchString(path) {
		return nil, nil
	}
	found, err := v.textOf(d, path)
	if found == nil && err == nil {
		v.report(v.inlineFinding(s, RuleRuns, fmt.Sprintf("%s does not run its tests by a rendered text", s.name()),
			fmt.Sprintf("It runs %s, and no derivation of writeText makes that.", path)))
	}
	return found, err
}

// inlineScript holds the script of tests that run inline against the matrix.
func (v *verifier) inlineScript(s side, text string, want []matrixRun, built map[string]bool) {
	t := s.output.Package.Tests
	script := readTestScript(text)
	if script == nil {
		return // it fails
	}
	target := map[string]string{}
	for _, r := range want {
		target[r.label] = r.target
	}
	var labels []string
	for _, r := range script.runs {
		if wanted, ok := target[r.label]; ok && wanted != r.target {
			continue // another target's: it is missing where it should be
		}
		labels = append(labels, r.label)
		if r.why != canFail {
			v.gather(complaint{
				rule: RuleVacuous, output: s.name(), place: t.Range, attribute: "checkPhase",
				one: "The target of %s cannot fail", many: "%d targets of " + s.name() + " cannot fail",
				detail: fmt.Sprintf("A test may fail, and the script succeeds: %s.", r.why),
				remedy: "Let the script end with: exit \"$failed\", which a run that fails sets.",
			}, r.label)
		}
		v.judgeRun(s.name(), t, script, r, r.label)
		if t.Build != nil && !built[r.folder] {
			v.gather(complaint{
				rule: RuleRuns, output: s.name(), place: t.Build.Range, attribute: "checkPhase",
				one: "%s is not run with its test binaries", many: "%d runs of " + s.name() + " are not run with their test binaries",
				detail: "The phase builds nothing into the folder tests that the script names.",
				remedy: "Render again. If the file is as rendered, look for what changes the phase.",
			}, r.label)
		}
	}
	v.runs(s.name(), t, labels, want, "")
}

// setInline are the attributes that the tests set in a variant which runs them inline.
var setInline = []string{"doCheck", "checkPhase", "nativeCheckInputs"}
