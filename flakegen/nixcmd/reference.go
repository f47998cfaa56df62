package nixcmd

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
)

// Reference is the flake reference of the flake in the folder root, for a nix
// that runs in the folder dir. Both are absolute.
//
// It is "." or the path where Nix since 2.8 takes that. Where the path holds a
// character that Nix 2.8 refuses or misreads, such as a space, it is a git+file
// URL, and outside of a git repository a path: relative to dir, so dir must then
// be root or lie below it.
func Reference(root, dir string) (string, error) {
	if root == dir && plainPath(root) {
		return ".", nil
	}
	if plainPath(root) {
		return root, nil
	}
	if top, ok := gitTop(root); ok {
		return gitReference(top, root), nil
	}
	relative, err := relativePath(dir, root)
	if err != nil || !plainPath(relative) {
		return "", fmt.Errorf("Nix 2.8 takes no folder whose path has a space or other special character unless it is in a git repository: run `git init` in %q, or work from there", root)
	}
	return "path:" + relative, nil
}

// relativePath is the path from one folder to another as a process in the first
// would walk it: links resolved.
func relativePath(from, to string) (string, error) {
	from, err := filepath.EvalSymlinks(from)
	if err != nil {
		return "", err
	}
	to, err = filepath.EvalSymlinks(to)
	if err != nil {
		return "", err
	}
	return filepath.Rel(from, to)
}

// plainPath says whether Nix since 2.8 reads the path as itself where a flake
// reference is expected.
func plainPath(path string) bool {
	for i := range len(path) {
		if c := path[i]; !unreserved(c) && !strings.ContainsRune("/+=", rune(c)) {
			return false
		}
	}
	return true
}

// gitTop is the top level of the git repository around a folder, found as Nix
// finds it: by a .git, going up, links resolved.
func gitTop(folder string) (string, bool) {
	resolved, err := filepath.EvalSymlinks(folder)
	if err != nil {
		return "", false
	}
	for dir := resolved; ; dir = filepath.Dir(dir) {
		if _, err := os.Lstat(filepath.Join(dir, ".git")); err == nil {
			return dir, true
		}
		if dir == filepath.Dir(dir) {
			return "", false
		}
	}
}

// gitReference is the URL of a folder in the repository whose top level is top.
// It says what Nix adds by itself when it is given a path.
func gitReference(top, folder string) string {
	var query []string
	if resolved, err := filepath.EvalSymlinks(folder); err == nil {
		folder = resolved
	}
	if below, err := filepath.Rel(top, folder); err == nil && below != "." {
		query = append(query, "dir="+percentEncode(below))
	}
	if _, err := os.Stat(filepath.Join(top, ".git", "shallow")); err == nil {
		query = append(query, "shallow=1")
	}
	reference := "git+file://" + percentEncode(top)
	if len(query) > 0 {
		reference += "?" + strings.Join(query, "&")
	}
	return reference
}

// unreserved says whether RFC 3986 lets a byte stand for itself anywhere.
func unreserved(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '.' || c == '_' || c == '~'
}

// percentEncode encodes all but slashes and what may stand for itself.
func percentEncode(text string) string {
	var b strings.Builder
	for i := range len(text) {
		if c := text[i]; c == '/' || unreserved(c) {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

// portableReference rewrites a flake reference of the user's that names a folder
// which Nix 2.8 could not take for its special characters. All others stay as
// they are; Nix takes relative ones from the folder that it runs in, which is
// dir.
func portableReference(reference, dir string) string {
	path, scheme := strings.CutPrefix(reference, "path:")
	local := scheme && strings.HasPrefix(path, "/") || !scheme && (strings.HasPrefix(path, "/") || strings.HasPrefix(path, "."))
	if !local || strings.ContainsAny(path, "?#") {
		return reference
	}
	if scheme {
		// A path: is a URL. One that cannot be decoded is taken as it is.
		if decoded, err := url.PathUnescape(path); err == nil {
			path = decoded
		}
	}
	if !filepath.IsAbs(path) {
		path = filepath.Join(dir, path)
	}
	if plainPath(path) {
		return reference
	}
	if top, ok := gitTop(path); ok && !scheme {
		return gitReference(top, path)
	}
	if relative, err := relativePath(dir, path); err == nil && plainPath(relative) {
		return "path:./" + relative
	}
	return reference
}
