// Package chores tests the scripts in .ci on machines that the one of the
// developer is not: without Go, without Debian. It has tests only.
package chores
