package platform

import (
	"reflect"
	"slices"
	"testing"
)

func TestSuggest(t *testing.T) {
	for name, want := range map[string]System{
		"x86-linux":      "x86_64-linux",
		"x86_64_linux":   "x86_64-linux",
		"X86_64-Linux":   "x86_64-linux",
		"amd64-linux":    "x86_64-linux",
		"arm64-darwin":   "aarch64-darwin",
		"aarch64-darwim": "aarch64-darwin",
		"aarch64-macos":  "aarch64-darwin",
		"riscv64-linx":   "riscv64-linux",
		"plan9":          "",
		"":               "",
	} {
		if got := Suggest(name); got != want {
			t.Errorf("Suggest(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestSuggestSelector(t *testing.T) {
	for name, want := range map[string]string{
		"macos":      "darwin",
		"darwn":      "darwin",
		"Linux":      "linux",
		"defualt":    "default",
		"x86-linux":  "x86_64-linux",
		"everything": "",
	} {
		if got := SuggestSelector(name); got != want {
			t.Errorf("SuggestSelector(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestKnown(t *testing.T) {
	list := Known()
	if !slices.IsSorted(list) || len(slices.Compact(slices.Clone(list))) != len(list) {
		t.Fatal("Known must be sorted and without repetition")
	}
	for _, s := range list {
		if s.Kernel() == "" {
			t.Errorf("%q has no kernel", s)
		}
		if !IsKnown(s) || !IsSelector(string(s)) || !IsSelector(s.Kernel()) {
			t.Errorf("%q and its kernel must be selectors", s)
		}
	}
	if IsSelector("macos") || IsKnown("linux") {
		t.Error("macos is no selector, linux no system")
	}
}

func TestResolve(t *testing.T) {
	systems := []System{"x86_64-linux", "aarch64-linux", "aarch64-darwin"}
	tests := []struct {
		name      string
		selectors []string
		want      Resolution
	}{
		{
			"exact before kernel before default",
			[]string{"default", "linux", "aarch64-linux"},
			Resolution{
				Chosen: map[System]string{"x86_64-linux": "linux", "aarch64-linux": "aarch64-linux", "aarch64-darwin": "default"},
				Idle:   []string{},
			},
		},
		{
			"missing and idle are all named",
			[]string{"x86_64-linux", "freebsd", "x86_64-darwin"},
			Resolution{
				Chosen:  map[System]string{"x86_64-linux": "x86_64-linux"},
				Missing: []System{"aarch64-linux", "aarch64-darwin"},
				Idle:    []string{"freebsd", "x86_64-darwin"},
			},
		},
		{
			"default is not idle where it is never chosen",
			[]string{"linux", "darwin", "default"},
			Resolution{
				Chosen: map[System]string{"x86_64-linux": "linux", "aarch64-linux": "linux", "aarch64-darwin": "darwin"},
				Idle:   []string{},
			},
		},
	}
	for _, test := range tests {
		if got := Resolve(test.selectors, systems); !reflect.DeepEqual(got, test.want) {
			t.Errorf("%s:\n got %+v\nwant %+v", test.name, got, test.want)
		}
	}
}
