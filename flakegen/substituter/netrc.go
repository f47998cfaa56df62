package substituter

import (
	"errors"
	"fmt"
	"os"
	"strings"
)

// netrc are the logins of a netrc file, read as curl reads it. The libraries for
// it are out of use, or fail on a file that ends early and run gpg.
type netrc []login

type login struct {
	host     string // "" for all others
	name     string
	password string
}

// readNetrc reads the file, which may be missing: Nix's default mostly is. One
// that may not be read is missing too, as for curl.
func readNetrc(file string) (netrc, error) {
	if file == "" {
		return nil, nil
	}
	text, err := os.ReadFile(file)
	if errors.Is(err, os.ErrNotExist) || errors.Is(err, os.ErrPermission) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read netrc-file: %w", err)
	}
	return parseNetrc(string(text)), nil
}

func parseNetrc(text string) netrc {
	var logins netrc
	var words []string
	for line := range strings.Lines(text) {
		// A macro is a script for ftp up to an empty line.
		if len(words) > 0 && words[0] == "macdef" {
			if strings.TrimSpace(line) == "" {
				words = nil
			}
			continue
		}
		more := netrcWords(line)
		if len(more) > 0 && more[0] == "macdef" {
			logins, words = logins.add(words), more
			continue
		}
		words = append(words, more...)
	}
	return logins.add(words)
}

// add reads "machine HOST login NAME password PASSWORD account NAME", in any
// order within a machine, and "default" for all other hosts.
func (n netrc) add(words []string) netrc {
	next := func(i int) string {
		if i+1 < len(words) {
			return words[i+1]
		}
		return ""
	}
	for i := 0; i < len(words); i++ {
		switch words[i] {
		case "default":
			n = append(n, login{})
			continue
		case "machine":
			n = append(n, login{host: next(i)})
		case "login":
			if len(n) > 0 {
				n[len(n)-1].name = next(i)
			}
		case "password":
			if len(n) > 0 {
				n[len(n)-1].password = next(i)
			}
		case "account":
		default:
			continue
		}
		i++
	}
	return n
}

// netrcWords are the words of a line, up to a comment. One in quotes may have
// spaces, and a backslash before what it means literally.
func netrcWords(line string) []string {
	var words []string
	for {
		line = strings.TrimLeft(line, " \t\r\n")
		if line == "" || line[0] == '#' {
			return words
		}
		if line[0] != '"' {
			end := strings.IndexAny(line, " \t\r\n")
			if end < 0 {
				end = len(line)
			}
			words, line = append(words, line[:end]), line[end:]
			continue
		}
		var word strings.Builder
		i := 1
		for ; i < len(line) && line[i] != '"'; i++ {
			if line[i] == '\\' && i+1 < len(line) {
				i++
			}
			word.WriteByte(line[i])
		}
		words, line = append(words, word.String()), line[min(i+1, len(line)):]
	}
}

func (n netrc) has(host string) bool {
	_, found := n.find(host)
	return found
}

// find is the first login for a host.
func (n netrc) find(host string) (login, bool) {
	for _, l := range n {
		if l.host == "" || strings.EqualFold(l.host, host) {
			return l, true
		}
	}
	return login{}, false
}
