package doctor

import (
	"fmt"
	"io/fs"
	"strings"
)

// scope says whose file a setting has to stand in.
type scope int

const (
	// userSetting counts wherever it stands.
	userSetting scope = iota
	// machineSetting counts for the daemon only where it stands in its file.
	machineSetting
)

// set advises to set a setting of Nix, where this machine has its settings. Extra
// pairs go to the same place.
func (e *examination) set(f Finding, s scope, name, value string, more ...string) Finding {
	pairs := append([]string{name, value}, more...)
	var lines []string
	nixos := e.has("etc/NIXOS")
	for i := 0; i+1 < len(pairs); i += 2 {
		if nixos {
			lines = append(lines, fmt.Sprintf("nix.settings.%s = %s;", pairs[i], nixValue(pairs[i+1])))
			continue
		}
		lines = append(lines, strings.TrimSpace(pairs[i]+" = "+pairs[i+1]))
	}
	switch {
	case nixos:
		return f.advise("Add to the configuration of NixOS:", lines...)
	case s == userSetting && !e.Root:
		return f.advise("Add to ~/.config/nix/nix.conf:", lines...)
	case e.has("etc/nix/nix.custom.conf"):
		// Determinate Nix writes nix.conf anew.
		return f.advise("Add to /etc/nix/nix.custom.conf:", lines...)
	default:
		return f.advise("Add to /etc/nix/nix.conf:", lines...)
	}
}

// nixValue is the value of a setting as the options of NixOS take it: lists where
// the name says so.
func nixValue(value string) string {
	if value == "true" || value == "false" || strings.Trim(value, "0123456789") == "" && value != "" {
		return value
	}
	words := strings.Fields(value)
	if len(words) < 2 {
		return `"` + value + `"`
	}
	for i, w := range words {
		words[i] = `"` + w + `"`
	}
	return "[ " + strings.Join(words, " ") + " ]"
}

// has says whether a file of the machine is there.
func (e *examination) has(name string) bool {
	_, err := fs.Stat(e.Machine, name)
	return err == nil
}
