package nixlang

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/flakegen/flakegen/internal/require"
)

// nixInstantiate runs the real Nix on source and returns its output. It needs
// no store and no rights.
func nixInstantiate(t testing.TB, source []byte, args ...string) []byte {
	t.Helper()
	program := require.Program(t, "nix-instantiate")
	cmd := exec.Command(program, append([]string{"--store", "dummy://", "-"}, args...)...)
	cmd.Stdin = bytes.NewReader(source)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %v\n%s\nof %q", cmd, err, stderr.Bytes(), source)
	}
	return out
}

// evaluate returns the values of expressions, as Nix gives them as JSON.
func evaluate[T any](t testing.TB, expressions []Expr) []T {
	t.Helper()
	var values []T
	out := nixInstantiate(t, Format(&File{Body: ListOf(expressions...)}), "--eval", "--strict", "--json")
	if err := json.Unmarshal(out, &values); err != nil {
		t.Fatalf("read what nix-instantiate printed: %v\n%s", err, out)
	}
	if len(values) != len(expressions) {
		t.Fatalf("%d expressions gave %d values", len(expressions), len(values))
	}
	return values
}

// parsed returns how Nix reads the texts of expressions, with all parentheses.
// All are read by one process, as Nix orders attributes by its own memory.
func parsed(t testing.TB, texts []string) []string {
	t.Helper()
	const separator = `"-- next --"`
	var source bytes.Buffer
	source.WriteString("with { }; [\n") // so that every variable may exist
	for _, text := range texts {
		source.WriteString("(" + text + "\n)\n" + separator + "\n")
	}
	source.WriteString("]\n")
	out := string(nixInstantiate(t, source.Bytes(), "--parse"))
	trees := strings.Split(strings.TrimPrefix(out, "(with { }; [ "), separator)
	if len(trees) != len(texts)+1 {
		t.Fatalf("nix-instantiate --parse read %d texts as %d trees", len(texts), len(trees)-1)
	}
	for i := range trees {
		trees[i] = strings.Trim(trees[i], "() ")
	}
	return trees[:len(texts)]
}

// TestParsesAsTheTree holds random trees against a plain writer that puts
// parentheses around everything: Nix must read both alike.
func TestParsesAsTheTree(t *testing.T) {
	var texts []string
	for seed := range uint64(1000) {
		g := newGrower(seed)
		g.unindented = true
		e := g.file().Body
		texts = append(texts, Print(e), parenthesized(e))
	}
	trees := parsed(t, texts)
	for i := 0; i < len(trees); i += 2 {
		if got, want := trees[i], trees[i+1]; got != want {
			t.Fatalf("seed %d: Nix reads\n%s\nas\n%s\nwant\n%s", i/2, texts[i], got, want)
		}
	}
}

// TestParses has the real Nix parse whole random files, with comments and with
// strings of both kinds.
func TestParses(t *testing.T) {
	var files []string
	for seed := range uint64(1000) {
		files = append(files, string(Format(newGrower(1_000_000+seed).file())))
	}
	parsed(t, files)
}

// parenthesized writes e with parentheses around every part and none of the
// rules of the printer.
func parenthesized(e Expr) string {
	switch e := spelledOut(e).(type) {
	case Ident:
		return string(e)
	case Int:
		return strconv.FormatInt(int64(e), 10)
	case Float:
		return floatText(e)
	case Path:
		return "(" + string(e) + ")"
	case *String:
		return "(" + parenthesizedString(e) + ")"
	case *List:
		text := "["
		for _, item := range e.Items {
			text += " (" + parenthesized(item.Value) + ")"
		}
		return text + " ]"
	case *AttrSet:
		if e.Rec {
			return "(rec {" + parenthesizedEntries(e.Entries) + "})"
		}
		return "({" + parenthesizedEntries(e.Entries) + "})"
	case *Select:
		of, path := e.Of, e.Path
		if inner, ok := of.(*Select); ok && inner.Or == nil && e.Or == nil {
			of, path = inner.Of, append(append([]AttrName{}, inner.Path...), path...)
			return parenthesized(&Select{Of: of, Path: path, Or: e.Or})
		}
		text := "(" + parenthesized(of) + ")." + parenthesizedPath(path)
		if e.Or != nil {
			text += " or (" + parenthesized(e.Or) + ")"
		}
		return "(" + text + ")"
	case *HasAttr:
		return "((" + parenthesized(e.Of) + ") ? " + parenthesizedPath(e.Path) + ")"
	case *Apply:
		if inner, ok := e.Fn.(*Apply); ok {
			text := parenthesized(inner)
			return text[:len(text)-1] + " (" + parenthesized(e.Arg) + "))"
		}
		return "((" + parenthesized(e.Fn) + ") (" + parenthesized(e.Arg) + "))"
	case *Lambda:
		return "(" + parenthesizedParam(e.Param) + ": (" + parenthesized(e.Body) + "))"
	case *Let:
		return "(let " + parenthesizedEntries(e.Entries) + " in (" + parenthesized(e.Body) + "))"
	case *If:
		return "(if (" + parenthesized(e.Cond) + ") then (" + parenthesized(e.Then) + ") else (" + parenthesized(e.Else) + "))"
	case *With:
		return "(with (" + parenthesized(e.Scope) + "); (" + parenthesized(e.Body) + "))"
	case *Assert:
		return "(assert (" + parenthesized(e.Cond) + "); (" + parenthesized(e.Body) + "))"
	case *Binary:
		if operators[e.Op].grouping == bothways {
			// Which of two equal operators is taken first makes no difference.
			return "(" + strings.Join(parenthesizedOperands(e), " "+string(e.Op)+" ") + ")"
		}
		return "((" + parenthesized(e.Left) + ") " + string(e.Op) + " (" + parenthesized(e.Right) + "))"
	case *Unary:
		return "(" + map[Op]string{Not: "!", Negate: "-"}[e.Op] + "(" + parenthesized(e.X) + "))"
	default:
		panic(fmt.Sprintf("%T", e))
	}
}

func parenthesizedOperands(e *Binary) []string {
	var operands []string
	for _, side := range []Expr{e.Left, e.Right} {
		if same, ok := side.(*Binary); ok && same.Op == e.Op {
			operands = append(operands, parenthesizedOperands(same)...)
		} else {
			operands = append(operands, "("+parenthesized(side)+")")
		}
	}
	return operands
}

func parenthesizedString(s *String) string {
	text := `"`
	for _, part := range chunks(s) {
		if part.interpolated != nil {
			text += "${" + parenthesized(part.interpolated) + "}"
			continue
		}
		for _, r := range part.text {
			switch r {
			case '"', '\\', '$':
				text += `\` + string(r)
			case '\r':
				text += `\r`
			default:
				text += string(r)
			}
		}
	}
	return text + `"`
}

func parenthesizedPath(path []AttrName) string {
	var steps []string
	for _, name := range path {
		switch dynamic := name.Dynamic.(type) {
		case nil:
			steps = append(steps, parenthesizedString(Str(name.Name)))
		case *String:
			steps = append(steps, parenthesizedString(dynamic))
		default:
			steps = append(steps, "${("+parenthesized(dynamic)+")}")
		}
	}
	return strings.Join(steps, ".")
}

func parenthesizedEntries(entries []Entry) string {
	text := ""
	for _, entry := range entries {
		switch e := entry.(type) {
		case *Binding:
			text += parenthesizedPath(e.Path) + " = (" + parenthesized(e.Value) + "); "
		case *Inherit:
			text += "inherit"
			if e.From != nil {
				text += " (" + parenthesized(e.From) + ")"
			}
			for _, name := range e.Names {
				text += " " + parenthesizedString(Str(name))
			}
			text += "; "
		}
	}
	return text
}

func parenthesizedParam(p Param) string {
	formals, ok := p.(*Formals)
	if !ok {
		return string(p.(Name))
	}
	var args []string
	for _, arg := range formals.Args {
		text := arg.Name
		if arg.Default != nil {
			text += " ? (" + parenthesized(arg.Default) + ")"
		}
		args = append(args, text)
	}
	if formals.Ellipsis {
		args = append(args, "...")
	}
	text := "{ " + strings.Join(args, ", ") + " }"
	if formals.Bind != "" {
		text += " @ " + formals.Bind
	}
	return text
}
