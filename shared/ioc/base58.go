package ioc

import (
	"bytes"
	"crypto/sha256"
)

// The alphabets in which wallet addresses are written.
var (
	base58       = newAlphabet("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz")
	base58Ripple = newAlphabet("rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz")
)

// alphabet gives the value of each digit and one more, 0 for what is none.
type alphabet [256]uint8

func newAlphabet(digits string) *alphabet {
	var a alphabet
	for i := range len(digits) {
		a[digits[i]] = uint8(i + 1)
	}
	return &a
}

// base58Check gives the version of a Base58Check address, its first byte, if
// the checksum holds: the first four bytes of the double SHA-256 of the 21
// before it (https://en.bitcoin.it/wiki/Base58Check_encoding).
func base58Check(w string, digits *alphabet) (version byte, ok bool) {
	var b [25]byte
	if len(w) < 25 || len(w) > 35 || !base58Decode(b[:], w, digits) {
		return 0, false
	}
	sum := sha256.Sum256(b[:21])
	sum = sha256.Sum256(sum[:])
	return b[0], bytes.Equal(sum[:4], b[21:])
}

// base58Decode reads w as a number into b, big end first. It reports whether
// that can be and is all of it.
func base58Decode(b []byte, w string, digits *alphabet) bool {
	for i := range len(w) {
		carry := int(digits[w[i]]) - 1
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
