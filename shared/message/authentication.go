package message

import (
	"slices"
	"strings"

	"github.com/waggle-cti/waggle/shared/harmless"
	"github.com/waggle-cti/waggle/shared/pattern"
)

// Check is what a server found of the sender, as it notes it in a field
// Authentication-Results (RFC 8601), ARC-Authentication-Results (RFC 8617) or
// Received-SPF (RFC 7208, 9.1). Whoever sends a message may write such fields,
// too: only those of one's own server are worth something.
type Check struct {
	Server string `json:"server,omitempty"` // at most 255 bytes; nothing in Received-SPF
	Method string `json:"method"`           // spf, dkim, dmarc, arc …, at most 60 bytes
	Result string `json:"result"`           // pass, fail, softfail, none …, at most 60 bytes
	Detail string `json:"detail,omitempty"` // at most 1,000 bytes
}

// Checks gives at most so many different checks that a header tells of.
func (h Header) Checks(most int) []Check {
	var checks []Check
	for _, name := range []string{"Authentication-Results", "ARC-Authentication-Results"} {
		for _, value := range h.All(name) {
			checks = addChecks(checks, readChecks(value), most)
		}
	}
	for _, value := range h.All("Received-SPF") {
		said, detail, _ := strings.Cut(strings.TrimSpace(value), " ")
		checks = addChecks(checks, []Check{{Method: "spf", Result: strings.ToLower(said), Detail: detail}}, most)
	}
	return checks
}

// comments are what a server adds in words, one level deep.
var comments = pattern.New(`\([^()]*\)`)

// readChecks reads what a server found: "server; spf=pass smtp.mailfrom=…; …".
func readChecks(value string) []Check {
	parts := strings.Split(comments().ReplaceAllString(value, " "), ";")
	server := strings.TrimSpace(parts[0])
	if strings.HasPrefix(server, "i=") && len(parts) > 1 { // ARC counts its sets
		parts = parts[1:]
		server = strings.TrimSpace(parts[0])
	}
	server, _, _ = strings.Cut(server, " ") // a version may follow
	var checks []Check
	for _, part := range parts[1:] {
		words := strings.Fields(part)
		if len(words) == 0 {
			continue
		}
		method, said, ok := strings.Cut(words[0], "=")
		if ok && method != "" {
			checks = append(checks, Check{Server: server, Method: strings.ToLower(method), Result: strings.ToLower(said), Detail: strings.Join(words[1:], " ")})
		}
	}
	return checks
}

// addChecks adds those that are new, shortened.
func addChecks(checks, more []Check, most int) []Check {
	for _, c := range more {
		c = Check{harmless.Cut(c.Server, 255), harmless.Cut(c.Method, 60), harmless.Cut(c.Result, 60), harmless.Cut(c.Detail, 1000)}
		if len(checks) < most && !slices.Contains(checks, c) {
			checks = append(checks, c)
		}
	}
	return checks
}
