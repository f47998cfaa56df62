package doctor

import (
	"bufio"
	"io/fs"
	"slices"
	"strings"

	"github.com/flakegen/flakegen/platform"
)

// emulators are the names of QEMU's programs for the processors of Linux systems,
// as they are registered: qemu-aarch64. NixOS registers under the name of the
// system instead.
var emulators = map[string]string{
	"aarch64": "aarch64", "armv5tel": "arm", "armv6l": "arm", "armv7a": "arm", "armv7l": "arm",
	"i686": "i386", "x86_64": "x86_64", "loongarch64": "loongarch64", "m68k": "m68k",
	"mips": "mips", "mipsel": "mipsel", "mips64": "mips64", "mips64el": "mips64el",
	"powerpc": "ppc", "powerpc64": "ppc64", "powerpc64le": "ppc64le",
	"riscv32": "riscv32", "riscv64": "riscv64", "s390x": "s390x",
}

// emulator is the name under which the kernel of this machine runs programs of a
// system through another program, "" where it does not.
//
// https://docs.kernel.org/admin-guide/binfmt-misc.html: a file for each, its first
// line says "enabled".
func (e *examination) emulator(system platform.System) string {
	if system.Kernel() != "linux" {
		return ""
	}
	arch, _, _ := strings.Cut(string(system), "-")
	names := []string{string(system)}
	if qemu := emulators[arch]; qemu != "" {
		names = append(names, "qemu-"+qemu)
	}
	for _, name := range names {
		if e.registered("proc/sys/fs/binfmt_misc/" + name) {
			return name
		}
	}
	return ""
}

func (e *examination) registered(name string) bool {
	if !fs.ValidPath(name) {
		return false
	}
	file, err := e.Machine.Open(name)
	if err != nil {
		return false
	}
	defer file.Close()
	scanner := bufio.NewScanner(file)
	return scanner.Scan() && scanner.Text() == "enabled"
}

// kin are the processors that also run programs of others without an emulator.
var kin = map[string][]string{
	"x86_64":  {"i686"},
	"aarch64": {"armv5tel", "armv6l", "armv7a", "armv7l"},
}

// runsItself says whether a processor with the system native runs programs of
// another system. Rosetta counts as such, though the kernel of macOS starts it.
func runsItself(native, system platform.System) bool {
	if native.Kernel() != system.Kernel() {
		return false
	}
	arch, _, _ := strings.Cut(string(native), "-")
	other, _, _ := strings.Cut(string(system), "-")
	return arch == other || slices.Contains(kin[arch], other) ||
		// x86_64-v2-linux and the like are levels of x86_64.
		strings.HasPrefix(other, arch) || native.Kernel() == "darwin" && other == "x86_64"
}
