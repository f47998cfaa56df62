package substituter

import (
	"net/url"
	"slices"
	"strings"
	"time"
)

// Settings say which caches are asked, how, and what Nix would take from them.
// The names are those of Nix's settings.
type Settings struct {
	// Substituters are in the order of the setting; a cache's own priority counts
	// first.
	Substituters []string
	// TrustedPublicKeys are of the form NAME:BASE64. The public halves of those in
	// SecretKeyFiles count too; a file that cannot be read counts for nothing, as
	// in Nix.
	TrustedPublicKeys []string
	SecretKeyFiles    []string
	RequireSigs       bool

	// Offline leaves all caches out that are reached through the network.
	Offline bool
	// NetrcFile has names and passwords for hosts. It may be missing.
	NetrcFile string
	// CertFile has the authorities that vouch for servers. With "", as before Nix
	// 2.15, the variable NIX_SSL_CERT_FILE names it, else it is the system's.
	CertFile string
	// NoHTTP2 speaks HTTP/1.1 only, as with http2 = false.
	NoHTTP2 bool
	// Connections is how many requests run at once on one cache, 0 for 25.
	Connections int
	// Variable is a variable of the environment, "" where it is not set. The
	// proxies are in variables. Nil means none is set.
	Variable func(name string) string
	// UserAgent is what the caches are told, "" for Go's own.
	UserAgent string
	// Observe is told how far the questions are, from several goroutines at once. It
	// may be nil.
	Observe func(Progress)

	Limits Limits
}

// Progress is how far the questions to caches are.
type Progress struct {
	// Cache is the URI, without a password, of the one that was asked last.
	Cache string
	// Answered is of how many paths all is known, Asked how many were asked for: none
	// while the cache has yet to say what it is.
	Answered, Asked int
}

// Limits are what a cache may take. A zero field has the default.
type Limits struct {
	// Request is the time for one request, from the first byte sent to the last
	// one received; 15 s. Whole is the time for all of one cache; 2 minutes.
	Request, Whole time.Duration
	// Attempts is how often a request is made that fails in a way that may pass;
	// 3. Wait is how long is waited before the second, doubled for each after it;
	// 250 ms.
	Attempts int
	Wait     time.Duration
	// RetryAfter is how long a cache may make us wait; 5 s. One that asks for more
	// has failed.
	RetryAfter time.Duration
	// Failures in a row set a cache aside; 5.
	Failures int
	// Bytes is how long a narinfo may be; 1 MiB, about 15,000 references.
	Bytes int64
}

func (l Limits) orDefault() Limits {
	set := func(d *time.Duration, value time.Duration) {
		if *d <= 0 {
			*d = value
		}
	}
	set(&l.Request, 15*time.Second)
	set(&l.Whole, 2*time.Minute)
	set(&l.Wait, 250*time.Millisecond)
	set(&l.RetryAfter, 5*time.Second)
	if l.Attempts <= 0 {
		l.Attempts = 3
	}
	if l.Failures <= 0 {
		l.Failures = 5
	}
	if l.Bytes <= 0 {
		l.Bytes = 1 << 20
	}
	return l
}

// Lacking says what to pass to Nix so that it asks a cache and believes its key:
// options and their values, or nothing where the settings have both. The key may
// be empty.
func (s Settings) Lacking(uri, key string) []string {
	var options []string
	if !slices.ContainsFunc(s.Substituters, func(other string) bool { return SameCache(uri, other) }) {
		options = append(options, "--option", "extra-substituters", uri)
	}
	if key != "" && !slices.Contains(s.TrustedPublicKeys, key) {
		options = append(options, "--option", "extra-trusted-public-keys", key)
	}
	return options
}

// SameCache compares two URIs without what they say about the use of the cache.
func SameCache(a, b string) bool {
	bare := func(uri string) string {
		uri, _, _ = strings.Cut(uri, "?")
		return strings.TrimRight(uri, "/")
	}
	return bare(a) == bare(b)
}

// shown is a URI as it may be shown: printable, and without a password.
func shown(uri string) string {
	u, err := url.Parse(uri)
	switch {
	case err != nil:
		// Where in it a password is nobody can say.
		if scheme, _, ok := strings.Cut(uri, "://"); ok {
			uri = scheme + "://…"
		}
	case u.User != nil:
		if _, secret := u.User.Password(); !secret && u.Scheme != "ssh" && u.Scheme != "ssh-ng" {
			u.User = url.UserPassword("", "") // a token stands in place of the name
		}
		uri = strings.Replace(strings.Replace(u.Redacted(), "://:xxxxx@", "://…@", 1), ":xxxxx@", ":…@", 1)
	}
	return printable(uri)
}
