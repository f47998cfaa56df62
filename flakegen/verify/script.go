package verify

import (
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// testScript is a script that runs tests, each by a line "run LABEL … SCRIPT": that of a
// shard, or the one behind tests that run inline, which has them in the branches of a
// case.
type testScript struct {
	stmts  []*syntax.Stmt
	runs   []scriptRun
	runner runner
}

// scriptRun is one line that runs a test.
type scriptRun struct {
	label  string
	script string
	folder string // of the test binaries
	target string // the branch that it is in; empty for none
	why    vacuity
	opaque bool // the script is not known before it runs
}

// runner is what the function run does with its arguments.
type runner struct {
	argument          int // the script, counted from 1; 0 where it does not run it
	errexit, pipefail bool
}

// readTestScript reads a script; nil where it is none.
func readTestScript(text string) *testScript {
	file, err := syntax.NewParser(syntax.Variant(syntax.LangBash)).Parse(strings.NewReader(text), "")
	if err != nil {
		return nil
	}
	s := &testScript{stmts: file.Stmts}
	s.read(file.Stmts, "")
	for i, stmt := range file.Stmts {
		c, ok := stmt.Cmd.(*syntax.CaseClause)
		if !ok {
			continue
		}
		for _, item := range c.Items {
			if len(item.Patterns) != 1 {
				continue
			}
			first := len(s.runs)
			s.read(item.Stmts, literal(item.Patterns[0]))
			// As if it were the only branch.
			way := slices.Concat(file.Stmts[:i], item.Stmts, file.Stmts[i+1:])
			for j := range s.runs[first:] {
				s.runs[first+j].why = s.judge(way)
			}
		}
	}
	return s
}

// read takes the lines that run tests, one after the other: what stands in a
// condition, in a pipe or behind an exit is not taken.
func (s *testScript) read(stmts []*syntax.Stmt, target string) {
	folder := ""
	for _, stmt := range stmts {
		switch c := stmt.Cmd.(type) {
		case *syntax.FuncDecl:
			if c.Name.Value == "run" {
				s.runner = readRunner(c)
			}
		case *syntax.DeclClause:
			if to, ok := exported(c, "tests"); ok {
				folder = to
			}
		case *syntax.CallExpr:
			if len(c.Args) == 0 || stmt.Background || stmt.Negated {
				continue
			}
			switch literal(c.Args[0]) {
			case "exit":
				return
			case "run":
				s.runs = append(s.runs, s.run(c, folder, target))
			}
		}
	}
}

func (s *testScript) run(c *syntax.CallExpr, folder, target string) scriptRun {
	r := scriptRun{folder: folder, target: target}
	if len(c.Args) > 1 {
		r.label = literal(c.Args[1])
	}
	if n := s.runner.argument; n > 0 && n < len(c.Args) {
		text, known := constant(c.Args[n])
		r.script, r.opaque = text, !known
	}
	return r
}

// whole says whether the script fails where a test does: any, or the first one alone,
// which a line further down may forget.
func (s *testScript) whole() vacuity {
	if why := s.judge(s.stmts); why != canFail || len(s.runs) < 2 {
		return why
	}
	runs := 0
	return s.judge(slices.DeleteFunc(slices.Clone(s.stmts), func(stmt *syntax.Stmt) bool {
		c, ok := stmt.Cmd.(*syntax.CallExpr)
		if !ok || len(c.Args) == 0 || literal(c.Args[0]) != "run" {
			return false
		}
		runs++
		return runs > 1
	}))
}

// judge says whether the failure of a test is one of statements that run some.
func (s *testScript) judge(stmts []*syntax.Stmt) vacuity {
	p := &phase{hook: func(string) string { return "" }, errexit: true, pipefail: true, only: func(c *syntax.CallExpr) bool {
		_, _, ok := shellOf(c)
		return ok
	}}
	return p.judge(stmts)
}

// judgeRun says whether the script of a run can fail. The guard for a program that is
// missing does not count: it stands before the test.
func (s *testScript) judgeRun(r scriptRun, guarded bool) vacuity {
	switch {
	case r.opaque:
		return canFail
	case strings.TrimSpace(r.script) == "":
		return empty
	}
	file, err := syntax.NewParser(syntax.Variant(syntax.LangBash)).Parse(strings.NewReader(r.script), "")
	if err != nil {
		return canFail
	}
	stmts := file.Stmts
	if guarded {
		stmts = slices.DeleteFunc(slices.Clone(stmts), isGuard)
	}
	p := &phase{hook: func(string) string { return "" }, errexit: s.runner.errexit, pipefail: s.runner.pipefail}
	return p.judge(stmts)
}

// isGuard says whether a statement is the guard for a program that is missing.
func isGuard(s *syntax.Stmt) bool {
	c, ok := s.Cmd.(*syntax.IfClause)
	if !ok || len(c.Cond) != 1 || c.Else != nil {
		return false
	}
	test, ok := c.Cond[0].Cmd.(*syntax.TestClause)
	if !ok {
		return false
	}
	not, ok := test.X.(*syntax.UnaryTest)
	if !ok || not.Op != syntax.TsNot {
		return false
	}
	exec, ok := not.X.(*syntax.UnaryTest)
	return ok && exec.Op == syntax.TsExec
}

// readRunner finds out which argument of the function is run as a script.
func readRunner(f *syntax.FuncDecl) runner {
	arguments := map[string]int{}
	var r runner
	syntax.Walk(f.Body, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.DeclClause:
			for _, a := range n.Args {
				if position := parameter(a.Value); a.Name != nil && len(position) == 1 && position >= "1" && position <= "9" {
					arguments[a.Name.Value] = int(position[0] - '0')
				}
			}
		case *syntax.CallExpr:
			if name, flags, ok := shellOf(n); ok && r.argument == 0 {
				r.argument = arguments[name]
				r.errexit = slices.ContainsFunc(flags, func(f string) bool { return strings.HasPrefix(f, "-") && strings.Contains(f, "e") })
				r.pipefail = slices.Contains(flags, "pipefail")
			}
		}
		return true
	})
	return r
}

// shellOf takes apart a call of bash -c "$NAME", alone or behind exec and timeout.
func shellOf(c *syntax.CallExpr) (name string, flags []string, ok bool) {
	args := c.Args
	if len(args) > 0 && literal(args[0]) == "exec" {
		args = args[1:]
	}
	if len(args) > 0 && literal(args[0]) == "timeout" {
		args = args[1:]
		for len(args) > 0 && strings.HasPrefix(literal(args[0]), "-") {
			args = args[1:]
		}
		if len(args) > 0 {
			args = args[1:] // the limit
		}
	}
	if len(args) == 0 || literal(args[0]) != "bash" {
		return "", nil, false
	}
	for i, a := range args[1:] {
		if literal(a) == "-c" && i+2 < len(args) {
			name = parameter(args[i+2])
			return name, flags, name != ""
		}
		flags = append(flags, literal(a))
	}
	return "", nil, false
}

// exported gives what a variable is set to where it is exported, as it is written.
func exported(c *syntax.DeclClause, name string) (text string, ok bool) {
	if c.Variant.Value != "export" {
		return "", false
	}
	for _, a := range c.Args {
		if a.Name == nil || a.Name.Value != name || a.Value == nil {
			continue
		}
		var b strings.Builder
		if err := syntax.NewPrinter().Print(&b, a.Value); err != nil {
			return "", false
		}
		return strings.Trim(b.String(), `"`), true
	}
	return "", false
}
