package nixcmd

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestSettingsOfTheRealNix(t *testing.T) {
	dir := t.TempDir()
	n := realNix(t, dir)
	builders := filepath.Join(dir, "machines")
	writeFile(t, builders, "ssh://one aarch64-darwin\n")
	if err := n.parse("--builders", "@"+builders+" ; ssh://two riscv64-linux", "--extra-platforms", "m68k-linux armv7l-linux",
		"--option", "substituters", "https://a.example https://b.example", "--option", "trusted-public-keys", "k-1:abc k-2:def",
		"--option", "trusted-substituters", "https://c.example", "--option", "require-sigs", "false", "--option", "netrc-file", "/n/rc",
		"--option", "http-connections", "7", "--option", "http2", "false", "--option", "secret-key-files", "/a /b", "--fallback",
		"-j", "5", "--cores", "3", "--relaxed-sandbox"); err != nil {
		t.Fatal(err)
	}
	s, err := n.Settings(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(s.System, "-") || s.MaxJobs != 5 || s.Cores != 3 || s.Sandbox != "relaxed" || !s.Substitute || s.Elsewhere() {
		t.Errorf("%+v", s)
	}
	if s.RequireSigs || s.HTTP2 || !s.Fallback || s.HTTPConnections != 7 || s.NetrcFile != "/n/rc" || s.AlwaysAllowSubstitutes {
		t.Errorf("%+v", s)
	}
	for what, pair := range map[string][2][]string{
		"trusted-substituters": {s.TrustedSubstituters, {"https://c.example"}},
		"secret-key-files":     {s.SecretKeyFiles, {"/a", "/b"}},
		"extra-platforms":      {s.ExtraPlatforms, {"armv7l-linux", "m68k-linux"}},
		"substituters":         {s.Substituters, {"https://a.example", "https://b.example"}},
		"trusted-public-keys":  {s.TrustedPublicKeys, {"k-1:abc", "k-2:def"}},
	} {
		slices.Sort(pair[0]) // Nix sorts sets
		if !slices.Equal(pair[0], pair[1]) {
			t.Errorf("%s is %q, want %q", what, pair[0], pair[1])
		}
	}
	var uris []string
	for _, b := range s.Builders {
		uris = append(uris, b.URI)
	}
	if !slices.Equal(uris, []string{"ssh://one", "ssh://two"}) {
		t.Errorf("the builders are %q", uris)
	}
	for system, want := range map[string]bool{
		s.System: true, "m68k-linux": true, "aarch64-darwin": true, "riscv64-linux": true, Builtin: true, "x86_64-freebsd": false,
	} {
		if s.Provides(system) != want {
			t.Errorf("Provides(%q) = %v", system, !want)
		}
	}
}

// Nix itself builds for some systems beside its own: 32 bits on 64.
func TestImpliedPlatformsAreProvided(t *testing.T) {
	s, err := realNix(t, t.TempDir()).Settings(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if s.System == "x86_64-linux" && !s.Provides("i686-linux") {
		t.Errorf("extra-platforms is %q", s.ExtraPlatforms)
	}
}

func TestExternalBuilders(t *testing.T) {
	n := realNix(t, t.TempDir())
	version, err := n.Version(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := n.parse("--extra-experimental-features", "external-builders",
		"--option", "external-builders", `[{"systems":["aarch64-darwin"],"program":"/bin/true","args":["a"]}]`); err != nil {
		t.Fatal(err)
	}
	s, err := n.Settings(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := version.AtLeast(2, 31)
	if s.Provides("aarch64-darwin") != want || len(s.ExternalBuilders) == 1 != want {
		t.Errorf("Nix %s: %+v", version, s.ExternalBuilders)
	}
	s.MaxJobs = 0
	if s.Provides("aarch64-darwin") {
		t.Error("an external builder runs on this machine, which with max-jobs 0 builds nothing")
	}
}

func TestProvides(t *testing.T) {
	s := Settings{System: "x86_64-linux", ExtraPlatforms: []string{"i686-linux"}, MaxJobs: 1, Store: "auto"}
	if !s.BuildsHere("i686-linux") || s.BuildsHere("aarch64-linux") || s.MayProvide("aarch64-linux") {
		t.Error("a machine builds for its system and extra-platforms")
	}
	s.MaxJobs = 0
	if s.Provides("x86_64-linux") || s.Provides(Builtin) {
		t.Error("with max-jobs 0 a machine builds nothing")
	}
	s.Builders = []Builder{{URI: "ssh://a", Systems: []string{"x86_64-linux"}, MaxJobs: 1}, {URI: "ssh://b", Systems: []string{"aarch64-linux"}}}
	if !s.Provides("x86_64-linux") || !s.Provides(Builtin) || s.Provides("aarch64-linux") {
		t.Error("a builder builds for its systems and what is built in, one without jobs for none")
	}
	s.UnreadBuilders = []string{"/etc/nix/machines"}
	if s.Provides("aarch64-linux") || !s.MayProvide("aarch64-linux") {
		t.Error("builders that cannot be read may build for anything")
	}
	for store, elsewhere := range map[string]bool{
		"auto": false, "daemon": false, "": false, "local": false, "unix:///run/nix": false, "local://?root=/mnt": false, "/mnt": false,
		"ssh-ng://host": true, "ssh://host": true, "https://cache": true,
	} {
		if (Settings{Store: store}).Elsewhere() != elsewhere {
			t.Errorf("store %q: elsewhere is %v", store, !elsewhere)
		}
	}
}

func TestParseSettingsRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"":   "unexpected end",
		"{}": "name no system",
		`{"system":{"value":"x"},"max-jobs":{"value":"many"},"cores":{"value":1}}`:                                       "max-jobs",
		`{"system":{"value":"x"},"max-jobs":{"value":1}}`:                                                                "cores",
		`{"system":{"value":"x"},"max-jobs":{"value":1},"cores":{"value":1},"external-builders":{"value":[{"args":1}]}}`: "external-builders",
	} {
		if s, _, err := parseSettings([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %+v, %v", text, s, err)
		}
	}
}

func TestWrongFlagInSettingsIsNixsError(t *testing.T) {
	n := realNix(t, t.TempDir())
	if err := n.parse("--max-jobs", "many"); err != nil {
		t.Fatal(err)
	}
	if s, err := n.Settings(t.Context()); err == nil || !strings.Contains(err.Error(), "max-jobs") {
		t.Errorf("%+v, %v", s, err)
	}
}
