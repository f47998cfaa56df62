package substituter

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/nix-community/go-nix/pkg/nixbase32"
	"github.com/nix-community/go-nix/pkg/nixhash"
	"github.com/nix-community/go-nix/pkg/storepath"
)

// contentAddressed says whether the path is made of the hash in the CA field and
// the references, as Nix makes it: then nothing but that content has this path,
// and nobody has to sign it. Nix checks the content when it has it.
//
//	text:sha256:HASH        a file that builtins.toFile or instantiating wrote
//	fixed:sha256:HASH       a file by its bytes
//	fixed:r:sha256:HASH     a tree by its NAR
//	fixed:git:sha1:HASH     a tree as git hashes it
func (n *narInfo) contentAddressed() bool {
	method, hash, ok := cutContentAddress(n.CA)
	if !ok {
		return false
	}
	base := strings.TrimPrefix(n.StorePath, storepath.StoreDir+"/")
	name := base[len(hashPart(n.StorePath))+1:]
	self := slices.Contains(n.References, base)
	others := slices.DeleteFunc(slices.Clone(n.References), func(r string) bool { return r == base })

	kind := ""
	switch {
	case method == "text" && hash.Algo() == nixhash.SHA256 && !self:
		kind = "text"
	case method == "fixed:r" && hash.Algo() == nixhash.SHA256:
		kind = "source"
	case strings.HasPrefix(method, "fixed") && len(n.References) == 0:
		inner := sha256.Sum256([]byte("fixed:out:" + strings.TrimPrefix(method+":", "fixed:") + hash.Format(nixhash.Base16, true) + ":"))
		return n.StorePath == makePath("output:out", "sha256:"+hex.EncodeToString(inner[:]), name)
	default:
		return false
	}
	for _, r := range others {
		kind += ":" + storepath.StoreDir + "/" + r
	}
	if self {
		kind += ":self"
	}
	return n.StorePath == makePath(kind, hash.Format(nixhash.Base16, true), name)
}

func cutContentAddress(ca string) (method string, hash *nixhash.HashWithEncoding, ok bool) {
	for _, method := range []string{"text", "fixed:r", "fixed:git", "fixed"} {
		if text, found := strings.CutPrefix(ca, method+":"); found {
			hash, err := nixhash.ParseAny(text, nil)
			return method, hash, err == nil
		}
	}
	return "", nil, false
}

// makePath is the store path of a kind, a hash and a name.
func makePath(kind, hash, name string) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s:%s:%s:%s", kind, hash, storepath.StoreDir, name))
	return fmt.Sprintf("%s/%s-%s", storepath.StoreDir, nixbase32.EncodeToString(nixhash.CompressHash(sum[:], storepath.PathHashSize)), name)
}
