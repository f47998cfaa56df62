package nixcmd

import (
	"os"
	"runtime"
	"sync"
	"syscall"
	"time"
)

// Usage is what several processes of nix took.
type Usage struct {
	Processes int
	// Seconds is the wall time of all, MemoryBytes what the largest of them had in
	// memory at once, as the system counted it; 0 where it does not say.
	Seconds     float64
	MemoryBytes int64
}

// usage counts processes.
type usage struct {
	mutex sync.Mutex
	Usage
}

func (u *usage) count(state *os.ProcessState) {
	if u == nil || state == nil {
		return
	}
	u.mutex.Lock()
	defer u.mutex.Unlock()
	u.Processes++
	if r, ok := state.SysUsage().(*syscall.Rusage); ok {
		memory := int64(r.Maxrss)
		if runtime.GOOS != "darwin" {
			memory <<= 10 // it is in KiB there
		}
		u.MemoryBytes = max(u.MemoryBytes, memory)
	}
}

// Measured does something with a nix whose processes are counted, and says what
// they took. The clock is now.
func (n *Nix) Measured(now func() time.Time, do func(*Nix) error) (Usage, error) {
	counted := *n
	counted.usage = &usage{}
	start := now()
	err := do(&counted)
	counted.usage.mutex.Lock()
	defer counted.usage.mutex.Unlock()
	took := counted.usage.Usage
	took.Seconds = now().Sub(start).Seconds()
	return took, err
}
