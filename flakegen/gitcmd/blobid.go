package gitcmd

import (
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"strconv"
)

// Holds says whether name is a file with exactly these bytes. It compares ids, and
// so reads no file; false may also mean that name cannot be looked up.
func (f *FS) Holds(name string, content []byte) bool {
	n, err := f.find(name, true)
	return err == nil && !n.isFolder() && !n.unmerged && n.id == blobID(content, len(n.id))
}

// blobID returns the id that git gives to a blob with this content. A repository
// has ids of SHA-1 or of SHA-256, which the length in hexadecimal tells.
func blobID(content []byte, length int) string {
	var sum hash.Hash
	if length == hex.EncodedLen(sha256.Size) {
		sum = sha256.New()
	} else {
		sum = sha1.New()
	}
	// A hash takes all that it is given.
	_, _ = sum.Write([]byte("blob " + strconv.Itoa(len(content)) + "\x00"))
	_, _ = sum.Write(content)
	return hex.EncodeToString(sum.Sum(nil))
}
