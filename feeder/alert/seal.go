package alert

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"strings"

	"github.com/waggle-cti/waggle/feeder/waggle"
)

// seal ends a description with the story's id and a digest of what stands
// above. Keeping the digest in the text itself, and not in our store, makes
// it hold also where we never learnt that TheHive took the text.
func seal(text string, s waggle.Story) string {
	text = strings.TrimRight(text, "\n")
	return fmt.Sprintf("%s\n\n---\nWaggle story %s, revision %d, seal %s", text, s.ID, s.Revision, digest(text))
}

// unedited tells whether a description is as the feeder wrote it.
func unedited(text string) bool {
	m := sealed.FindStringSubmatch(bare(text))
	return m != nil && digest(m[1]) == m[2]
}

var sealed = regexp.MustCompile(`(?s)^(.*)\n\n---\nWaggle story [0-9a-f]+, revision [0-9]+, seal ([0-9a-f]{16})$`)

func digest(text string) string {
	sum := sha256.Sum256([]byte(bare(text)))
	return hex.EncodeToString(sum[:8])
}

// bare is text without the white space at the ends of lines and of the whole,
// which editors and servers change unasked.
func bare(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " \t\r")
	}
	return strings.Join(lines, "\n")
}
