package substituter

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/flakegen/flakegen/internal/cachetest"
	"github.com/flakegen/flakegen/internal/require"
)

func ask(t *testing.T, s Settings, paths ...string) []Answer {
	t.Helper()
	c, err := Open(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	answers, err := c.Ask(t.Context(), paths)
	if err != nil {
		t.Fatal(err)
	}
	return answers
}

// word says what an answer comes to.
func (a Answer) word() string {
	var words []string
	for _, f := range a.Failed {
		words = append(words, "failed: "+f.Err.Error())
	}
	for _, r := range a.Refused {
		words = append(words, "refused: "+r.Trust.String())
	}
	if a.Offer != nil {
		words = append(words, a.Offer.Trust.String())
	}
	if len(words) == 0 {
		return "nothing"
	}
	return strings.Join(words, ", ")
}

// What is said of a narinfo, and what a real build then does with it: the output
// tells whether it was fetched or built.
func TestTrustAsNixHasIt(t *testing.T) {
	require.Program(t, "nix")
	key, other := cachetest.NewKey(t, "k-1"), cachetest.NewKey(t, "other-1")
	impostor, second := cachetest.NewKey(t, "k-1"), cachetest.NewKey(t, "twice-1")
	first := cachetest.NewKey(t, "twice-1")
	replace := func(old, new string) func(string) string {
		return func(text string) string {
			if !strings.Contains(text, old) {
				t.Errorf("no %q in %s", old, text)
			}
			return strings.Replace(text, old, new, 1)
		}
	}
	sign := func(line string) func(string) string {
		return func(text string) string { return text + line + "\n" }
	}
	elsewhere := "/nix/store/" + strings.Repeat("0", 32) + "-elsewhere"
	tests := []struct {
		name   string
		keys   []cachetest.Key
		change func(string) string
		want   string
	}{
		{"signed", []cachetest.Key{key}, nil, "trusted"},
		{"unsigned", nil, nil, "refused: unsigned"},
		{"foreign", []cachetest.Key{other}, nil, "refused: unknown-key"},
		{"forged", []cachetest.Key{impostor}, nil, "refused: bad-signature"},
		{"moved", []cachetest.Key{key}, func(text string) string {
			_, rest, _ := strings.Cut(text, "\n")
			return "StorePath: " + elsewhere + "\n" + rest
		}, "refused: wrong-path"},
		{"one-of-two", []cachetest.Key{other, key}, nil, "trusted"},
		{"after-a-forged-one", []cachetest.Key{impostor, key}, nil, "trusted"},
		{"by-the-first-of-two-keys", []cachetest.Key{first}, nil, "trusted"},
		{"by-the-second-of-two-keys", []cachetest.Key{second}, nil, "refused: bad-signature"},
		{"other-size", []cachetest.Key{key}, replace("NarSize: 1", "NarSize: 2"), "refused: bad-signature"},
		{"unknown-field", []cachetest.Key{key}, sign("Provenance: a: b: c"), "trusted"},
		{"no-deriver", []cachetest.Key{key}, sign("Deriver: unknown-deriver"), "trusted"},
		{"false-content-address", nil, sign("CA: fixed:r:sha256:" + strings.Repeat("0", 52)), "refused: unsigned"},
	}
	cache := cachetest.New(t, 30)
	uri, _ := cache.Serve(t)
	nix := cachetest.NewNix(t, "trusted-public-keys = "+strings.Join([]string{key.Public, first.Public, second.Public}, " "))
	set := "{ "
	for _, test := range tests {
		set += fmt.Sprintf("%s = make %[1]q {}; ", test.name)
	}
	d := nix.Instantiate(t, set+"}")
	for _, test := range tests {
		cache.Add(t, cachetest.Path{Path: d.Outputs[test.name]["out"], Keys: test.keys, Change: test.change})
	}
	settings := Settings{Substituters: []string{uri}, RequireSigs: true, TrustedPublicKeys: []string{key.Public, first.Public, second.Public}}
	args := []string{"build", "--no-link", "--keep-going", "--option", "substituters", uri, "--file", d.File}
	for _, test := range tests {
		args = append(args, test.name)
	}
	if _, _, err := nix.Run(args...); err != nil {
		t.Error(err)
	}
	for _, test := range tests {
		path := d.Outputs[test.name]["out"]
		if got := ask(t, settings, path)[0].word(); got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
		text, err := os.ReadFile(path)
		if err != nil {
			t.Error(err)
		}
		if fetched := strings.HasPrefix(string(text), "from a cache"); fetched != (test.want == "trusted") {
			t.Errorf("%s: it is %s, and the output says %q", test.name, test.want, text)
		}
	}
}

// What needs no signature, and which cache comes first.
func TestSettingsAsNixHasThem(t *testing.T) {
	require.Program(t, "nix")
	key := cachetest.NewKey(t, "k-1")
	near, far := cachetest.New(t, 10), cachetest.New(t, 20)
	nearURI, _ := near.Serve(t)
	farURI, _ := far.Serve(t)
	hash := cachetest.New(t, 0).Add(t, cachetest.Path{Path: "/nix/store/" + strings.Repeat("0", 32) + "-x"})
	tests := []struct {
		name         string
		substituters []string
		settings     []string
		want         string // the cache that it is from, or built
	}{
		{"by-priority", []string{farURI, nearURI}, nil, "near"},
		{"by-the-uri", []string{nearURI, farURI + "?priority=5"}, nil, "far"},
		{"trusted-cache", []string{nearURI, farURI + "?trusted=1"}, nil, "near"},
		{"unsigned-near", []string{nearURI, farURI}, nil, "far"},
		{"unsigned-trusted", []string{nearURI + "?trusted=1", farURI}, nil, "near"},
		{"unsigned-trusted-true", []string{nearURI + "?trusted=true", farURI}, nil, "near"},
		{"unsigned-and-no-signatures-asked", []string{nearURI, farURI}, []string{"require-sigs = false"}, "near"},
		{"unsigned-folder", []string{near.File()}, nil, "built"},
		{"fixed", []string{nearURI}, nil, "near"},
		{"dead-first", []string{"http://127.0.0.1:1?priority=1", farURI}, nil, "far"},
		{"no-cache-first", []string{farURI + "/nowhere", nearURI}, nil, "near"},
		{"missing-folder-first", []string{"file://" + t.TempDir() + "/none", nearURI}, nil, "near"},
	}
	plain := cachetest.NewNix(t, "trusted-public-keys = "+key.Public)
	set := "{ "
	for _, test := range tests {
		more := ""
		if test.name == "fixed" {
			more = fmt.Sprintf(`outputHashMode = "recursive"; outputHashAlgo = "sha256"; outputHash = %q;`, strings.TrimPrefix(hash, "sha256:"))
		}
		set += fmt.Sprintf("%s = make %[1]q { %s }; ", test.name, more)
	}
	d := plain.Instantiate(t, set+"}")
	for _, test := range tests {
		path := cachetest.Path{Path: d.Outputs[test.name]["out"], Keys: []cachetest.Key{key}}
		far.Add(t, path)
		if strings.HasPrefix(test.name, "unsigned") {
			path.Keys = nil
		}
		if test.name == "fixed" {
			path.Keys, path.Change = nil, func(text string) string { return text + "CA: fixed:r:" + hash + "\n" }
		}
		near.Add(t, path)
	}
	for _, test := range tests {
		path := d.Outputs[test.name]["out"]
		nix := cachetest.NewNix(t, append(test.settings, "trusted-public-keys = "+key.Public, "download-attempts = 1")...)
		_, stderr, err := nix.Run("build", "--no-link", "--file", d.File, "-vv", "--option", "substituters", strings.Join(test.substituters, " "), test.name)
		if err != nil {
			t.Error(err)
		}
		did := "built"
		for name, uri := range map[string]string{"near": nearURI, "far": farURI} {
			if strings.Contains(stderr, fmt.Sprintf("copying path '%s' from '%s", path, uri)) {
				did = name
			}
		}
		s := Settings{Substituters: test.substituters, TrustedPublicKeys: []string{key.Public}, RequireSigs: !slices.Contains(test.settings, "require-sigs = false")}
		said := "built"
		if a := ask(t, s, path)[0]; a.Offer != nil {
			said = map[bool]string{true: "near", false: "far"}[strings.HasPrefix(a.Offer.Cache, nearURI)]
		}
		if said != test.want || did != test.want {
			t.Errorf("%s: said %s, did %s, want %s", test.name, said, did, test.want)
		}
	}
}

// A cache that Nix itself made, with what Nix compresses, signs and addresses by
// content.
func TestCacheOfNix(t *testing.T) {
	require.Program(t, "nix")
	nix := cachetest.NewNix(t)
	dir := t.TempDir()
	secret, _, err := nix.Run("key", "generate-secret", "--key-name", "real-1")
	if err != nil {
		t.Fatal(err)
	}
	keyFile := filepath.Join(dir, "secret")
	if err := os.WriteFile(keyFile, []byte(secret), 0o600); err != nil {
		t.Fatal(err)
	}
	convert := exec.Command("nix", "--extra-experimental-features", "nix-command", "key", "convert-secret-to-public")
	convert.Stdin = strings.NewReader(secret)
	public, err := convert.Output()
	if err != nil {
		t.Fatal(err)
	}
	d := nix.Instantiate(t, `rec {
  leaf = make "leaf" {};
  dep = make "dep" { uses = "${leaf} ${builtins.toFile "source" "x"}"; };
  top = make "top" { outputs = [ "out" "dev" ]; uses = [ dep (placeholder "out") ]; };
  loner = make "self" { uses = builtins.placeholder "out"; };
}`)
	if _, _, err := nix.Run("build", "--no-link", "--file", d.File, "top", "loner"); err != nil {
		t.Fatal(err)
	}
	signed, unsigned := "file://"+dir+"/signed", "file://"+dir+"/unsigned"
	tops := []string{d.Outputs["top"]["out"], d.Outputs["top"]["dev"], d.Outputs["loner"]["out"]}
	for _, to := range []string{signed + "?secret-key=" + keyFile + "&compression=xz", unsigned + "?compression=none"} {
		if _, _, err := nix.Run(append([]string{"copy", "--to", to}, tops...)...); err != nil {
			t.Fatal(err)
		}
	}
	// By content: rewritten to it, added as a file and as a tree, written by toFile.
	byContent := []string{}
	for _, args := range [][]string{{"store", "add-file", "nix_test.go"}, {"store", "add-path", "testdata"}} {
		out, _, err := nix.Run(args...)
		if err != nil {
			t.Fatal(err)
		}
		byContent = append(byContent, strings.TrimSpace(out))
	}
	out, _, err := nix.Run("eval", "--raw", "--expr", fmt.Sprintf("builtins.toFile \"refers\" \"to ${builtins.toFile \"referred\" \"%s\"}\"", dir))
	if err != nil {
		t.Fatal(err)
	}
	byContent = append(byContent, out)
	if _, _, err := nix.Run(append([]string{"copy", "--to", unsigned}, byContent...)...); err != nil {
		t.Fatal(err)
	}
	rewritten, _, err := nix.Run("store", "make-content-addressed", "--json", "--to", unsigned, d.Outputs["loner"]["out"], d.Outputs["dep"]["out"])
	if err != nil {
		t.Fatal(err)
	}
	for part := range strings.SplitSeq(rewritten, `"`) {
		if strings.HasPrefix(part, "/nix/store/") && !slices.Contains(slices.Concat(tops, []string{d.Outputs["dep"]["out"], d.Outputs["leaf"]["out"]}), part) {
			byContent = append(byContent, part)
		}
	}
	if len(byContent) < 5 {
		t.Errorf("by content there are only %q", byContent)
	}

	all := append(slices.Clone(tops), d.Outputs["dep"]["out"], d.Outputs["leaf"]["out"])
	settings := Settings{Substituters: []string{signed}, TrustedPublicKeys: []string{strings.TrimSpace(string(public))}, RequireSigs: true}
	for _, a := range ask(t, settings, all...) {
		if a.word() != "trusted" || a.Offer.NarBytes < 100 || a.Offer.DownloadBytes < 100 {
			t.Errorf("%s: %s, %+v", a.Path, a.word(), a.Offer)
		}
		references, _, err := nix.Run("path-info", "--json", a.Path)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range a.Offer.References {
			if !strings.Contains(references, filepath.Base(r)) {
				t.Errorf("%s refers to %s, but not in %s", a.Path, r, references)
			}
		}
	}
	settings.Substituters = []string{unsigned}
	for _, a := range ask(t, settings, all...) {
		if a.word() != "refused: unsigned" {
			t.Errorf("%s: %s", a.Path, a.word())
		}
	}
	for _, a := range ask(t, settings, byContent...) {
		if a.word() != "trusted" {
			t.Errorf("%s: %s", a.Path, a.word())
		}
	}
	// The key that this machine signs with is trusted as well.
	settings = Settings{Substituters: []string{signed}, SecretKeyFiles: []string{"/nowhere", keyFile}, RequireSigs: true}
	if got := ask(t, settings, tops[0])[0].word(); got != "trusted" {
		t.Error(got)
	}
}
