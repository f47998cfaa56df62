package main

import (
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// A program that a build is for may say much and fast: at a terminal, where the
// view is drawn below it, all of it is seen, in order and once.
func TestTerminalWatchLeavesNoLineOut(t *testing.T) {
	const lines = 30_000
	log, err := filepath.Abs("../../flakegen/nixcmd/testdata/streams/2.34-mini-check/stream.log")
	if err != nil {
		t.Fatal(err)
	}
	command := fmt.Sprintf("{ cat \"$1\"; seq -f 'said %%.0f' %d; } | flakegen watch", lines)
	s := atTerminal(t, t.TempDir(), "sh", "-c", command, "sh", log)
	s.Wait(0, "succeeded")
	if code := s.End(); code != 0 {
		t.Errorf("exit code %d", code)
	}
	said := regexp.MustCompile(`said (\d+)\r+\n`).FindAllStringSubmatch(s.Text(), -1)
	if len(said) != lines {
		t.Fatalf("%d of %d lines are seen", len(said), lines)
	}
	for i, m := range said {
		if m[1] != fmt.Sprint(i+1) {
			t.Fatalf("line %d is %q", i+1, m[0])
		}
	}
	if strings.Contains(s.Text(), "more lines") {
		t.Error("lines were counted")
	}
	leftAlone(t, s.Text())
}
