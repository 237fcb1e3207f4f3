package misp_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/waggle-cti/waggle/shared/misp"
)

func TestPostsOf(t *testing.T) {
	for name, c := range map[string]struct {
		description string
		want        []misp.Post
	}{
		"none": {"**Loader**\n\n- see: [this](https://evil.example.net/)", nil},
		"listed": {"### Posts (2)\n\n- 2026-05-04 12:00 UTC, blog: [Loader \\[new\\] &amp; old](<https://blog.example.com/a?b=1&c=(2)>) (shares 1 hash)\n- 2026-05-04 13:00 UTC, x: Untitled\n- and 3 more\n",
			[]misp.Post{{Title: "Loader [new] & old", URL: "https://blog.example.com/a?b=1&c=(2)"}}},
		"another section": {"### Posts (1)\n\n- t, a: [A](<https://a.example.com/>)\n\n### Notes\n- t, b: [B](<https://b.example.com/>)",
			[]misp.Post{{Title: "A", URL: "https://a.example.com/"}}},
		"no address of the web": {"### Posts (1)\n- t, a: [A](<javascript:alert(1)>)\n- t, a: [A](<https://>)", nil},
	} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, c.want, misp.PostsOf(c.description)) })
	}
}
