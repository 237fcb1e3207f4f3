package wording_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/waggle-cti/waggle/feeder/wording"
)

func TestSpaceless(t *testing.T) {
	for _, r := range "脅威サーバーひภัยໄພភ័យဘ" {
		assert.True(t, wording.Spaceless(r), "%c", r)
	}
	for _, r := range "aéßЖابअ위 1.,、—" {
		assert.False(t, wording.Spaceless(r), "%c", r)
	}
}

func TestNumber(t *testing.T) {
	for n, want := range map[int]string{0: "0 posts", 1: "1 post", 2: "2 posts", 1024: "1,024 posts"} {
		assert.Equal(t, want, wording.Number(n, "post", "posts"))
	}
}

func TestShort(t *testing.T) {
	for name, c := range map[string]struct {
		n    int
		text string
		want string
	}{
		"short enough":          {5, "Łódź!", "Łódź!"},
		"at a word's end":       {14, "A loader spreads by mail", "A loader…"},
		"no comma before it":    {18, "Loaders, mails, invoices", "Loaders, mails…"},
		"no word's end is near": {10, "A verylongwordwithoutend", "A verylon…"},
	} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, c.want, wording.Short(c.n, c.text)) })
	}
}
