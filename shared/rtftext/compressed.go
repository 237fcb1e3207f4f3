package rtftext

import (
	"encoding/binary"
	"errors"
)

// ErrNotCompressed is that bytes do not begin as compressed RTF does.
var ErrNotCompressed = errors.New("it is no compressed RTF")

// What the field COMPTYPE of the header may be.
const (
	compressed   = 0x75465A4C // "LZFu"
	uncompressed = 0x414C454D // "MELA"
	headerSize   = 16
)

// dictionarySize is that of the ring in which what was read last stands.
const dictionarySize = 4096

// firstEntries are what the ring holds at first: what most documents begin with.
const firstEntries = `{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript \fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\colortbl\red0\green0\blue0` +
	"\r\n" + `\par \pard\plain\f0\fs20\b\i\u\tab\tx`

// Decompress gives the RTF that Outlook keeps in a message, at most limit bytes of
// it. What is damaged is read as far as it goes. The error is [ErrNotCompressed].
// https://learn.microsoft.com/openspecs/exchange_server_protocols/ms-oxrtfcp
func Decompress(data []byte, limit int) ([]byte, error) {
	if len(data) < headerSize {
		return nil, ErrNotCompressed
	}
	limit = min(limit, int(binary.LittleEndian.Uint32(data[4:]))) // what it says to be in the end
	switch body := data[headerSize:]; binary.LittleEndian.Uint32(data[8:]) {
	case uncompressed:
		return body[:min(len(body), limit)], nil
	case compressed:
		return inflate(body, limit), nil
	}
	return nil, ErrNotCompressed
}

// inflate reads runs of eight tokens: a byte each, or, where the bit of the run's
// first byte is set, a place in the ring and a length.
func inflate(in []byte, limit int) []byte {
	var ring [dictionarySize]byte
	at := copy(ring[:], firstEntries)
	var out []byte
	put := func(b byte) {
		out = append(out, b)
		ring[at] = b
		at = (at + 1) % dictionarySize
	}
	for len(in) > 0 {
		control := in[0]
		in = in[1:]
		for bit := range 8 {
			if len(in) == 0 || len(out) >= limit {
				return out
			}
			if control>>bit&1 == 0 {
				put(in[0])
				in = in[1:]
				continue
			}
			if len(in) < 2 {
				return out
			}
			token := binary.BigEndian.Uint16(in)
			in = in[2:]
			from := int(token >> 4)
			if from == at {
				return out // the end, as it is marked
			}
			for range min(int(token&0xF)+2, limit-len(out)) {
				put(ring[from])
				from = (from + 1) % dictionarySize
			}
		}
	}
	return out
}
