package worktree_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/flakegen/flakegen/flakegen/gitcmd/gittest"
)

// manyPackages makes a clean repository of that many packages, whose index has
// further files beside the rendered ones, one of fifty a Nix file, which is read.
func manyPackages(b *testing.B, packages, further int) *gittest.Repository {
	r := gittest.New(b)
	var spec strings.Builder
	spec.WriteString("flake.nix flake\n")
	for i := range packages {
		fmt.Fprintf(&spec, "nix/package-%d.nix %s\n", i, strings.Repeat("attribute ", 100))
	}
	r.Write("flakegen.hcl", spec.String())
	for _, file := range render(spec.String()) {
		r.Write(file.Path, string(file.Content))
	}
	r.Git("add", ".")
	var others strings.Builder
	for i := range further {
		ending := "c"
		if i%50 == 0 {
			ending = "nix"
		}
		name := fmt.Sprintf("pkgs/%03d/package-%d/default.%s", i%700, i, ending)
		fmt.Fprintf(&others, "100644 e69de29bb2d1d6434b8b29ae775ad8c2e48c5391\t%s\n", name)
		if ending == "nix" {
			r.Write(name, "{ pkgs }:\npkgs.hello\n")
		}
	}
	r.Feed(others.String(), "update-index", "--index-info")
	return r
}

// A check in which nothing drifted, against the one question to git that it does
// without.
func BenchmarkCleanCheck(b *testing.B) {
	for _, size := range []struct{ packages, further int }{{2, 20}, {1000, 0}, {2, 50_000}} {
		name := fmt.Sprintf("%d packages, %d other files", size.packages, size.further)
		b.Run(name+"/check", func(b *testing.B) {
			c := compare(manyPackages(b, size.packages, size.further), ".")
			b.ReportAllocs()
			for b.Loop() {
				if findings, err := c.Check(b.Context()); err != nil || len(findings) > 0 {
					b.Fatal(findings, err)
				}
			}
		})
		b.Run(name+"/git ls-files", func(b *testing.B) {
			c := compare(manyPackages(b, size.packages, size.further), ".")
			for b.Loop() {
				if _, err := c.Git.Known(b.Context()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// What a commit waits for, with the processes of git that it takes.
func BenchmarkStagedCheck(b *testing.B) {
	for _, packages := range []int{2, 1000} {
		b.Run(fmt.Sprintf("%d packages", packages), func(b *testing.B) {
			r := manyPackages(b, packages, 0)
			for b.Loop() {
				c := compare(r, ".")
				staged, err := c.Git.Index(b.Context())
				if err != nil {
					b.Fatal(err)
				}
				c.Staged = staged
				if findings, err := c.Check(b.Context()); err != nil || len(findings) > 0 {
					b.Fatal(findings, err)
				}
				if err := staged.Close(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// Rendering every file of a spec anew.
func BenchmarkApply(b *testing.B) {
	for _, packages := range []int{2, 1000} {
		b.Run(fmt.Sprintf("%d packages", packages), func(b *testing.B) {
			c := compare(manyPackages(b, packages, 0), ".")
			for i := 0; b.Loop(); i++ {
				for f := range c.Files {
					c.Files[f].Content = append(c.Files[f].Content, "changed\n"...)
				}
				plan, err := c.Plan(b.Context(), false)
				if err != nil {
					b.Fatal(err)
				}
				if _, err := plan.Apply(b.Context()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
