package main

import "golang.org/x/sys/unix"

// memory is how many bytes this machine has, 0 where that is not known.
func memory() uint64 {
	all, err := unix.SysctlUint64("hw.memsize")
	if err != nil {
		return 0
	}
	return all
}
