// Package require says what a test needs from the machine that it runs on.
//
// A test that drives a real program (nix, git, pre-commit, sshd) names it here
// first. Where the program is missing the test is skipped, so that `go test ./...`
// works on a machine with nothing but Go. Where the run has installed every
// program beforehand, as `make test` does, a missing one fails the test: a run
// that is meant to be complete must not pass by skipping.
package require
