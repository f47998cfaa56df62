// Package flakegen is what the commands do, without flags and terminals. Its
// parts, in the order in which data runs through them:
//
//	spec      HCL files to a Spec, with diagnostics
//	compile   an HCL expression to a Nix syntax tree
//	nixlang   the Nix syntax tree and its printer
//	generate  a Spec to files as bytes; pure
//	worktree  these bytes against disk and index: plan, drift, apply
//	nixcmd    running nix, and the log that it streams
//	gitcmd    asking git
//	store     derivations in the store
//	missing   what Nix would leave, fetch and build
//	timing    the log of a build to an account of its time
//	schedule  how long builds take together
//	abtest    two samples of measurements against each other
//	report    the account as text, Markdown, page and trace
//	doctor    whether machine and repository are fit
//
// docs/architecture.md walks from a spec to a timed build.
package flakegen
