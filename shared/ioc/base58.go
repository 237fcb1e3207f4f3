package ioc

import (
	"bytes"
	"crypto/sha256"
	"strings"
)

// The alphabets in which wallet addresses are written.
const (
	base58       = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
	base58Ripple = "rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz"
)

// base58Check gives the version of a Base58Check address, its first byte, if
// the checksum holds: the first four bytes of the double SHA-256 of the 21
// before it (https://en.bitcoin.it/wiki/Base58Check_encoding).
func base58Check(w, alphabet string) (version byte, ok bool) {
	var b [25]byte
	if len(w) < 25 || len(w) > 35 || !base58Decode(b[:], w, alphabet) {
		return 0, false
	}
	sum := sha256.Sum256(b[:21])
	sum = sha256.Sum256(sum[:])
	return b[0], bytes.Equal(sum[:4], b[21:])
}

// base58Decode reads w as a number into b, big end first. It reports whether
// that can be and is all of it.
func base58Decode(b []byte, w, alphabet string) bool {
	for i := range len(w) {
		carry := strings.IndexByte(alphabet, w[i])
		if carry < 0 {
			return false
		}
		for k := len(b) - 1; k >= 0; k-- {
			carry += 58 * int(b[k])
			b[k] = byte(carry)
			carry >>= 8
		}
		if carry != 0 {
			return false
		}
	}
	return true
}
