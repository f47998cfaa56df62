package nixcmd

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Settings are those settings of Nix that say what can be built and fetched.
type Settings struct {
	// System is the system of this machine, ExtraPlatforms the others that it
	// builds for.
	System         string
	ExtraPlatforms []string
	// MaxJobs is how many builds run here at once; with 0 none does.
	MaxJobs int
	// Cores is what a build is told to use, 0 for all.
	Cores int
	// Sandbox is "true", "false" or "relaxed".
	Sandbox string
	// Builders are the remote builders, those of files included.
	Builders []Builder
	// UnreadBuilders are files of builders that are there and cannot be read by
	// this user, so their builders are not known.
	UnreadBuilders []string
	// ExternalBuilders are programs that build for other systems; Nix 2.31 and
	// later.
	ExternalBuilders []ExternalBuilder
	// Substituters are the caches, TrustedPublicKeys the keys whose signatures
	// count.
	Substituters      []string
	TrustedPublicKeys []string
	// Substitute says whether anything is fetched from caches at all.
	Substitute bool
	// TrustedSubstituters are the caches that a user whom the daemon does not
	// trust may name beside Substituters.
	TrustedSubstituters []string
	// RequireSigs says whether what a cache gives has to be signed.
	RequireSigs bool
	// SecretKeyFiles hold keys that this machine signs with; their public halves
	// count like TrustedPublicKeys.
	SecretKeyFiles []string
	// AlwaysAllowSubstitutes overrides the allowSubstitutes = false of a
	// derivation; Nix 2.19 and later.
	AlwaysAllowSubstitutes bool
	// Fallback says that a failing cache is no reason to stop: then it is built.
	Fallback bool
	// NetrcFile has the names and passwords for caches. CertFile has the
	// authorities that vouch for servers; before 2.15 it is no setting and empty.
	NetrcFile string
	CertFile  string
	// HTTPConnections is how many requests run at once, 0 for no limit. HTTP2
	// says whether HTTP/2 is spoken.
	HTTPConnections int
	HTTP2           bool
	// PostBuildHook is the program that is run after each build; empty for none.
	PostBuildHook string
	// Store is the store that is built in: "auto" for the one of this machine.
	Store string
	// BuildUsersGroup is the group of the users that builds run as where root
	// builds, "" for none.
	BuildUsersGroup string
	// TrustedUsers may tell the daemon anything; a name behind @ is a group.
	TrustedUsers []string
	// AcceptFlakeConfig says whether the nixConfig of a flake counts unasked.
	AcceptFlakeConfig bool
}

// ExternalBuilder is an element of the setting external-builders.
type ExternalBuilder struct {
	Systems []string `json:"systems"`
	Program string   `json:"program"`
	Args    []string `json:"args"`
}

// Settings asks nix for its settings, those in n.Args among them: one process.
// The files that the setting builders names are read here.
func (n *Nix) Settings(ctx context.Context) (Settings, error) {
	flags := append([]string{"--json"}, n.Args.forSettings()...)
	// Later Nix takes it as another name of `config show`, 2.8 knows it alone.
	out, err := n.output(ctx, append([]string{"show-config"}, flags...)...)
	var failed *Error
	if errors.As(err, &failed) && strings.Contains(failed.Stderr, "is not a recognised command") {
		out, err = n.output(ctx, append([]string{"config", "show"}, flags...)...)
	}
	if err != nil {
		return Settings{}, fmt.Errorf("ask Nix for its settings: %w", err)
	}
	s, builders, err := parseSettings(out)
	if err != nil {
		return Settings{}, fmt.Errorf("read the settings of Nix: %w", err)
	}
	s.Builders, s.UnreadBuilders, err = parseBuilders(builders, n.Dir, s.System)
	if err != nil {
		return Settings{}, err
	}
	return s, nil
}

// parseSettings reads what show-config prints, and the setting builders, unread.
func parseSettings(text []byte) (s Settings, builders string, err error) {
	var all settingsJSON
	if err := json.Unmarshal(text, &all); err != nil {
		return Settings{}, "", err
	}
	s = Settings{
		System:            all.text("system"),
		ExtraPlatforms:    all.list("extra-platforms"),
		Sandbox:           all.text("sandbox"),
		Substituters:      all.list("substituters"),
		TrustedPublicKeys: all.list("trusted-public-keys"),
		Substitute:        all.text("substitute") != "false",

		TrustedSubstituters:    all.list("trusted-substituters"),
		RequireSigs:            all.text("require-sigs") != "false",
		SecretKeyFiles:         all.list("secret-key-files"),
		AlwaysAllowSubstitutes: all.text("always-allow-substitutes") == "true",
		Fallback:               all.text("fallback") == "true",
		NetrcFile:              all.text("netrc-file"),
		CertFile:               all.text("ssl-cert-file"),
		HTTP2:                  all.text("http2") != "false",

		PostBuildHook:    all.text("post-build-hook"),
		Store:            all.text("store"),
		ExternalBuilders: []ExternalBuilder{},

		BuildUsersGroup:   all.text("build-users-group"),
		TrustedUsers:      all.list("trusted-users"),
		AcceptFlakeConfig: all.text("accept-flake-config") == "true",
	}
	if s.System == "" {
		return Settings{}, "", errors.New("they name no system")
	}
	if s.MaxJobs, err = strconv.Atoi(all.text("max-jobs")); err != nil {
		return Settings{}, "", fmt.Errorf("max-jobs: %w", err)
	}
	if s.Cores, err = strconv.Atoi(all.text("cores")); err != nil {
		return Settings{}, "", fmt.Errorf("cores: %w", err)
	}
	if connections := all.text("http-connections"); connections != "" {
		if s.HTTPConnections, err = strconv.Atoi(connections); err != nil {
			return Settings{}, "", fmt.Errorf("http-connections: %w", err)
		}
	}
	if external, ok := all["external-builders"]; ok {
		if err := json.Unmarshal(external.Value, &s.ExternalBuilders); err != nil {
			return Settings{}, "", fmt.Errorf("external-builders: %w", err)
		}
	}
	return s, all.text("builders"), nil
}

type settingsJSON map[string]struct {
	Value json.RawMessage `json:"value"`
}

// text is the value of a setting as nix.conf would hold it.
func (s settingsJSON) text(name string) string {
	var text string
	if json.Unmarshal(s[name].Value, &text) == nil {
		return text
	}
	return string(s[name].Value)
}

// list is the value of a setting that holds several; which of them are arrays
// in JSON has changed over the versions.
func (s settingsJSON) list(name string) []string {
	list := []string{}
	if json.Unmarshal(s[name].Value, &list) == nil && list != nil {
		return list
	}
	return strings.Fields(s.text(name))
}

// Elsewhere says whether builds run under the settings of another machine, which
// are not known here: the store is reached by ssh or another protocol.
func (s Settings) Elsewhere() bool {
	scheme, _, url := strings.Cut(s.Store, "://")
	return url && scheme != "local" && scheme != "unix"
}

// Builtin is the system of derivations that Nix itself builds, such as
// builtin:fetchurl. Every machine does.
const Builtin = "builtin"

// BuildsHere says whether this machine itself builds for a system. With max-jobs
// 0 it builds nothing, not even what is built in.
func (s Settings) BuildsHere(system string) bool {
	return s.MaxJobs > 0 && (system == s.System || slices.Contains(s.ExtraPlatforms, system) || system == Builtin)
}

// Provides says whether anything known builds for a system: this machine, a
// remote builder, an external builder.
func (s Settings) Provides(system string) bool {
	return s.BuildsHere(system) ||
		slices.ContainsFunc(s.Builders, func(b Builder) bool {
			return b.MaxJobs > 0 && (slices.Contains(b.Systems, system) || system == Builtin)
		}) ||
		s.MaxJobs > 0 && slices.ContainsFunc(s.ExternalBuilders, func(b ExternalBuilder) bool { return slices.Contains(b.Systems, system) })
}

// MayProvide says whether something builds for a system, or whether that is not
// known here: builds run elsewhere, or builders cannot be read.
func (s Settings) MayProvide(system string) bool {
	return s.Provides(system) || s.Elsewhere() || len(s.UnreadBuilders) > 0
}
