package history

import "strings"

// ProjectName makes of the address that git fetches a repository from the name
// that its builds have on every machine: host and path, without scheme, user,
// password, query and ".git", so that it is the same for those who fetch by https
// and by ssh, and no secret gets into the history.
func ProjectName(address string) string {
	address = strings.TrimSpace(address)
	scheme, rest, isURL := strings.Cut(address, "://")
	switch {
	case isURL && strings.EqualFold(scheme, "file"):
	case isURL:
		// A password is to have its slashes escaped; one that has not is cut off too.
		if at := strings.LastIndexByte(rest, '@'); at >= 0 && strings.Contains(rest[:at], ":") {
			rest = rest[at+1:]
		}
		host, path, _ := strings.Cut(rest, "/")
		rest = strings.ToLower(withoutUser(host)) + "/" + path
	default:
		rest = address
		// [user@]host:path of ssh; a path of this machine's has a slash first.
		if host, path, ok := strings.Cut(address, ":"); ok && !strings.Contains(host, "/") {
			rest = strings.ToLower(withoutUser(host)) + "/" + strings.TrimLeft(path, "/")
		}
	}
	if isURL {
		rest, _, _ = strings.Cut(rest, "?")
		rest, _, _ = strings.Cut(rest, "#")
	}
	return strings.TrimSuffix(strings.TrimRight(rest, "/"), ".git")
}

func withoutUser(host string) string { return host[strings.LastIndexByte(host, '@')+1:] }
