package nixlang

import "testing"

func TestJoinSpaces(t *testing.T) {
	for _, c := range []struct{ a, b, want space }{
		{gap, gap, gap},
		{gap, line, line},
		{gap, newline, newline},
		{softCut, cut, cut},
		{softCut, gap, softLine},
		{cut, gap, line},
		{cut, softLine, line},
		{line, newline, newline},
		{newline, emptyLine, emptyLine},
		{gap, textBreak, textBreak},
		{cut, textBreak, textBreak + 1},
		{emptyLine, textBreak, textBreak + 2},
		{textBreak, textBreak, textBreak + 1},
		{textBreak + 1, textBreak + 2, textBreak + 4},
	} {
		if got := joinSpaces(c.a, c.b); got != c.want {
			t.Errorf("joinSpaces(%d, %d) = %d, want %d", c.a, c.b, got, c.want)
		}
		if got := joinSpaces(c.b, c.a); got != c.want {
			t.Errorf("joinSpaces(%d, %d) = %d, want %d", c.b, c.a, got, c.want)
		}
	}
}
