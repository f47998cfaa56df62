package main

import (
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// memory is how many bytes this machine has, 0 where that is not known.
func memory() uint64 {
	var info unix.Sysinfo_t
	if unix.Sysinfo(&info) != nil {
		return 0
	}
	all := uint64(info.Totalram) * uint64(info.Unit)
	// The limit of a container; the file is not there outside of one, nor in one of
	// control groups of the first version.
	limit, err := os.ReadFile("/sys/fs/cgroup/memory.max")
	if err != nil {
		return all
	}
	if n, err := strconv.ParseUint(strings.TrimSpace(string(limit)), 10, 64); err == nil {
		all = min(all, n)
	}
	return all
}
