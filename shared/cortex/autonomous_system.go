package cortex

import (
	"strconv"
	"strings"
)

// AutonomousSystem reads the number of an autonomous system, 32 bits and not 0
// (RFC 6793, RFC 7607): AS64496, ASN64496, as 64496, 64496.
func AutonomousSystem(text string) (uint32, error) {
	digits := strings.TrimPrefix(strings.TrimPrefix(strings.ToUpper(strings.TrimSpace(text)), "AS"), "N")
	number, err := strconv.ParseUint(strings.TrimSpace(digits), 10, 32)
	if err != nil || number == 0 {
		return 0, badInput("%q is not the number of an autonomous system, such as AS64496: nothing was sent", clip(text, 64))
	}
	return uint32(number), nil
}
