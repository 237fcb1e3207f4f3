package message_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/waggle-cti/waggle/shared/message"
)

func TestChecks(t *testing.T) {
	long := strings.Repeat("x", 2000)
	for name, c := range map[string]struct {
		field, value string
		want         []message.Check
	}{
		"several": {"Authentication-Results", "mx.example.org; spf=Pass (all is well; really) smtp.mailfrom=a@example.net; DKIM=fail header.d=example.net", []message.Check{
			{Server: "mx.example.org", Method: "spf", Result: "pass", Detail: "smtp.mailfrom=a@example.net"},
			{Server: "mx.example.org", Method: "dkim", Result: "fail", Detail: "header.d=example.net"}}},
		"with a version":    {"Authentication-Results", "mx.example.org 1; dmarc=none", []message.Check{{Server: "mx.example.org", Method: "dmarc", Result: "none"}}},
		"set of ARC":        {"ARC-Authentication-Results", "i=2; mx.example.org; arc=pass", []message.Check{{Server: "mx.example.org", Method: "arc", Result: "pass"}}},
		"filter of SPF":     {"Received-SPF", "SoftFail (domain of a@example.net)", []message.Check{{Method: "spf", Result: "softfail", Detail: "(domain of a@example.net)"}}},
		"nothing was tried": {"Authentication-Results", "mx.example.org; none", nil},
		"twice the same":    {"Authentication-Results", "mx.example.org; spf=pass; spf=pass", []message.Check{{Server: "mx.example.org", Method: "spf", Result: "pass"}}},
		"another field":     {"X-Authentication-Results", "mx.example.org; spf=pass", nil},
		"empty":             {"Authentication-Results", "", nil},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, c.want, message.Header{{Name: c.field, Value: c.value}}.Checks(10))
		})
	}
	many := message.Header{{Name: "Authentication-Results", Value: "mx.example.org; a=1; b=2; c=" + long}}
	assert.Len(t, many.Checks(2), 2)
	assert.Less(t, len(many.Checks(3)[2].Result), 100, "shortened")
}
