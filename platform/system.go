package platform

import (
	"slices"
	"strings"
	"sync"

	"github.com/agext/levenshtein"
)

// System is a Nix system, such as "x86_64-linux".
type System string

// Kernel gives the part behind the first hyphen, "linux" for "x86_64-linux".
func (s System) Kernel() string {
	_, kernel, _ := strings.Cut(string(s), "-")
	return kernel
}

// known holds the systems that nixpkgs can evaluate for (lib.systems.doubles),
// without those for firmware and the browser, which no flake output is built on.
var known = []System{
	"aarch64-darwin", "i686-darwin", "x86_64-darwin",
	"i686-cygwin", "x86_64-cygwin",
	"aarch64-freebsd", "i686-freebsd", "x86_64-freebsd",
	"aarch64-genode", "i686-genode", "x86_64-genode",
	"x86_64-solaris",
	"aarch64-linux", "armv5tel-linux", "armv6l-linux", "armv7a-linux", "armv7l-linux",
	"i686-linux", "loongarch64-linux", "m68k-linux", "microblaze-linux",
	"microblazeel-linux", "mips-linux", "mips64-linux", "mips64el-linux",
	"mipsel-linux", "powerpc-linux", "powerpc64-linux", "powerpc64le-linux",
	"riscv32-linux", "riscv64-linux", "s390-linux", "s390x-linux", "x86_64-linux",
	"aarch64-netbsd", "armv6l-netbsd", "armv7a-netbsd", "armv7l-netbsd",
	"i686-netbsd", "m68k-netbsd", "mipsel-netbsd", "powerpc-netbsd",
	"riscv32-netbsd", "riscv64-netbsd", "x86_64-netbsd",
	"i686-openbsd", "x86_64-openbsd",
	"x86_64-redox",
	"aarch64-windows", "i686-windows", "x86_64-windows",
}

// Known lists the systems that Nix and nixpkgs know, sorted.
func Known() []System {
	list := slices.Clone(known)
	slices.Sort(list)
	return list
}

// IsKnown says whether s is a system that Nix and nixpkgs know.
func IsKnown(s System) bool { return slices.Contains(known, s) }

// Kernels lists the kernels of the known systems, sorted, each once.
func Kernels() []string { return slices.Clone(kernels()) }

var kernels = sync.OnceValue(func() []string {
	var list []string
	for _, s := range known {
		list = append(list, s.Kernel())
	}
	slices.Sort(list)
	return slices.Compact(list)
})

// aliases are names that people and other tools use for the same system.
var aliases = map[string]System{
	"amd64-linux": "x86_64-linux", "x64-linux": "x86_64-linux", "linux-amd64": "x86_64-linux",
	"linux-x86_64": "x86_64-linux", "linux/amd64": "x86_64-linux",
	"arm64-linux": "aarch64-linux", "linux-arm64": "aarch64-linux", "linux/arm64": "aarch64-linux",
	"arm64-darwin": "aarch64-darwin", "darwin-arm64": "aarch64-darwin", "darwin/arm64": "aarch64-darwin",
	"aarch64-macos": "aarch64-darwin", "arm64-macos": "aarch64-darwin",
	"x86_64-macos": "x86_64-darwin", "amd64-darwin": "x86_64-darwin", "darwin/amd64": "x86_64-darwin",
}

// Suggest gives the known system that name most likely means, or "".
func Suggest(name string) System {
	lower := strings.ToLower(name)
	if s, ok := aliases[lower]; ok {
		return s
	}
	// The systems that people have come first, so that they win a tie.
	common := []string{"x86_64-linux", "aarch64-linux", "aarch64-darwin", "x86_64-darwin"}
	if s := Nearest(lower, common); s != "" {
		return System(s)
	}
	return System(Nearest(lower, names(Known())))
}

// Nearest gives the candidate that name is most likely a misspelling of, or ""
// where none is near: about one edit for three letters, at most three. Letters in
// another order are one edit.
func Nearest(name string, candidates []string) string {
	best, bestDistance := "", min(3, max(1, (len(name)+1)/3))+1
	for _, c := range candidates {
		d := levenshtein.Distance(name, c, nil)
		if d > 1 && sameLetters(name, c) {
			d = 1
		}
		if d < bestDistance {
			best, bestDistance = c, d
		}
	}
	return best
}

func sameLetters(a, b string) bool {
	if len(a) != len(b) {
		return false
	}
	lettersA, lettersB := []byte(a), []byte(b)
	slices.Sort(lettersA)
	slices.Sort(lettersB)
	return slices.Equal(lettersA, lettersB)
}

func names(systems []System) []string {
	list := make([]string, len(systems))
	for i, s := range systems {
		list[i] = string(s)
	}
	return list
}
