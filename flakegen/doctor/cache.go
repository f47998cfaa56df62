package doctor

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/hashicorp/hcl/v2"

	"github.com/flakegen/flakegen/flakegen/nixcmd"
	"github.com/flakegen/flakegen/flakegen/substituter"
)

// cache is a substituter that is asked: one of the settings, of the spec, or both.
type cache struct {
	uri string
	// used says that the settings name it, key is the public key that the spec
	// gives it, and place where the spec does.
	used  bool
	key   string
	name  string
	place *hcl.Range
}

func (e *examination) caches(ctx context.Context) []Finding {
	s, err := e.settings()
	if err != nil {
		return nil
	}
	list := e.cacheList(s)
	if len(list) == 0 {
		return []Finding{note("cache", "caches", "none: everything is built").advise("Nix's own default is:", "substituters = https://cache.nixos.org")}
	}
	findings := make([][]Finding, len(list))
	var asking sync.WaitGroup
	for i, c := range list {
		asking.Go(func() { findings[i] = e.cache(ctx, s, c) })
	}
	asking.Wait()
	all := slices.Concat(findings...)
	if !s.Substitute {
		all = append(all, e.set(note("cache", "caches", "not used, as the setting substitute is false"), userSetting, "substitute", "true"))
	}
	return all
}

// cacheList is what there is to ask, in the order of the settings, then the spec.
func (e *examination) cacheList(s nixcmd.Settings) []cache {
	var list []cache
	for _, uri := range s.Substituters {
		if !slices.ContainsFunc(list, func(c cache) bool { return substituter.SameCache(c.uri, uri) }) {
			list = append(list, cache{uri: uri, used: true})
		}
	}
	if e.Repository == nil {
		return list
	}
	for _, c := range e.Repository.Rendering.Spec.Caches {
		if c.URL == "" {
			continue
		}
		at := slices.IndexFunc(list, func(other cache) bool { return substituter.SameCache(other.uri, c.URL) })
		if at < 0 {
			at = len(list)
			list = append(list, cache{uri: c.URL})
		}
		list[at].key, list[at].name, list[at].place = c.PublicKey, c.Name, &c.Range
	}
	return list
}

// cache asks one cache, and says what Nix makes of it.
func (e *examination) cache(ctx context.Context, s nixcmd.Settings, c cache) []Finding {
	const rule = "cache"
	subject := shownURI(c.uri)
	place := func(f Finding) Finding {
		if c.place != nil && f.Level != OK {
			return f.at(*c.place)
		}
		return f
	}
	answer := e.askCache(ctx, s, c.uri)
	switch answer.State {
	case substituter.Asked, substituter.NotAsked:
	case substituter.Unusable, substituter.SetAside:
		return []Finding{place(e.unusable(s, c, answer))}
	default:
		panic(answer.State.String())
	}
	answers := answer.String()
	if f, ok := e.unaccepted(s, c, subject, answers); ok {
		return []Finding{place(f)}
	}
	f := e.keyed(s, c, subject, answers)
	switch {
	case answer.State == substituter.NotAsked:
		f = note(rule, subject, "%s", f.Summary).advise("Ask it by hand:", e.pingLine(c.uri))
	case answer.Trouble == substituter.NoInfo:
		f = note(rule, subject, "its folder has no nix-cache-info: to Nix an empty cache").
			advise("Mend its path, mount its disk, or fill it:", nixcmd.Printable(nixcmd.CommandLine("nix", []string{"copy", "--to", c.uri, "INSTALLABLE"})))
	}
	return []Finding{place(f)}
}

// pingLine is the command that asks a store what it is.
func (e *examination) pingLine(uri string) string {
	args := []string{"store", "ping", "--store", uri}
	if on, err := e.enabled(); err != nil || !on {
		args = append([]string{"--extra-experimental-features", "nix-command"}, args...)
	}
	return nixcmd.Printable(nixcmd.CommandLine("nix", args))
}

// unaccepted says of a cache of the spec that answers why Nix would not ask it.
func (e *examination) unaccepted(s nixcmd.Settings, c cache, subject, answers string) (Finding, bool) {
	if c.place == nil {
		return Finding{}, false
	}
	const rule = "cache-not-accepted"
	trust := e.trust(s)
	believed := c.key == "" || slices.Contains(s.TrustedPublicKeys, c.key)
	pairs := []string{}
	if !c.used {
		pairs = append(pairs, "extra-substituters", nixcmd.Printable(c.uri))
	}
	if !believed {
		pairs = append(pairs, "extra-trusted-public-keys", nixcmd.Printable(c.key))
	}
	if len(pairs) == 0 || s.AcceptFlakeConfig && trust == nixcmd.Trusted {
		return Finding{}, false
	}
	f := note(rule, subject, "%s; Nix does not ask it", answers)
	if c.used {
		f.Summary = answers + "; what it has is refused"
	}
	switch trust {
	case nixcmd.NotTrusted:
		f = f.because("It stands in the spec, and the daemon takes no cache from a user that it does not trust.")
	case nixcmd.Trusted:
		f = f.because("It stands in the spec alone. With -- --accept-flake-config it counts for one build.")
	default:
		f = f.because("It stands in the spec alone. With -- --accept-flake-config it counts for one build, if the daemon trusts this user.")
	}
	return e.set(f, machineSetting, pairs[0], pairs[1], pairs[2:]...), true
}

// trust says whether the store takes settings from this user.
func (e *examination) trust(s nixcmd.Settings) nixcmd.Trust {
	info, err := e.info()
	switch {
	case err == nil && info.Trust != nixcmd.TrustUnknown:
		return info.Trust
	case err == nil && info.URL == "local", e.Root,
		slices.Contains(s.TrustedUsers, e.User), slices.Contains(s.TrustedUsers, "*"):
		return nixcmd.Trusted
	case slices.ContainsFunc(s.TrustedUsers, func(name string) bool { return strings.HasPrefix(name, "@") }):
		return nixcmd.TrustUnknown // by a group
	}
	return nixcmd.NotTrusted
}

// keyed looks for the key of a cache. The spec says which one it is; of others the
// name tells, which by custom begins with that of the host.
func (e *examination) keyed(s nixcmd.Settings, c cache, subject, answers string) Finding {
	const rule = "cache"
	u, err := url.Parse(c.uri)
	if err == nil && slices.Contains([]string{"1", "true", "yes"}, u.Query().Get("trusted")) {
		return ok(rule, subject, "%s; taken without signatures", answers)
	}
	if !s.RequireSigs {
		return ok(rule, subject, "%s; no signatures are required", answers)
	}
	if c.key != "" {
		return ok(rule, subject, "%s; key %s", answers, keyName(c.key))
	}
	host := ""
	if err == nil {
		host = u.Hostname()
	}
	var spare []string
	for _, key := range s.TrustedPublicKeys {
		name := keyName(key)
		if host != "" && strings.HasPrefix(name, host) {
			return ok(rule, subject, "%s; key %s", answers, name)
		}
		if !slices.ContainsFunc(s.Substituters, func(uri string) bool {
			other, err := url.Parse(uri)
			return err == nil && other.Hostname() != "" && strings.HasPrefix(name, other.Hostname())
		}) {
			spare = append(spare, name)
		}
	}
	if len(spare) > 0 {
		return ok(rule, subject, "%s; its key may be %s", answers, strings.Join(spare, ", "))
	}
	return note("cache-key", subject, "%s; no trusted key is its", answers).
		because("What is signed by no trusted key is built instead.").
		advise("Add the key that its owner publishes, in /etc/nix/nix.conf:", "extra-trusted-public-keys = NAME:KEY")
}

func keyName(key string) string {
	name, _, _ := strings.Cut(key, ":")
	return nixcmd.Printable(name)
}
