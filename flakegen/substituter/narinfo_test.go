package substituter

import (
	"strings"
	"testing"

	"github.com/nix-community/go-nix/pkg/narinfo/signature"
)

const sample = `StorePath: /nix/store/syd87l2rxw8cbsxmxl853h0r6pdwhwjr-curl-7.82.0-bin
URL: nar/05ra3y72i3qjri7xskf9qj8kb29r6naqy1sqpbs3azi3xcigmj56.nar.xz
Compression: xz
FileHash: sha256:05ra3y72i3qjri7xskf9qj8kb29r6naqy1sqpbs3azi3xcigmj56
FileSize: 68852
NarHash: sha256:1b4sb93wp679q4zx9k1ignby1yna3z7c4c2ri3wphylbc2dwsys0
NarSize: 196040
References: 0jqd0rlxzra1rs38rdxl43yh6rxchgc6-curl-7.82.0 6w8g7njm4mck5dmjxws0z1xnrxvl81xa-glibc-2.34-115 j5jxw3iy7bbz4a57fh9g2xm2gxmyal8h-zlib-1.2.12 yxvjs9drzsphm9pcf42a4byzj1kb9m7k-openssl-1.1.1n
Deriver: 5rwxzi7pal3qhpsyfc16gzkh939q1np6-curl-7.82.0.drv
Sig: cache.nixos.org-1:TsTTb3WGTZKphvYdBHXwo6weVILmTytUjLB+vcX89fOjjRicCHmKA4RCPMVLkj6TMJ4GMX3HPVWRdD1hkeKZBQ==
`

const (
	samplePath = "/nix/store/syd87l2rxw8cbsxmxl853h0r6pdwhwjr-curl-7.82.0-bin"
	sampleKey  = "cache.nixos.org-1:6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjY="
)

func TestNarInfo(t *testing.T) {
	with := func(line string) string {
		field, _, _ := strings.Cut(line, ":")
		var lines []string
		for l := range strings.Lines(sample) {
			if strings.HasPrefix(l, field+":") {
				l = line + "\n"
			}
			lines = append(lines, l)
		}
		return strings.Join(lines, "")
	}
	without := func(field string) string { return strings.Replace(with(field+": x"), field+": x\n", "", 1) }
	tests := []struct {
		name, text string
		want       string // the trust, or a part of the error
	}{
		{"as it is", sample, "trusted"},
		{"unknown fields", sample + "Provenance: a: b: c\nX:\n\n", "trusted"},
		{"no compression", without("Compression"), "trusted"},
		{"no file size", without("FileSize"), "trusted"},
		{"no file hash", without("FileHash"), "trusted"},
		{"no deriver", without("Deriver"), "trusted"},
		{"references in another order", with("References: yxvjs9drzsphm9pcf42a4byzj1kb9m7k-openssl-1.1.1n  0jqd0rlxzra1rs38rdxl43yh6rxchgc6-curl-7.82.0 6w8g7njm4mck5dmjxws0z1xnrxvl81xa-glibc-2.34-115 j5jxw3iy7bbz4a57fh9g2xm2gxmyal8h-zlib-1.2.12"), "trusted"},
		{"hash in base 16", with("NarHash: sha256:" + base16(t, "1b4sb93wp679q4zx9k1ignby1yna3z7c4c2ri3wphylbc2dwsys0")), "trusted"},
		{"no end of line", strings.TrimSuffix(sample, "\n"), "trusted"},
		{"a false content address beside a signature", sample + "CA: text:sha256:" + strings.Repeat("0", 52) + "\n", "trusted"},
		{"a content address of no known form", sample + "CA: fixed:r:md7:1\n", "trusted"},
		{"a signature of no form", with("Sig: nonsense"), "unknown-key"},
		{"a signature without bytes", with("Sig: cache.nixos.org-1:"), "bad-signature"},
		{"a short signature", with("Sig: cache.nixos.org-1:AAAA"), "bad-signature"},
		{"no signature", without("Sig"), "unsigned"},
		{"no references", with("References:"), "bad-signature"},
		{"no path", without("StorePath"), "lacks"},
		{"no URL", without("URL"), "lacks"},
		{"no hash", without("NarHash"), "lacks"},
		{"no size", without("NarSize"), "lacks"},
		{"size zero", with("NarSize: 0"), "lacks"},
		{"negative size", with("NarSize: -1"), "no size"},
		{"huge size", with("NarSize: 99999999999999999999999"), "no size"},
		{"a hash of another kind", with("NarHash: sha1:da39a3ee5e6b4b0d3255bfef95601890afd80709"), "no SHA-256"},
		{"a hash that is none", with("NarHash: x"), "has the NarHash"},
		{"a path outside of the store", with("StorePath: /etc/passwd"), "no store path"},
		{"a path that climbs", with("StorePath: /nix/store/syd87l2rxw8cbsxmxl853h0r6pdwhwjr-../../x"), "no store path"},
		{"a path without a name", with("StorePath: /nix/store/syd87l2rxw8cbsxmxl853h0r6pdwhwjr-"), "no store path"},
		{"a path with a long name", with("StorePath: /nix/store/syd87l2rxw8cbsxmxl853h0r6pdwhwjr-" + strings.Repeat("x", 212)), "no store path"},
		{"a file hash that is none", with("FileHash: sha256:y"), "has the FileHash"},
		{"a reference that is none", with("References: ../../etc"), "no store path"},
		{"references twice", sample + "References: 0jqd0rlxzra1rs38rdxl43yh6rxchgc6-curl-7.82.0\n", "there twice"},
		{"an escape sequence", with("StorePath: /nix/store/syd87l2rxw8cbsxmxl853h0r6pdwhwjr-\x1b[2J"), `\x1b[2J`},
		{"a NUL", with("References: 0jqd0rlxzra1rs38rdxl43yh6rxchgc6-\x00"), `\x00`},
		{"no narinfo", "<html>\x1b[31m</html>\n", `\x1b`},
		{"nothing", "", "lacks"},
	}
	known, err := newKeys(Settings{TrustedPublicKeys: []string{sampleKey}})
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range tests {
		got := ""
		if n, err := parseNarInfo([]byte(test.text)); err != nil {
			got = err.Error()
		} else {
			got = known.trust(n, samplePath).String()
		}
		if got != test.want && !(strings.Contains(got, test.want) && strings.Contains(got, " ")) {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
		if strings.ContainsAny(got, "\x00\x1b") {
			t.Errorf("%s: %q is not to be shown", test.name, got)
		}
	}
	n, err := parseNarInfo([]byte(sample))
	if err != nil {
		t.Fatal(err)
	}
	if got := known.trust(n, samplePath+"x"); got != WrongPath {
		t.Errorf("for another path %s", got)
	}
	if n.downloadBytes() != 68852 || n.NarSize != 196040 || len(n.references()) != 4 || n.references()[0] != "/nix/store/0jqd0rlxzra1rs38rdxl43yh6rxchgc6-curl-7.82.0" {
		t.Errorf("%+v", n.NarInfo)
	}
}

func base16(t *testing.T, hash string) string {
	n, err := parseNarInfo([]byte(sample))
	if err != nil || !strings.Contains(sample, hash) {
		t.Fatal(err)
	}
	const digits = "0123456789abcdef"
	var text strings.Builder
	for _, b := range n.NarHash.Digest() {
		text.WriteByte(digits[b>>4])
		text.WriteByte(digits[b&15])
	}
	return text.String()
}

func TestKeys(t *testing.T) {
	if _, err := newKeys(Settings{TrustedPublicKeys: []string{"k-1:abc"}}); err == nil || !strings.Contains(err.Error(), "trusted-public-keys") {
		t.Error(err)
	}
	known, err := newKeys(Settings{TrustedPublicKeys: []string{sampleKey, "cache.nixos.org-1:tLAEn+EeaBUJYqEpTd2yeerr7Ic6+0vWe+aXL/vYUpE="}})
	if err != nil {
		t.Fatal(err)
	}
	want, err := signature.ParsePublicKey(sampleKey)
	if err != nil {
		t.Fatal(err)
	}
	if got := known["cache.nixos.org-1"]; got.String() != want.String() {
		t.Errorf("of two keys with one name %s", got)
	}
}

func TestLacking(t *testing.T) {
	s := Settings{Substituters: []string{"https://a.example/?priority=3", "file:///b"}, TrustedPublicKeys: []string{"k-1:x"}}
	for _, test := range []struct{ uri, key, want string }{
		{"https://a.example", "k-1:x", ""},
		{"https://a.example?trusted=1", "", ""},
		{"https://c.example", "k-1:x", "--option extra-substituters https://c.example"},
		{"file:///b/", "k-2:y", "--option extra-trusted-public-keys k-2:y"},
	} {
		if got := strings.Join(s.Lacking(test.uri, test.key), " "); got != test.want {
			t.Errorf("%s %s: %q, want %q", test.uri, test.key, got, test.want)
		}
	}
}

// Whatever a cache sends, it is an error, or a path and references of the store.
func FuzzNarInfo(f *testing.F) {
	f.Add([]byte(sample))
	f.Add([]byte(sample + "CA: fixed:r:sha256:0jqd0rlxzra1rs38rdxl43yh6rxchgc60jqd0rlxzra1rs38rdxl\n"))
	f.Add([]byte("StorePath:\nSig:\nReferences:  \n"))
	known, err := newKeys(Settings{TrustedPublicKeys: []string{sampleKey}})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		n, err := parseNarInfo(text)
		if err != nil {
			if shown := (printableError{err}).Error(); strings.ContainsAny(shown, "\x00\x1b\n\r") {
				t.Errorf("%q", shown)
			}
			return
		}
		for _, path := range append(n.references(), n.StorePath) {
			if validPath(path) != nil || strings.Count(path, "/") != 3 {
				t.Errorf("%q", path)
			}
		}
		known.trust(n, n.StorePath)
	})
}
