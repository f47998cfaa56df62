package nixcmd

import "strings"

// WithoutPasswords hides in a text what the URIs in it have before the host and is
// nobody else's: https://me:…@host, https://…@host where a token stands in place of
// the name. The login of an ssh host stays.
func WithoutPasswords(text string) string {
	const mark = "://"
	var out strings.Builder
	for {
		at := strings.Index(text, mark)
		if at < 0 {
			break
		}
		before, rest := text[:at+len(mark)], text[at+len(mark):]
		out.WriteString(before)
		// Host and login end at a slash, a URI at white space.
		end := strings.IndexAny(rest, "/?# \t\r\n")
		if end < 0 {
			end = len(rest)
		}
		if noHost(rest[:end]) {
			// A password with such a character in it, which Nix does not take: up to white space.
			if end = strings.IndexAny(rest, " \t\r\n"); end < 0 {
				end = len(rest)
			}
		}
		if login := strings.LastIndexByte(rest[:end], '@'); login >= 0 {
			name, _, secret := strings.Cut(rest[:login], ":")
			scheme := before[:at]
			switch {
			case secret:
				out.WriteString(name + ":…")
			case strings.HasSuffix(scheme, "ssh"), strings.HasSuffix(scheme, "ssh-ng"):
				out.WriteString(name)
			default:
				out.WriteString("…")
			}
			rest = rest[login:]
		}
		text = rest
	}
	return out.String() + text
}

// noHost says that a text is neither a host nor a host and a port nor has a login before
// them, so that its colon can only be that of a password.
func noHost(text string) bool {
	colon := strings.LastIndexByte(text, ':')
	return colon >= 0 && !strings.ContainsAny(text, "@]") && strings.Trim(text[colon+1:], "0123456789") != ""
}
