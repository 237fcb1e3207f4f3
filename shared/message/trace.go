package message

import (
	"net/mail"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/waggle-cti/waggle/shared/pattern"
)

// Hop is a server that handed the message on, as the next one tells it in a field
// Received (RFC 5321, 4.4). Each part may be missing, and be a lie.
type Hop struct {
	From string     // the name that the server gave itself, at most 255 bytes
	IP   netip.Addr // its address
	By   string     // the server that tells it
	With string     // the protocol
	At   time.Time
}

// The parts of Received. They are what servers write, which is not always what
// the RFC says.
var (
	receivedFrom = pattern.New(`(?i)^\s*from\s+(\S{1,255})`)
	receivedBy   = pattern.New(`(?i)\bby\s+(\S{1,255})`)
	receivedWith = pattern.New(`(?i)\bwith\s+(\S{1,60})`)
	bracketed    = pattern.New(`\[(?:IPv6:)?([0-9A-Fa-f:.]{2,45})\]`)
	plain        = pattern.New(`\(([0-9A-Fa-f:.]{2,45})\)`)
)

// Hops gives the servers that a header tells of, the first one first.
func (h Header) Hops() []Hop {
	var hops []Hop
	for _, line := range h.All("Received") {
		hops = append(hops, readHop(line))
	}
	slices.Reverse(hops) // each server puts its line on top
	return hops
}

func readHop(line string) Hop {
	h := Hop{From: group(receivedFrom, line), By: group(receivedBy, line), With: group(receivedWith, line)}
	sender, _, _ := strings.Cut(line, " by ")
	for _, written := range []pattern.Pattern{bracketed, plain} {
		if ip, err := netip.ParseAddr(group(written, sender)); err == nil && !h.IP.IsValid() {
			h.IP = ip
		}
	}
	if i := strings.LastIndexByte(line, ';'); i >= 0 {
		if at, err := mail.ParseDate(strings.TrimSpace(line[i+1:])); err == nil {
			h.At = at
		}
	}
	return h
}

func group(written pattern.Pattern, text string) string {
	if found := written().FindStringSubmatch(text); found != nil {
		return strings.Trim(found[1], ";,")
	}
	return ""
}
