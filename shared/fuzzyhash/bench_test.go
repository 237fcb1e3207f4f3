package fuzzyhash_test

import (
	"io"
	"testing"

	"github.com/waggle-cti/waggle/shared/fuzzyhash"
)

func BenchmarkHashes(b *testing.B) {
	data := noise(4 << 20)
	for name, start := range map[string]func() io.Writer{
		"ssdeep": func() io.Writer { return fuzzyhash.NewSSDeep(int64(len(data))) },
		"tlsh":   func() io.Writer { return new(fuzzyhash.TLSH) },
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			for b.Loop() {
				_, _ = start().Write(data)
			}
		})
	}
}
