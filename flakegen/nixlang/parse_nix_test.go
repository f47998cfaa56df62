package nixlang

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/flakegen/flakegen/internal/require"
)

// sameReading holds that Nix reads texts as it reads what is printed of the trees
// that Parse reads them as.
func sameReading(t *testing.T, texts []string) {
	t.Helper()
	var pairs []string
	for _, text := range texts {
		tree, err := Parse(text)
		if err != nil {
			t.Errorf("%v\n%s", err, text)
			continue
		}
		pairs = append(pairs, text, Print(tree))
	}
	readings := parsed(t, pairs)
	// Nix shows a string with escapes in pieces, some of them empty, and escapes a
	// dollar by what is in the same piece.
	whole := strings.NewReplacer(`" + "`, "", `"" + `, "", `\$`, "$")
	for i := range readings {
		readings[i] = whole.Replace(readings[i])
	}
	for i := 0; i < len(pairs); i += 2 {
		if readings[i] != readings[i+1] {
			t.Errorf("Nix reads\n%s\nas\n%s\nbut what is printed of it,\n%s\nas\n%s", pairs[i], readings[i], pairs[i+1], readings[i+1])
		}
	}
}

func TestParsesWhatNixParses(t *testing.T) {
	sameReading(t, accepted)
}

// refuses asks Nix whether it refuses a whole file.
func refuses(t *testing.T, source string) bool {
	t.Helper()
	cmd := exec.Command(require.Program(t, "nix-instantiate"), "--store", "dummy://", "--parse", "-")
	cmd.Stdin = strings.NewReader(source)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	err := cmd.Run()
	if err != nil && !strings.Contains(stderr.String(), "error:") {
		t.Fatalf("%v: %s", err, stderr.Bytes())
	}
	return err != nil
}

// nixRefuses asks Nix whether it refuses a text as an expression by itself, where
// every variable may exist.
func nixRefuses(t *testing.T, text string) bool {
	t.Helper()
	return refuses(t, "with { };\n"+text)
}

func TestRefusesWhatNixRefuses(t *testing.T) {
	for _, c := range refused {
		if !nixRefuses(t, c.text) {
			t.Errorf("Nix takes %q", c.text)
		}
	}
	for _, c := range tooMuch {
		if nixRefuses(t, c.text) {
			t.Errorf("Nix refuses %q too", c.text)
		}
	}
}

// TestParsesRepository reads all Nix files of this repository.
func TestParsesRepository(t *testing.T) {
	var texts []string
	root := filepath.Join("..", "..")
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && strings.HasPrefix(d.Name(), ".") && path != root {
			return fs.SkipDir
		}
		if filepath.Ext(path) != ".nix" {
			return nil
		}
		source, err := os.ReadFile(path)
		// The one thing here that a tree cannot hold.
		texts = append(texts, strings.ReplaceAll(string(source), "<nix/fetchurl.nix>", "./fetchurl.nix"))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(texts) < 20 {
		t.Fatalf("found only %d files", len(texts))
	}
	sameReading(t, texts)
}

// stringSource makes the inside of a string literal, mostly a valid one.
func stringSource(g *grower) string {
	var b strings.Builder
	for range g.count(0, 14) {
		b.WriteString(pick(g, "a", "word ", " ", "  ", "   ", "\n", "\n", "\n  ", "\n    ", "\t", "\r", "\r\n", "'", "''", "'''", "$", "$$", "${x}", "${x}", "$${", "''$", "''${",
			`''\n`, `''\t`, `''\ `, `''\`, `''\'`, `''\$`, `\n`, `\t`, `\"`, `\$`, `\\`, `\`, `\x`, "{", "}", "#", "/*", "é", "\u2028", "\x01"))
	}
	return b.String()
}

// TestStringValues has the real Nix evaluate random strings in their source form;
// Parse must read the same values, and refuse what Nix refuses.
func TestStringValues(t *testing.T) {
	const x = "''x$"
	var sources, want []string
	asked := 0
	for seed := range uint64(6000) {
		g := newGrower(seed)
		quotes := pick(g, `"`, "''", "''")
		source := quotes + stringSource(g) + quotes
		tree, err := Parse(source)
		if err != nil {
			if asked++; asked%20 == 0 && !nixRefuses(t, source) {
				t.Errorf("Nix takes %q, but: %v", source, err)
			}
			continue
		}
		s, ok := tree.(*String)
		if !ok {
			continue // such as two strings in a row
		}
		value := ""
		for _, part := range s.Parts {
			value += part.Text
			if part.Interpolated != nil {
				value += x
			}
		}
		sources, want = append(sources, source), append(want, value)
	}
	if len(sources) < 2000 {
		t.Fatalf("only %d of the strings are valid", len(sources))
	}
	program := "let x = \"" + escapeQuoted(x, quoteEnd) + "\"; in [\n" + strings.Join(sources, "\n") + "\n]"
	var got []string
	out := nixInstantiate(t, []byte(program), "--eval", "--strict", "--json")
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatalf("read what nix-instantiate printed: %v\n%s", err, out)
	}
	if len(got) != len(want) {
		t.Fatalf("%d strings gave %d values", len(want), len(got))
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("Nix evaluates %q to %q, Parse reads %q", sources[i], got[i], want[i])
		}
	}
}
