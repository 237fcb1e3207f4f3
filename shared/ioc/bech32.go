package ioc

// bech32 is the alphabet of Bech32, BIP 173, and of cash addresses.
var bech32 = newAlphabet("qpzry9x8gf2tvdw0s3jn54khce6mua7l")

// segwit reports whether the word is an address of a chain with that prefix in
// small letters, "bc", whose checksum holds: that of Bech32 for the first
// version (BIP 173), that of Bech32m for later ones (BIP 350), Taproot's too.
func segwit(w, prefix string) bool {
	if len(w) > 90 || len(w) < len(prefix)+12 || !hasFold(w, 0, prefix) || w[len(prefix)] != '1' || mixed(w) {
		return false
	}
	sum := uint32(1)
	for i := range len(prefix) {
		sum = bech32Step(sum, prefix[i]>>5)
	}
	sum = bech32Step(sum, 0)
	for i := range len(prefix) {
		sum = bech32Step(sum, prefix[i]&31)
	}
	for i := len(prefix) + 1; i < len(w); i++ {
		v := bech32[lower(w[i])]
		if v == 0 {
			return false
		}
		sum = bech32Step(sum, v-1)
	}
	if lower(w[len(prefix)+1]) == 'q' {
		return sum == 1
	}
	return sum == 0x2bc830a3
}

func bech32Step(sum uint32, v byte) uint32 {
	top := sum >> 25
	sum = (sum&0x1ffffff)<<5 ^ uint32(v)
	for i, g := range [5]uint32{0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3} {
		if top>>i&1 == 1 {
			sum ^= g
		}
	}
	return sum
}

// cashAddress reports whether the word is a Bitcoin Cash address without its
// prefix, whose checksum holds: 42 signs, the first q or p
// (https://github.com/bitcoincashorg/bitcoincash.org/blob/master/spec/cashaddr.md).
func cashAddress(w string) bool {
	if len(w) != 42 || !has("qpQP", w[0]) || mixed(w) {
		return false
	}
	sum := uint64(1)
	for _, c := range []byte("bitcoincash") {
		sum = cashStep(sum, c&31)
	}
	sum = cashStep(sum, 0)
	for i := range len(w) {
		v := bech32[lower(w[i])]
		if v == 0 {
			return false
		}
		sum = cashStep(sum, v-1)
	}
	return sum == 1
}

func cashStep(sum uint64, v byte) uint64 {
	top := sum >> 35
	sum = (sum&0x07ffffffff)<<5 ^ uint64(v)
	for i, g := range [5]uint64{0x98f2bc8e61, 0x79b76d99e2, 0xf33e5fb3c4, 0xae2eabe2a8, 0x1e4f43e470} {
		if top>>i&1 == 1 {
			sum ^= g
		}
	}
	return sum
}
