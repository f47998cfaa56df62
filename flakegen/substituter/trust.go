package substituter

import (
	"fmt"
	"os"
	"strings"

	"github.com/nix-community/go-nix/pkg/narinfo/signature"
)

// Trust is the answer to whether a narinfo can be believed.
type Trust int

const (
	// Trusted: signed by a key of trusted-public-keys, or the path holds the hash
	// of its content, so that nobody has to vouch for it.
	Trusted Trust = iota
	// Unsigned: there is no signature.
	Unsigned
	// UnknownKey: no key that signed it is among trusted-public-keys.
	UnknownKey
	// BadSignature: a key of that name is trusted and did not make the signature.
	BadSignature
	// WrongPath: the narinfo is of another path than the one asked for.
	WrongPath
)

// String is the word for it in JSON.
func (t Trust) String() string {
	switch t {
	case Trusted:
		return "trusted"
	case Unsigned:
		return "unsigned"
	case UnknownKey:
		return "unknown-key"
	case BadSignature:
		return "bad-signature"
	case WrongPath:
		return "wrong-path"
	}
	panic(fmt.Sprintf("trust %d", int(t)))
}

// keys are public keys by name. Of two with one name Nix knows the first.
type keys map[string]signature.PublicKey

// newKeys reads the settings. A key that is none makes Nix fail, so it is an error.
func newKeys(s Settings) (keys, error) {
	known := keys{}
	add := func(k signature.PublicKey) {
		if _, taken := known[k.Name]; !taken {
			known[k.Name] = k
		}
	}
	for _, text := range s.TrustedPublicKeys {
		key, err := signature.ParsePublicKey(text)
		if err != nil {
			return nil, fmt.Errorf("the key %q in trusted-public-keys: %w", text, err)
		}
		add(key)
	}
	for _, file := range s.SecretKeyFiles {
		text, err := os.ReadFile(file)
		if err != nil {
			continue
		}
		secret, err := signature.LoadSecretKey(strings.TrimSpace(string(text)))
		if err != nil {
			return nil, fmt.Errorf("secret-key-files: %s holds no secret key", file) // and the error might quote it
		}
		add(secret.ToPublicKey())
	}
	return known, nil
}

// trust says how far a narinfo for a path can be believed. A signature that has not
// the form of one counts as one that does not hold; Nix 2.34 gives the build up
// over it, earlier ones think as we do.
func (k keys) trust(n *narInfo, asked string) Trust {
	if n.StorePath != asked {
		return WrongPath
	}
	if n.contentAddressed() {
		return Trusted
	}
	if len(n.signatures) == 0 {
		return Unsigned
	}
	verdict := UnknownKey
	fingerprint := n.Fingerprint()
	for _, text := range n.signatures {
		name, _, _ := strings.Cut(text, ":")
		key, known := k[name]
		if !known {
			continue
		}
		verdict = BadSignature
		if s, err := signature.ParseSignature(text); err == nil && key.Verify(fingerprint, s) {
			return Trusted
		}
	}
	return verdict
}
