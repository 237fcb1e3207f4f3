package message_test

import (
	"bytes"
	"encoding/binary"
	"os"
	"testing"
	"unicode/utf16"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/shared/message"
)

// withRTF gives the sent message with another body in RTF, not compressed and of
// 48 bytes at most: as much as the place where it stands has.
func withRTF(t *testing.T, document string) []byte {
	t.Helper()
	require.LessOrEqual(t, len(document), 48)
	data, err := os.ReadFile("testdata/sent.msg")
	require.NoError(t, err)
	var name []byte
	for _, unit := range utf16.Encode([]rune("__substg1.0_10090102")) {
		name = binary.LittleEndian.AppendUint16(name, unit)
	}
	entry := bytes.Index(data, name)
	require.Positive(t, entry)
	body := bytes.Index(data, []byte("MELA")) - 8
	require.Positive(t, body)
	binary.LittleEndian.PutUint64(data[entry+120:], uint64(16+len(document))) // MS-CFB 2.6.1
	binary.LittleEndian.PutUint32(data[body+4:], uint32(len(document)))
	copy(data[body+16:], document)
	return data
}

func TestBodyInRTF(t *testing.T) {
	for name, c := range map[string]struct {
		document string
		want     string // of the part of HTML; none if empty
		notes    []string
	}{
		"a link":           {`{\rtf1 pay at http://evil.example.net/x}`, "pay at http://evil.example.net/x", nil},
		"HTML, packed":     {`{\rtf1\fromhtml1{\*\htmltag <a href=//x.org>}}`, "<a href=//x.org>", nil},
		"nothing readable": {`hello`, "", []string{"The body in RTF can't be read: links may be hidden there: it is no RTF."}},
	} {
		t.Run(name, func(t *testing.T) {
			m, err := message.Read(withRTF(t, c.document), message.Limits{})
			require.NoError(t, err)
			var pages []string
			for _, p := range m.Parts {
				if p.Type == "text/html" {
					pages = append(pages, p.Text())
				}
			}
			if c.want == "" {
				assert.Empty(t, pages)
			} else {
				assert.Equal(t, []string{c.want}, pages)
			}
			assert.Equal(t, c.notes, m.Notes)
		})
	}
}
