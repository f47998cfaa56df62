package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"github.com/flakegen/flakegen/flakegen"
	"github.com/flakegen/flakegen/flakegen/substituter"
	"github.com/flakegen/flakegen/internal/require"
)

// A person who waits for a slow cache sees what for; the line is gone afterwards, and
// there is none where nobody watches.
func TestNixPlanLine(t *testing.T) {
	require.Program(t, "nix")
	require.Root(t)
	dir := hostileProject(t)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/nix-cache-info" {
			fmt.Fprint(w, "StoreDir: /nix/store\n")
			return
		}
		time.Sleep(2 * time.Second)
		w.WriteHeader(http.StatusNotFound)
	}))
	defer server.Close()
	command := []string{"flakegen", "plan", "rts", "--", "--override-input", "nixpkgs", "path:./hostpkgs", "--option", "substituters", server.URL}
	s := atTerminal(t, dir, command...)
	at := s.Wait(0, "\rasking "+server.URL+": 0 of 1 path, 1 s"+ansi.EraseLineRight)
	at = s.Wait(at, "\r"+ansi.EraseLineRight+"OUTPUT  SYSTEM")
	if code := s.End(); code != 0 || strings.Contains(s.Text()[at:], "asking") {
		t.Errorf("exit code %d, %q", code, s.Text())
	}
	silent := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(2 * time.Second)
		w.WriteHeader(http.StatusNotFound)
	}))
	defer silent.Close()
	s = atTerminal(t, dir, append(slices.Clone(command[:len(command)-1]), silent.URL)...)
	s.Wait(0, "\rwaiting for "+silent.URL+", 1 s"+ansi.EraseLineRight)
	s.Wait(0, "OUTPUT  SYSTEM")
	if code := s.End(); code != 0 || strings.Contains(s.Text(), "asking") {
		t.Errorf("exit code %d, %q", code, s.Text())
	}
	s = atTerminal(t, dir, command...)
	s.Wait(0, "asking "+server.URL)
	s.Type("\x03")
	s.Wait(0, "\r"+ansi.EraseLineRight+"flakegen: interrupted\r\n")
	if code := s.End(); code != exitInterrupted {
		t.Errorf("exit code %d, %q", code, s.Text())
	}
	for _, variable := range []string{"TERM=dumb", "CI=true"} {
		s := atTerminal(t, dir, append([]string{"env", variable}, command...)...)
		s.Wait(0, "OUTPUT  SYSTEM")
		if code := s.End(); code != 0 || strings.ContainsAny(s.Text(), "\x1b") || strings.Contains(s.Text(), "asking") {
			t.Errorf("%s: exit code %d, %q", variable, code, s.Text())
		}
	}
}

func TestPlanLineText(t *testing.T) {
	asking := flakegen.PlanProgress{Asking: substituter.Progress{Cache: "https://cache.example.org", Answered: 12, Asked: 340}}
	for _, test := range []struct {
		progress flakegen.PlanProgress
		width    int
		want     string
	}{
		{asking, 79, "asking https://cache.example.org: 12 of 340 paths, 3 s"},
		{asking, 40, "asking https://cac: 12 of 340 paths, 3 s"},
		{asking, 10, "asking : 1"},
		{flakegen.PlanProgress{Asking: substituter.Progress{Cache: "https://cache.example.org"}}, 79, "waiting for https://cache.example.org, 3 s"},
		{flakegen.PlanProgress{Evaluating: 1}, 79, "evaluating 1 output, 3 s"},
		{flakegen.PlanProgress{}, 79, "reading derivations, 3 s"},
		{flakegen.PlanProgress{Asking: substituter.Progress{Cache: "https://\x1b[2J", Asked: 1}}, 79, "asking https://: 0 of 1 path, 3 s"},
	} {
		if got := planLineText(test.progress, 3*time.Second, test.width); got != test.want {
			t.Errorf("%q, want %q", got, test.want)
		}
	}
}
