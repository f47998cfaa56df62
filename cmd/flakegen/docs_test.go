package main

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/flakegen/flakegen/flakegen/spec"
)

// TestFunctionList holds the functions that docs/language.md lists against those
// that there are.
func TestFunctionList(t *testing.T) {
	page, err := os.ReadFile("../../docs/language.md")
	if err != nil {
		t.Fatal(err)
	}
	_, list, ok := strings.Cut(string(page), "<!-- functions -->")
	if !ok {
		t.Fatal("docs/language.md marks no list of functions")
	}
	var listed []string
	for _, match := range regexp.MustCompile("`([a-z]+)`").FindAllStringSubmatch(list, -1) {
		listed = append(listed, match[1])
	}
	if want := spec.ClosedFunctionNames(); !slices.Equal(listed, want) {
		t.Errorf("docs/language.md lists\n%v\nbut there are\n%v", listed, want)
	}
}
