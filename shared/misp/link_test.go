package misp_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/waggle-cti/waggle/shared/misp"
)

func TestEventPage(t *testing.T) {
	assert.Equal(t, "https://misp.example.com/events/view/17", misp.EventPage("https://misp.example.com/", "17"))
	assert.Equal(t, "https://misp.example.com/a/events/view/..%2Fb", misp.EventPage("https://misp.example.com/a", "../b"))
}

func TestLinkedEvent(t *testing.T) {
	own := misp.EventUUID("https://thehive.example.com", "case", "~1")
	const a, b = "0a4f3c9e-7d0b-5b5e-9a53-0d7a0f5a1c11", "9b1de0c4-54a5-5b9a-8a54-7c6cf1f0a2d2"
	for name, c := range map[string]struct {
		tags []string
		want string
	}{
		"no tag":           {nil, own},
		"other tags":       {[]string{"misp", "misp:event=", "misp:event=17", "tlp:red"}, own},
		"linked elsewhere": {[]string{"x", misp.LinkTag(b)}, b},
		"upper case":       {[]string{misp.LinkTag("9B1DE0C4-54A5-5B9A-8A54-7C6CF1F0A2D2")}, b},
		"two links":        {[]string{misp.LinkTag(b), misp.LinkTag(a)}, a},
		"its own among":    {[]string{misp.LinkTag(a), misp.LinkTag(own)}, own},
	} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, c.want, misp.LinkedEvent(own, c.tags)) })
	}
}
