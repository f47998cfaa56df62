//go:build !linux && !darwin

package main

// memory is how many bytes this machine has, 0 where that is not known.
func memory() uint64 { return 0 }
