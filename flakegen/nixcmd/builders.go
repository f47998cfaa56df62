package nixcmd

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// Builder is a remote builder: a line of the setting builders.
type Builder struct {
	URI     string
	Systems []string
	// SSHKey is the file of the key to log in with, "" for ssh's own choice.
	SSHKey  string
	MaxJobs int
	// SpeedFactor is relative to other builders.
	SpeedFactor float64
	// Features are those it has, MandatoryFeatures those that a derivation must
	// ask for to be built there.
	Features          []string
	MandatoryFeatures []string
	// HostKey is the public key of the host in base64, "" for known_hosts.
	HostKey string
}

// parseBuilders reads the setting builders: lines, or parts between semicolons,
// each a builder or @FILE. A file that is not there holds none, as for Nix.
// Relative names are meant from dir, and system stands where a line names none.
func parseBuilders(text, dir, system string) (builders []Builder, unread []string, err error) {
	builders, unread = []Builder{}, []string{}
	var read func(text string, depth int) error
	read = func(text string, depth int) error {
		if depth > 10 {
			return errors.New("read the builders: the files name each other in a circle")
		}
		for line := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == '\n' || r == ';' }) {
			line, _, _ = strings.Cut(line, "#")
			line = strings.TrimSpace(line)
			if line == "" {
				continue
			}
			name, isFile := strings.CutPrefix(line, "@")
			if !isFile {
				b, err := parseBuilder(line, system)
				if err != nil {
					return err
				}
				builders = append(builders, b)
				continue
			}
			name = strings.TrimSpace(name)
			if !filepath.IsAbs(name) {
				name = filepath.Join(dir, name)
			}
			content, err := os.ReadFile(name)
			switch {
			case errors.Is(err, os.ErrNotExist):
			case err != nil:
				unread = append(unread, name)
			default:
				if err := read(string(content), depth+1); err != nil {
					return err
				}
			}
		}
		return nil
	}
	err = read(text, 0)
	return builders, unread, err
}

// parseBuilder reads one line: URI, systems, key, jobs, speed, features,
// mandatory features, host key. A hyphen, or nothing, stands for the default.
func parseBuilder(line, system string) (Builder, error) {
	fields := strings.Fields(line)
	field := func(i int) string {
		if i >= len(fields) || fields[i] == "-" {
			return ""
		}
		return fields[i]
	}
	list := func(i int) []string {
		return strings.FieldsFunc(field(i), func(r rune) bool { return r == ',' })
	}
	b := Builder{
		URI: fields[0], Systems: list(1), SSHKey: field(2), MaxJobs: 1, SpeedFactor: 1,
		Features: list(5), MandatoryFeatures: list(6), HostKey: field(7),
	}
	if len(b.Systems) == 0 {
		b.Systems = []string{system}
	}
	var err error
	if jobs := field(3); jobs != "" {
		if b.MaxJobs, err = strconv.Atoi(jobs); err != nil {
			return Builder{}, fmt.Errorf("builder %q: the fourth field is the number of jobs, not %q", Printable(line), Printable(jobs))
		}
	}
	if speed := field(4); speed != "" {
		if b.SpeedFactor, err = strconv.ParseFloat(speed, 64); err != nil {
			return Builder{}, fmt.Errorf("builder %q: the fifth field is the speed factor, not %q", Printable(line), Printable(speed))
		}
	}
	return b, nil
}
