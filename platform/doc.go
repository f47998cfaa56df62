// Package platform knows systems, the selectors that pick them, and how a table
// of selectors gives each system its value.
//
// The words of this package:
//
//   - system: what Nix calls by that name, an architecture and a kernel such as
//     aarch64-darwin. [Known] lists those that Nix and nixpkgs know.
//   - kernel: the part behind the first hyphen: linux, darwin, freebsd, ….
//   - selector: the key of a table: a system, a kernel, or "default".
//   - resolution: the value of a system is that of the most exact selector that
//     matches it: the system itself, else its kernel, else default.
//
// It imports nothing of flakegen, so that every other package can share its view.
package platform
