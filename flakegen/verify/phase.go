package verify

import (
	"maps"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// A vacuity is why a check phase cannot fail; empty for one that can.
type vacuity string

const (
	canFail    vacuity = ""
	empty      vacuity = "it is empty"
	runsNone   vacuity = "it runs nothing that could fail"
	swallowed  vacuity = "it goes on, whatever its commands return"
	leavesSoon vacuity = "it ends with success before anything could fail"
)

// judgePhase says whether a phase can fail. The text is run as stdenv runs it: by
// bash, with errexit and pipefail; hook gives the text of a hook that "runHook
// NAME" runs. What it cannot read it takes for something that can fail.
//
// The rules of errexit are those of bash's manual, "The Set Builtin": what stands
// before && or ||, in a condition or behind ! ends nothing. The status of the
// last command is that of the phase, and stdenv looks at it.
func judgePhase(text string, hook func(name string) string) vacuity {
	if strings.TrimSpace(text) == "" {
		return empty
	}
	file, err := syntax.NewParser(syntax.Variant(syntax.LangBash)).Parse(strings.NewReader(text), "")
	if err != nil {
		return canFail
	}
	p := &phase{hook: hook, errexit: true, pipefail: true}
	return p.judge(file.Stmts)
}

// judge says whether what begins in this state can fail.
func (p *phase) judge(stmts []*syntax.Stmt) vacuity {
	p.functions, p.variables = map[string]*syntax.Stmt{}, variables{}
	end := p.list(stmts)
	switch {
	case p.pardoned:
		return swallowed
	case p.failed || end == mayFail:
		return canFail
	case p.attempts > 0:
		return swallowed
	case p.left && !p.noted:
		return leavesSoon
	}
	return runsNone
}

// phase is a script that is looked through in the order in which it runs.
type phase struct {
	hook      func(string) string
	functions map[string]*syntax.Stmt
	variables variables
	locals    variables // what those had before that the function at hand has for itself
	calls     []string  // of functions and hooks, against circles
	// only, where it is set, says which commands count: these fail, and no other one is
	// taken for something that can.
	only func(*syntax.CallExpr) bool

	errexit  bool
	pipefail bool
	failed   bool // something that can fail ends it
	attempts int  // commands that can fail
	left     bool // it has ended with success
	noted    bool // by what it noted in a variable
	pardoned bool // a trap ends it with success
}

// status is what is known of a command's exit status.
type status int

const (
	succeeds status = iota
	mayFail
)

// list runs statements; its status is that of the last one.
func (p *phase) list(stmts []*syntax.Stmt) status {
	last := succeeds
	for _, s := range stmts {
		if p.left || p.failed {
			return last
		}
		last = p.statement(s)
	}
	return last
}

// statement runs one whose failure errexit would notice.
func (p *phase) statement(s *syntax.Stmt) status {
	got, ignored := p.status(s)
	if got == mayFail && p.errexit && !ignored {
		p.failed = true
	}
	return got
}

// status is what a statement may return; ignored says that errexit does not look
// at it.
func (p *phase) status(s *syntax.Stmt) (got status, ignored bool) {
	if s.Background || s.Coprocess {
		p.unnoticed(func() { p.apart(func() { p.command(s.Cmd) }) })
		return succeeds, false
	}
	if s.Negated {
		p.unnoticed(func() { got, _ = p.command(s.Cmd) })
		return p.attempt(), true
	}
	if s.Cmd == nil {
		return succeeds, false // redirections alone
	}
	return p.command(s.Cmd)
}

// unnoticed runs something whose failures end nothing.
func (p *phase) unnoticed(run func()) {
	errexit, failed := p.errexit, p.failed
	p.errexit = false
	run()
	p.errexit, p.failed = errexit, failed
}

func (p *phase) command(c syntax.Command) (got status, ignored bool) {
	switch c := c.(type) {
	case *syntax.CallExpr:
		return p.call(c), false
	case *syntax.BinaryCmd:
		return p.binary(c)
	case *syntax.IfClause:
		return p.ifClause(c), false
	case *syntax.WhileClause:
		p.unnoticed(func() { p.list(c.Cond) })
		p.perhaps(func() status { return p.list(c.Do) })
		return succeeds, false
	case *syntax.ForClause:
		return p.perhaps(func() status { return p.list(c.Do) }), false
	case *syntax.CaseClause:
		return p.caseClause(c), false
	case *syntax.Block:
		return p.list(c.Stmts), true // what fails in it has been noticed
	case *syntax.Subshell:
		return p.subshell(c), false
	case *syntax.FuncDecl:
		p.functions[c.Name.Value] = c.Body
		return succeeds, false
	case *syntax.TimeClause:
		if c.Stmt == nil {
			return succeeds, false
		}
		return p.status(c.Stmt)
	case *syntax.DeclClause:
		if c.Variant.Value == "local" {
			p.local(c.Args)
		}
		p.unnoticed(func() { p.assignments(c.Args) })
		return succeeds, false // export x=$(…) hides what fails in it
	}
	// [[ … ]], (( … )), let and coproc
	return p.attempt(), false
}

// attempt is a command that can fail, where all count.
func (p *phase) attempt() status {
	if p.only != nil {
		return succeeds
	}
	p.attempts++
	return mayFail
}

func (p *phase) binary(c *syntax.BinaryCmd) (got status, ignored bool) {
	switch c.Op {
	case syntax.AndStmt:
		var left status
		p.unnoticed(func() { left, _ = p.status(c.X) })
		if p.left {
			return succeeds, false
		}
		right := p.perhaps(func() status { right, _ := p.status(c.Y); return right })
		if right == mayFail {
			return mayFail, false
		}
		return left, true // a failure on the left is the list's status, and ends nothing
	case syntax.OrStmt:
		left := succeeds
		p.unnoticed(func() { left, _ = p.status(c.X) })
		if left == succeeds || p.left {
			p.left = p.left && left == succeeds
			return left, false
		}
		// exit 0 on the right ends the phase only where the left side fails, which
		// leaves nothing that could fail there.
		before := p.left
		run := func() (right status) { right, ignored = p.status(c.Y); return right }
		right := succeeds
		if p.only != nil {
			right = run()
		} else {
			right = p.perhaps(run)
		}
		p.left = before
		return right, ignored
	case syntax.Pipe, syntax.PipeAll:
		left, right := p.part(c.X), p.part(c.Y)
		if right == mayFail || left == mayFail && p.pipefail {
			return mayFail, false
		}
		return succeeds, false
	}
	return mayFail, false
}

// part is one command of a pipe: it runs in a process of its own.
func (p *phase) part(s *syntax.Stmt) status {
	return p.inner(func(inner *phase) status { return inner.statement(s) })
}

func (p *phase) subshell(c *syntax.Subshell) status {
	return p.inner(func(inner *phase) status { return inner.list(c.Stmts) })
}

// inner runs something in a process of its own, whose end is a status here.
func (p *phase) inner(run func(*phase) status) status {
	inner := *p
	inner.failed, inner.left = false, false
	inner.variables = maps.Clone(p.variables)
	got := run(&inner)
	p.attempts = inner.attempts
	if inner.failed || got == mayFail && !inner.left {
		return mayFail
	}
	return succeeds
}

func (p *phase) ifClause(c *syntax.IfClause) status {
	got := succeeds
	left := p.left
	every := true // every branch leaves
	var after []variables
	for branch := c; branch != nil; branch = branch.Else {
		if len(branch.Cond) > 0 {
			p.unnoticed(func() { p.list(branch.Cond) })
		}
		truth := p.truth(branch.Cond)
		if truth == never {
			every = every && branch.Else != nil
			continue
		}
		p.left = left
		before := maps.Clone(p.variables)
		if p.list(branch.Then) == mayFail {
			got = mayFail
		}
		every = every && p.left
		after = append(after, p.variables)
		p.variables = before
		if truth == always {
			p.variables = nil
			break
		}
		if branch.Else == nil && len(branch.Cond) > 0 {
			every = false // no else: nothing may run
		} else if branch.Else == nil {
			p.variables = nil
		}
	}
	if p.variables != nil {
		after = append(after, p.variables)
	}
	p.variables = p.either(after...)
	p.left = left || every
	return got
}

func (p *phase) caseClause(c *syntax.CaseClause) status {
	got, left := succeeds, p.left
	before, after := p.variables, []variables{p.variables}
	for _, item := range c.Items {
		p.left, p.variables = left, maps.Clone(before)
		if p.list(item.Stmts) == mayFail {
			got = mayFail
		}
		after = append(after, p.variables)
	}
	p.left, p.variables = left, p.either(after...)
	return got
}

// harmless are commands that a check phase uses without checking anything.
var harmless = []string{
	":", "true", "echo", "printf", "set", "shopt", "unset", "local", "export", "declare", "readonly", "umask",
	"cd", "pushd", "popd", "mkdir", "touch", "chmod", "ln", "rm", "cp", "mv", "sleep", "date", "pwd", "patchShebangs",
	"break", "continue", "alias", "eval", "source", ".", "trap", "exit", "return", "runHook",
}

func (p *phase) call(c *syntax.CallExpr) status {
	if len(c.Args) == 0 {
		return p.assignments(c.Assigns)
	}
	words := make([]string, len(c.Args))
	for i, a := range c.Args {
		words[i] = literal(a)
	}
	for len(words) > 1 && slices.Contains([]string{"command", "builtin", "exec", "env", "nice", "time"}, words[0]) {
		words = words[1:]
	}
	name, args := words[0], words[1:]
	if body, ok := p.functions[name]; ok {
		return p.enter(name, func() status { return p.statement(body) })
	}
	if p.only != nil && p.only(c) {
		p.attempts++
		return mayFail
	}
	switch name {
	case "runHook":
		if len(args) > 0 {
			return p.script("runHook "+args[0], p.hook(args[0]))
		}
	case "eval":
		if text := strings.Join(args, " "); text != "" && !slices.Contains(args, "") {
			return p.script(text, text)
		}
		return p.attempt()
	case "source", ".":
		return p.attempt()
	case "set":
		p.set(args)
	case "exit", "return":
		return p.exit(c.Args[len(c.Args)-len(args):], args)
	case "wait":
		if len(args) == 0 {
			return succeeds // of a process by its number it gives the status
		}
	case "trap":
		if len(args) > 1 && slices.Contains(args[1:], "EXIT") && leaves(args[0]) {
			p.pardoned = true
		}
	case "make", "gmake", "ninja":
		if ignoresErrors(args) {
			p.attempt()
			return succeeds
		}
	}
	if slices.Contains(harmless, name) {
		return succeeds
	}
	return p.attempt()
}

// script runs text that a command stands for.
func (p *phase) script(name, text string) status {
	file, err := syntax.NewParser(syntax.Variant(syntax.LangBash)).Parse(strings.NewReader(text), "")
	if err != nil {
		return mayFail
	}
	return p.enter(name, func() status { return p.list(file.Stmts) })
}

func (p *phase) enter(name string, run func() status) status {
	if slices.Contains(p.calls, name) || len(p.calls) > 50 {
		return mayFail
	}
	p.calls = append(p.calls, name)
	outside := p.locals
	p.locals = variables{}
	defer func() {
		p.calls = p.calls[:len(p.calls)-1]
		p.variables.restore(p.locals)
		p.locals = outside
	}()
	return run()
}

// assignments fail where a command in one does.
func (p *phase) assignments(list []*syntax.Assign) status {
	got := succeeds
	for _, a := range list {
		syntax.Walk(a, func(n syntax.Node) bool {
			if c, ok := n.(*syntax.CmdSubst); ok && p.inner(func(inner *phase) status { return inner.list(c.Stmts) }) == mayFail {
				got = mayFail
			}
			return true
		})
		p.assign(a)
	}
	return got
}

func (p *phase) set(args []string) {
	for i, a := range args {
		switch {
		case a == "-o" || a == "+o":
			if i+1 < len(args) {
				p.option(args[i+1], a == "-o")
			}
		case strings.HasPrefix(a, "-") && strings.Contains(a, "e"):
			p.errexit = true
		case strings.HasPrefix(a, "+") && strings.Contains(a, "e"):
			p.errexit = false
		}
	}
}

func (p *phase) option(name string, on bool) {
	switch name {
	case "errexit":
		p.errexit = on
	case "pipefail":
		p.pipefail = on
	}
}

func (p *phase) exit(words []*syntax.Word, args []string) status {
	if len(args) > 0 {
		known, name := numberOf(args[0]), parameter(words[0])
		if name != "" {
			known = p.variables[name]
		}
		if known == zero || known == unknown && p.only != nil {
			p.left, p.noted = true, name != ""
			return succeeds
		}
	}
	// exit 1, exit $status: an end in failure, whatever errexit says.
	p.attempts++
	p.failed = true
	return mayFail
}

// leaves says whether the text of a trap ends with success.
func leaves(text string) bool {
	words := strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == ';' })
	return len(words) >= 2 && words[len(words)-2] == "exit" && words[len(words)-1] == "0"
}

// ignoresErrors says whether make is told to go on after errors and to call that
// success.
func ignoresErrors(args []string) bool {
	for _, a := range args {
		if a == "--ignore-errors" {
			return true
		}
		short := strings.HasPrefix(a, "-") && !strings.HasPrefix(a, "--")
		// The letters behind one that takes a value belong to the value.
		if flags, _, _ := strings.Cut(a, "C"); short && strings.Contains(flags, "i") && !strings.ContainsAny(flags, "fIoWjlE") {
			return true
		}
	}
	return false
}

// literal is the text of a word without expansions, "" for one with.
func literal(w *syntax.Word) string {
	text, _ := constant(w)
	return text
}

// constant is the text of a word, where it has no expansions.
func constant(w *syntax.Word) (value string, ok bool) {
	var text strings.Builder
	for _, part := range w.Parts {
		switch part := part.(type) {
		case *syntax.Lit:
			text.WriteString(strings.ReplaceAll(part.Value, `\`, ""))
		case *syntax.SglQuoted:
			text.WriteString(part.Value)
		case *syntax.DblQuoted:
			for _, inner := range part.Parts {
				lit, ok := inner.(*syntax.Lit)
				if !ok {
					return "", false
				}
				text.WriteString(lit.Value)
			}
		default:
			return "", false
		}
	}
	return text.String(), true
}
