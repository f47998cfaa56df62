// Package timing turns the log stream of a run of Nix into an account of where
// the time went.
package timing
