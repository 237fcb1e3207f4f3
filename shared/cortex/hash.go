package cortex

import (
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/waggle-cti/waggle/shared/upstream"
)

// HashKind is a kind of a file's hash, as the number of its hexadecimal digits.
type HashKind int

// The kinds that services know files by.
const (
	MD5     HashKind = 32
	SHA1    HashKind = 40
	SHA256  HashKind = 64
	SHA3384 HashKind = 96 // SHA3-384
)

// String names the kind: "SHA-256".
func (k HashKind) String() string {
	return map[HashKind]string{MD5: "MD5", SHA1: "SHA-1", SHA256: "SHA-256", SHA3384: "SHA3-384"}[k]
}

// Hash reads a file's hash, of one of the kinds that a service knows files by,
// and gives it in small letters.
func Hash(text string, kinds ...HashKind) (hash string, kind HashKind, err error) {
	hash, kind = strings.ToLower(strings.TrimSpace(text)), 0
	if _, err := hex.DecodeString(hash); err == nil && slices.Contains(kinds, HashKind(len(hash))) {
		return hash, HashKind(len(hash)), nil
	}
	var names []string
	for _, k := range kinds {
		names = append(names, k.String())
	}
	return "", 0, &upstream.Error{Reason: upstream.BadInput, Next: "look up the file's SHA-256",
		Message: fmt.Sprintf("%q is no %s, by which the service knows files: nothing was sent", clip(text, 128), alternatives(names))}
}

// alternatives is "MD5, SHA-1 or SHA-256".
func alternatives(names []string) string {
	last := len(names) - 1
	if last < 1 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:last], ", ") + " or " + names[last]
}
