package nixcmd

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// ErrNoNix says that there is no nix program to run.
var ErrNoNix = errors.New("no nix on PATH; install Nix: on Debian and Ubuntu `apt-get install nix-bin`, elsewhere see https://nixos.org/download")

// lookUp finds the program on the PATH of n.Env, which exec.LookPath, knowing
// that of this process only, would not.
func (n *Nix) lookUp() (string, error) {
	name := n.Program
	if name == "" {
		name = "nix"
	}
	if strings.ContainsRune(name, filepath.Separator) {
		return name, nil
	}
	for _, dir := range filepath.SplitList(n.variable("PATH")) {
		if !filepath.IsAbs(dir) {
			continue // as in package exec: never a program of the current folder
		}
		if path, err := exec.LookPath(filepath.Join(dir, name)); err == nil {
			return path, nil
		}
	}
	return "", ErrNoNix
}

// variable is the value of an environment variable, "" where it is not set.
func (n *Nix) variable(name string) string {
	if n.Env == nil {
		return os.Getenv(name)
	}
	value := ""
	for _, entry := range n.Env {
		if v, ok := strings.CutPrefix(entry, name+"="); ok {
			value = v // the last one counts
		}
	}
	return value
}
