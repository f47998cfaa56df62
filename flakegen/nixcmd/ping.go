package nixcmd

import (
	"context"
	"net/url"
	"slices"
	"strings"
)

// StoreInfo is what a store says of itself.
type StoreInfo struct {
	// URL is the store as Nix calls it: "local", "daemon", "ssh-ng://…".
	URL string
	// Version is that of the Nix behind it, "" where it does not tell.
	Version string
	// Trust says whether the store trusts this user; Nix before 2.15 does not ask.
	Trust Trust
}

// Trust is whether a store does what this user tells it to, such as to take from
// other caches.
type Trust int

// Whether a user is trusted.
const (
	TrustUnknown Trust = iota
	Trusted
	NotTrusted
)

// Ping opens a store and asks what it is: one process, and for a store behind
// ssh one ssh. No URI means the store of the settings. It waits as long as the
// context lets it: callers set a limit.
//
// Nobody is asked for a passphrase.
func (n *Nix) Ping(ctx context.Context, uri string) (StoreInfo, error) {
	// Later Nix takes it as another name of `store info`, 2.8 knows it alone.
	args := slices.Concat([]string{"store", "ping"}, n.Args.forSettings())
	alone := &Nix{Program: n.Program, Dir: n.Dir, Env: n.Env, Args: n.Args, Grace: n.Grace, Kill: n.Kill}
	if uri != "" {
		args = append(args, "--store", uri)
		alone.variables = append(alone.variables, "NIX_SSHOPTS="+strings.TrimSpace(n.variable("NIX_SSHOPTS")+" -oBatchMode=yes"))
	}
	kept := &tail{}
	err := alone.run(ctx, call{args: args, stderr: kept, stdout: kept, apart: true})
	if err != nil {
		return StoreInfo{}, err
	}
	return parsePing(kept.String()), nil
}

// parsePing reads the lines of `nix store ping`, which not all versions write to
// the same stream.
func parsePing(text string) StoreInfo {
	var info StoreInfo
	for line := range strings.Lines(text) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		switch name {
		case "Store URL":
			info.URL = value
		case "Version":
			info.Version = value
		case "Trusted":
			info.Trust = NotTrusted
			if value == "1" || value == "true" {
				info.Trust = Trusted
			}
		}
	}
	return info
}

// StoreURI is the store that Nix opens for a remote builder: the URI of its line
// with the keys that the other fields name.
func (b Builder) StoreURI() string {
	uri := b.URI
	if !strings.Contains(uri, "://") {
		uri = "ssh://" + uri
	}
	add := func(key, value string) {
		if value == "" {
			return
		}
		separator := "?"
		if strings.Contains(uri, "?") {
			separator = "&"
		}
		uri += separator + key + "=" + url.QueryEscape(value)
	}
	add("ssh-key", b.SSHKey)
	add("base64-ssh-public-host-key", b.HostKey)
	return uri
}
