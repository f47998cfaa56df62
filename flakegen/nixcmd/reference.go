package nixcmd

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
)

// Reference is the flake reference of the flake in the folder root, for a nix
// that runs in the folder dir, which is root or lies below it. Both are absolute.
//
// It is "." or the path where every Nix since 2.8 takes that. Nix 2.8 refuses or
// misreads a path with a space or another special character. Encoded in a URL it
// takes the repository for a remote one and overlooks what is not committed; a
// relative URL is right in every case, so there it is git+file:.. or, outside of
// a git repository, path:.. with as many steps as it takes.
func Reference(root, dir string) (string, error) {
	if plainPath(root) {
		if root == dir {
			return ".", nil
		}
		return root, nil
	}
	if reference, ok := relativeReference(root, dir); ok {
		return reference, nil
	}
	return "", fmt.Errorf("Nix 2.8 cannot be told of the flake in %q from %q, because the path has a space or another special character: work from the folder itself or one below it", root, dir)
}

// relativeReference is the reference of a flake by its path from dir; ok is false
// where that path has a special character itself.
func relativeReference(folder, dir string) (reference string, ok bool) {
	top, inGit := gitTop(folder)
	if !inGit {
		path, err := relativePath(dir, folder)
		return "path:" + path, err == nil && plainPath(path)
	}
	path, err := relativePath(dir, top)
	if err != nil || !plainPath(path) {
		return "", false
	}
	// What Nix adds by itself when it is given a path.
	var query []string
	if below, err := relativePath(top, folder); err == nil && below != "." {
		query = append(query, "dir="+percentEncode(below))
	}
	if _, err := os.Stat(filepath.Join(top, ".git", "shallow")); err == nil {
		query = append(query, "shallow=1")
	}
	reference = "git+file:" + path
	if len(query) > 0 {
		reference += "?" + strings.Join(query, "&")
	}
	return reference, true
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
		// It is a URL. One that cannot be decoded is taken as it is.
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
	if scheme {
		if relative, err := relativePath(dir, path); err == nil && plainPath(relative) {
			return "path:./" + relative
		}
		return reference
	}
	if relative, ok := relativeReference(path, dir); ok {
		return relative
	}
	return reference
}

// ReferenceAt is [Reference] for the flake as a commit of its git repository has
// it. The id of the commit is written out in full.
func ReferenceAt(root, dir, commit string) (string, error) {
	if _, inGit := gitTop(root); !inGit {
		return "", fmt.Errorf("%s is not in a git repository, so it has no commits", root)
	}
	reference, ok := relativeReference(root, dir)
	if !ok {
		return "", fmt.Errorf("Nix 2.8 cannot be told of a commit of %q from %q, because the path has a space or another special character: work from the folder itself or one below it", root, dir)
	}
	separator := "?"
	if strings.Contains(reference, "?") {
		separator = "&"
	}
	return reference + separator + "rev=" + commit, nil
}
