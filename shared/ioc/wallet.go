package ioc

import (
	"bytes"
	"hash"
	"strings"

	"golang.org/x/crypto/sha3"
)

// wallet notes the long word s[i:end] if it is a wallet's address.
func (s *scanner) wallet(i, end int) bool {
	w := s.text[i:end]
	k := s.coin(w)
	switch {
	case k != "":
		if !mixed(w) { // only Bech32 has one case, either
			w = lowerASCII(w)
		}
	case s.solana(i, end):
		k = SOL
	default:
		return s.ether(i, end)
	}
	s.add(k, w, i, end, false)
	return true
}

// coin tells of which coin the long word is an address whose checksum holds.
func (s *scanner) coin(w string) Kind {
	switch w[0] {
	case '1', '3', 'M', 'D', '9', 'A', 'X', 'T', '7':
		return base58Coin(w)
	case 'L', 'l':
		if segwit(w, "ltc") {
			return LTC
		}
		return base58Coin(w)
	case 'r':
		// https://xrpl.org/docs/concepts/accounts/addresses
		if version, ok := base58Check(w, base58Ripple); ok && version == 0 {
			return XRP
		}
	case 'b', 'B':
		if segwit(w, "bc") {
			return BTC
		}
	case 'q', 'p', 'Q', 'P':
		if cashAddress(w) {
			return BCH
		}
	case '4', '8':
		if s.monero(w) {
			return XMR
		}
	}
	return ""
}

// base58Coin tells the coin by its version byte. Litecoin's old script addresses
// are Bitcoin's, too, and are taken for those
// (https://developers.tron.network/docs/account for TRON's,
// https://github.com/litecoin-project/litecoin/blob/master/src/chainparams.cpp,
// https://github.com/dogecoin/dogecoin/blob/master/src/chainparams.cpp,
// https://github.com/dashpay/dash/blob/master/src/chainparams.cpp).
func base58Coin(w string) Kind {
	version, ok := base58Check(w, base58)
	if !ok {
		return ""
	}
	switch version {
	case 0x00, 0x05:
		return BTC
	case 0x30, 0x32:
		return LTC
	case 0x1e, 0x16:
		return DOGE
	case 0x4c, 0x10:
		return DASH
	case 0x41:
		return TRON
	}
	return ""
}

// A Monero address is a network byte, two keys and, in integrated ones, a
// payment id, then the first four bytes of their Keccak-256. Each eight bytes
// are eleven signs, the rest is as many as it needs
// (https://docs.getmonero.org/public-address/standard-address/).
const (
	moneroLength     = 95
	moneroIntegrated = 106
)

func (s *scanner) monero(w string) bool {
	var b [77]byte
	n := 69
	switch len(w) {
	case moneroLength:
	case moneroIntegrated:
		n = 77
	default:
		return false
	}
	for at := 0; at < n; at += 8 {
		from := at / 8 * 11
		if !base58Decode(b[at:min(at+8, n)], w[from:min(from+11, len(w))], base58) {
			return false
		}
	}
	sum := s.keccak.sum(b[:n-4])
	return (b[0] == 18 || b[0] == 19 || b[0] == 42) && bytes.Equal(sum[:4], b[n-4:n])
}

// keccak is the hash that Monero and Ethereum use: Keccak-256 as it was before it
// became SHA-3, with another padding.
type keccak struct {
	state hash.Hash
	out   [32]byte
}

func (k *keccak) sum(data []byte) []byte {
	if k.state == nil {
		k.state = sha3.NewLegacyKeccak256()
	}
	k.state.Reset()
	k.state.Write(data)
	return k.state.Sum(k.out[:0])
}

// etherWords are what a line says before an Ethereum address.
var etherWords = newLexicon(map[uint8]string{1: "ethereum ether eth erc usdt usdc wallet wallets crypto cryptocurrency"})

// ether notes the Ethereum address s[i:end]: 0x and 40 hex digits, whose
// capitals are a checksum, EIP-55 (https://eips.ethereum.org/EIPS/eip-55). One
// in small letters has none, so that the line must say what it is.
func (s *scanner) ether(i, end int) bool {
	w := s.text[i:end]
	if len(w) != 42 || w[0] != '0' || w[1] != 'x' || !hexDigits(w[2:]) {
		return false
	}
	checked := mixed(w[2:])
	if !checked && !s.whole && s.saysWord(i, etherWords) == 0 {
		return false
	}
	address := s.eip55(w)
	if checked && address != w {
		return false
	}
	s.add(ETH, address, i, end, false)
	return true
}

// eip55 writes the letters of an address as its checksum wants them.
func (s *scanner) eip55(w string) string {
	b := []byte(lowerASCII(w))
	sum := s.keccak.sum(b[2:])
	for i, c := range b[2:] {
		if letter(c) && sum[i/2]>>(4-4*(i%2))&8 != 0 {
			b[2+i] -= 'a' - 'A'
		}
	}
	return string(b)
}

var solanaWords = newLexicon(map[uint8]string{1: "solana sol"})

// solana reports whether the word s[i:end] is a Solana address: 32 bytes in
// Base58, without a checksum, so that the line must say so
// (https://solana.com/docs/core/accounts).
func (s *scanner) solana(i, end int) bool {
	w := s.text[i:end]
	if len(w) < 32 || len(w) > 44 || !mixed(w) || strings.ContainsAny(w, "-_0OIl") {
		return false
	}
	var b [32]byte
	return s.saysWord(i, solanaWords) > 0 && base58Decode(b[:], w, base58) && b[0] != 0
}
