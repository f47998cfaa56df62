package report

import (
	"bytes"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
)

var someSections = []Section{
	{"Nix", []Item{
		{Mark: MarkGood, Subject: "nix", Summary: "2.34.8"},
		{Mark: MarkNote, Subject: "flakes", Summary: "not enabled", Below: []string{
			"flakegen enables them for its own calls; nix itself refuses them, and this goes on.", "Add to /etc/nix/nix.conf:",
		}, Lines: []string{"experimental-features = nix-command flakes"}},
	}},
	{"Systems", []Item{{Mark: MarkGood, Subject: "aarch64-darwin", Summary: "the builder ssh-ng://mac, the builder ssh-ng://other, and one more of them"}}},
	{"Nothing", nil},
	{"Caches", []Item{
		{Mark: MarkGood, Subject: "https://cache.nixos.org", Summary: "answers in 80 ms"},
		{Mark: MarkBad, Subject: "https://a.very.long.name.of.a.cache.example.org/with/a/path", Summary: "nothing \x1b[2Janswers\nthere", Below: []string{"Take it out."}},
	}},
}

func TestChecklist(t *testing.T) {
	for _, test := range []struct {
		name  string
		style Style
		want  string
	}{
		{"wide", Style{}, `Nix
  ✓ nix             2.34.8
  · flakes          not enabled
                    flakegen enables them for its own calls; nix itself refuses
                    them, and this goes on.
                    Add to /etc/nix/nix.conf:
                      experimental-features = nix-command flakes

Systems
  ✓ aarch64-darwin  the builder ssh-ng://mac, the builder ssh-ng://other, and
                    one more of them

Caches
  ✓ https://cache.nixos.org  answers in 80 ms
  ✗ https://a.very.long.name.of.a.cache.example.org/with/a/path
      nothing answers there
      Take it out.
`},
		{"narrow", Style{Width: 40, ASCII: true}, `Nix
  + nix
      2.34.8
  - flakes
      not enabled
      flakegen enables them for its own
      calls; nix itself refuses them,
      and this goes on.
      Add to /etc/nix/nix.conf:
        experimental-features = nix-command flakes

Systems
  + aarch64-darwin
      the builder ssh-ng://mac, the
      builder ssh-ng://other, and one
      more of them

Caches
  + https://cache.nixos.org
      answers in 80 ms
  x https://a.very.long.name.of.a.cache.example.org/with/a/path
      nothing answers there
      Take it out.
`},
	} {
		t.Run(test.name, func(t *testing.T) {
			var out bytes.Buffer
			if err := Checklist(&out, someSections, test.style); err != nil {
				t.Fatal(err)
			}
			if out.String() != test.want {
				t.Errorf("got\n%s\nwant\n%s", out.String(), test.want)
			}
		})
	}
}

// Colour adds escape sequences and nothing else.
func TestChecklistColor(t *testing.T) {
	var with, without bytes.Buffer
	for width := 10; width < 120; width++ {
		with.Reset()
		without.Reset()
		if err := Checklist(&with, someSections, Style{Width: width, Color: true}); err != nil {
			t.Fatal(err)
		}
		if err := Checklist(&without, someSections, Style{Width: width}); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(with.String(), "\x1b[32m✓") || ansi.Strip(with.String()) != without.String() {
			t.Fatalf("at %d columns:\n%s\n%s", width, with.String(), without.String())
		}
	}
}
