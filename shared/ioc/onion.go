package ioc

import (
	"bytes"
	"crypto/sha3"
	"encoding/base32"
	"strings"
)

// Names of services in anonymity networks, which are made of the service's key.

const (
	onionLength = 56 // letters of an onion address of version 3
	i2pLength   = 52 // letters of I2P's shortest address
)

// onionService reports whether the service's name can be one: 56 letters are an
// address of version 3, whose checksum must hold. Addresses of version 2, 16
// letters, have none.
// https://spec.torproject.org/rend-spec/encoding-onion-addresses.html
func onionService(name []byte) bool {
	if len(name) != onionLength {
		return true
	}
	var address [onionLength / 8 * 5]byte
	if _, err := base32.StdEncoding.Decode(address[:], bytes.ToUpper(name)); err != nil {
		return false
	}
	key, checksum, version := address[:32], address[32:34], address[34]
	digest := sha3.Sum256(append(append([]byte(".onion checksum"), key...), version))
	return version == 3 && bytes.Equal(digest[:2], checksum)
}

// i2pService reports whether the chain is an address of I2P, the hash of a key
// below b32.i2p: 52 letters, 56 or more of a service that encrypts its own.
// https://geti2p.net/en/docs/naming
func i2pService(c *chain) bool {
	if c.count < 3 || string(c.label(c.count-1)) != "i2p" || string(c.label(c.count-2)) != "b32" {
		return false
	}
	name := string(c.label(c.count - 3))
	return (len(name) == i2pLength || len(name) >= onionLength) && strings.Trim(name, "abcdefghijklmnopqrstuvwxyz234567") == ""
}
