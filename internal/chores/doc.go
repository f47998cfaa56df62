// Package chores tests what keeps this repository in order: the hashes that it
// pins, and the scripts in .ci on machines that the developer's is not, without
// Go, without Debian. It has tests only.
package chores
