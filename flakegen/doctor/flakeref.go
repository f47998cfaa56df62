package doctor

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"github.com/flakegen/flakegen/flakegen/nixcmd"
	"github.com/flakegen/flakegen/flakegen/spec"
)

// wanted is the reference of an input of the spec as Nix writes it under
// "original" in a lock file, and whether the input is a flake. It is nil where
// that is not known without Nix.
func wanted(in *spec.Input) (ref lockRef, flake bool) {
	flake = true
	ref = lockRef{}
	for _, a := range in.Attributes {
		switch {
		case a.Name == "flake" && a.Value.Type() == cty.Bool:
			flake = a.Value.True()
		case a.Name == "url":
			text, isText := textOf(a.Value)
			parsed := parseReference(text)
			if !isText || parsed == nil {
				ref = nil
			}
			if ref != nil {
				maps.Copy(ref, parsed)
			}
		case ref == nil:
		case a.Value.Type() == cty.Bool:
			ref[a.Name] = a.Value.True()
		case a.Value.Type() == cty.Number:
			number, _ := a.Value.AsBigFloat().Float64()
			ref[a.Name] = number
		default:
			ref[a.Name], _ = textOf(a.Value)
		}
	}
	if ref != nil && ref.text("type") == "" {
		ref = nil // no url: the registry has it under the name of the input
	}
	return ref, flake
}

// compared are the attributes that say which source is meant. Nix adds others
// over its versions.
var compared = []string{"type", "owner", "repo", "host", "ref", "rev", "url", "path", "id", "dir", "submodules"}

// differs says in words how a reference differs from the one in a lock file.
func (l lockRef) differs(locked lockRef) string {
	for _, name := range compared {
		want, have := l[name], locked[name]
		if want == have || strings.EqualFold(fmt.Sprint(want), fmt.Sprint(have)) && (name == "owner" || name == "repo") {
			continue
		}
		return fmt.Sprintf("The spec has %s, the lock file %s.", attributeText(l, name), attributeText(locked, name))
	}
	return ""
}

func attributeText(l lockRef, name string) string {
	if l[name] == nil {
		return "no " + name
	}
	return nixcmd.Printable(fmt.Sprintf("%s %v", name, l[name]))
}

var (
	// As in Nix's flakeref: a commit in full, and what a branch or tag looks like.
	revision = nixcmd.Pattern(`^[0-9a-f]{40}$`)
	flakeID  = nixcmd.Pattern(`^[a-zA-Z][a-zA-Z0-9_-]*$`)
	archive  = nixcmd.Pattern(`\.(zip|tar|tgz|tar\.gz|tar\.xz|tar\.bz2|tar\.zst)$`)
)

// parseReference reads a URL of an input. It is nil for a form that only Nix can
// be sure of.
//
// https://nix.dev/manual/nix/latest/command-ref/new-cli/nix3-flake#flake-references
func parseReference(text string) lockRef {
	scheme, rest, hasScheme := strings.Cut(text, ":")
	if !hasScheme || scheme == "flake" {
		return parseIndirect(strings.TrimPrefix(text, "flake:"))
	}
	rest, query, _ := strings.Cut(rest, "?")
	parameters, err := url.ParseQuery(query)
	if err != nil || strings.Contains(text, "#") || strings.Contains(rest, "%") {
		return nil
	}
	ref := lockRef{}
	for _, name := range []string{"ref", "rev", "dir", "host"} {
		if value := parameters.Get(name); value != "" {
			ref[name] = value
		}
	}
	switch transport, of, layered := strings.Cut(scheme, "+"); {
	case scheme == "github", scheme == "gitlab", scheme == "sourcehut":
		parts := strings.Split(rest, "/")
		if len(parts) < 2 {
			return nil
		}
		ref["type"], ref["owner"], ref["repo"] = scheme, parts[0], parts[1]
		return ref.version(strings.Join(parts[2:], "/"))
	case scheme == "path":
		ref["type"], ref["path"] = "path", rest
		return ref
	case layered && transport == "git":
		ref["type"], ref["url"] = "git", of+":"+rest
		if parameters.Get("submodules") == "1" {
			ref["submodules"] = true
		}
		return ref
	case scheme == "http" || scheme == "https" || scheme == "file":
		if len(ref) > 0 || query != "" {
			return nil
		}
		ref["type"], ref["url"] = "file", text
		if archive().MatchString(rest) {
			ref["type"] = "tarball"
			return ref
		}
		return nil // a tarball for a flake, a file for others
	case layered && transport == "tarball":
		ref["type"], ref["url"] = "tarball", of+":"+rest
		return ref
	}
	return nil
}

// parseIndirect reads "nixpkgs/nixos-26.05".
func parseIndirect(text string) lockRef {
	parts := strings.Split(text, "/")
	if !flakeID().MatchString(parts[0]) || len(parts) > 2 || strings.ContainsAny(text, "?#") {
		return nil // a path, or a branch and a commit
	}
	ref := lockRef{"type": "indirect", "id": parts[0]}
	return ref.version(strings.Join(parts[1:], "/"))
}

// version adds a branch, a tag or a commit.
func (l lockRef) version(text string) lockRef {
	switch {
	case text == "":
	case revision().MatchString(text):
		l["rev"] = text
	default:
		l["ref"] = text
	}
	return l
}

// reference is what is locked as a flake reference that leads to the very same
// bytes, for the kinds of which that is sure.
func (l lockRef) reference() (string, bool) {
	hash := l.text("narHash")
	if hash == "" {
		return "", false
	}
	query := url.Values{"narHash": {hash}}
	if dir := l.text("dir"); dir != "" {
		query.Set("dir", dir)
	}
	encoded := strings.ReplaceAll(query.Encode(), "+", "%20")
	switch kind := l.text("type"); {
	case slices.Contains([]string{"github", "gitlab"}, kind) && l.text("rev") != "" && l.text("host") == "":
		return fmt.Sprintf("%s:%s/%s/%s?%s", kind, l.text("owner"), l.text("repo"), l.text("rev"), encoded), true
	case kind == "path" && strings.HasPrefix(l.text("path"), "/"):
		return "path:" + l.text("path") + "?" + encoded, true
	case kind == "tarball":
		return l.text("url") + "?" + encoded, true
	}
	return "", false
}
