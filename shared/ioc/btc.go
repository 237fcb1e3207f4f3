package ioc

import (
	"bytes"
	"crypto/sha256"
	"strings"
)

const (
	base58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
	bech32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
)

// isBTC reports whether the word is a Bitcoin address whose checksum holds:
// Base58Check (https://en.bitcoin.it/wiki/Base58Check_encoding) or Bech32
// (BIP 173, BIP 350).
func isBTC(w string) bool {
	if len(w) > 90 {
		return false
	}
	if strings.HasPrefix(w, "bc1") || strings.HasPrefix(w, "BC1") {
		return bech32Holds(strings.ToLower(w))
	}
	return len(w) <= 35 && (w[0] == '1' || w[0] == '3') && base58Holds(w)
}

// isTRON reports whether the word is a TRON address whose checksum holds:
// Base58Check of 21 bytes, the first 0x41
// (https://developers.tron.network/docs/account).
func isTRON(w string) bool {
	return len(w) == 34 && w[0] == 'T' && base58Holds(w)
}

func base58Holds(w string) bool {
	var b [25]byte
	for i := range len(w) {
		carry := strings.IndexByte(base58, w[i])
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
	sum := sha256.Sum256(b[:21])
	sum = sha256.Sum256(sum[:])
	return bytes.Equal(sum[:4], b[21:])
}

func bech32Holds(w string) bool {
	if len(w) < 14 {
		return false
	}
	check := uint32(1)
	add := func(v uint32) {
		top := check >> 25
		check = (check&0x1ffffff)<<5 ^ v
		for i, g := range [5]uint32{0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3} {
			if top>>i&1 == 1 {
				check ^= g
			}
		}
	}
	for _, v := range [5]uint32{'b' >> 5, 'c' >> 5, 0, 'b' & 31, 'c' & 31} {
		add(v)
	}
	for i := 3; i < len(w); i++ {
		v := strings.IndexByte(bech32, w[i])
		if v < 0 {
			return false
		}
		add(uint32(v))
	}
	return check == 1 || check == 0x2bc830a3
}
