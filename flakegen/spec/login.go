package spec

import (
	"net/url"
	"strings"

	"github.com/hashicorp/hcl/v2"
)

// withoutLogin reports a url of a cache with a password or a token in it: rendered files
// are read by all who see the repository. The text is not repeated.
func (d *decoder) withoutLogin(rng hcl.Range, uri, more string) {
	if hasLogin(uri) {
		d.errorf(rng, "A password in the url of a cache", "The rendered files would show it to all who read them. Write the url without it, and give Nix the login in a netrc file: netrc-file in nix.conf says where that is.%s", more)
	}
}

// hasLogin says whether a url holds more than the name of a user. Over HTTP a name alone
// is a token in most cases. Where the url cannot be read, what stands before an @ may be
// anything.
func hasLogin(uri string) bool {
	_, rest, absolute := strings.Cut(uri, "://")
	parsed, err := url.Parse(uri)
	switch {
	case err != nil:
		return absolute && strings.Contains(rest, "@")
	case parsed.User == nil:
		return false
	}
	_, password := parsed.User.Password()
	return password || parsed.Scheme == "http" || parsed.Scheme == "https"
}
