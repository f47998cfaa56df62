// Package cachetest makes binary caches for tests: folders that the real Nix
// fetches from, filled without building anything first. What an output holds does
// not matter to Nix, only that the narinfo, the hash and the signature agree; so a
// graph of thousands of paths is there in a second, and each path can be signed in
// the way that a test is about.
package cachetest
