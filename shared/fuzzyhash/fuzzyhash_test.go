package fuzzyhash_test

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/waggle-cti/waggle/shared/fuzzyhash"
)

// noise gives bytes that look random, the same on each call.
func noise(n int) []byte {
	out := make([]byte, n)
	for i, x := 0, uint32(1); i < n; i++ {
		x = (x*1103515245 + 12345) & 0x7fffffff
		out[i] = byte(x >> 16)
	}
	return out
}

// What is wanted was made with the packages ppdeep 20260221 and py-tlsh 4.7 of
// Python, which agree with the programs of the hashes' authors.
func TestHashesAreThoseOfOtherPrograms(t *testing.T) {
	for name, c := range map[string]struct {
		data         []byte
		tlsh, ssdeep string
	}{
		"nothing":         {nil, "", "3::"},
		"one byte":        {[]byte("a"), "", "3:E:E"},
		"49 bytes":        {noise(49), "", "3:OZpPTtxJ0A:Gh"},
		"50 bytes":        {noise(50), "T1009002052505D5014106EAA908EC718951100296E20C122194101553C5501188780046", "3:OZpPTtxJ0C:Gx"},
		"one byte, often": {bytes.Repeat([]byte("a"), 1000), "", "3:tjN:/"},
		"a text":          {bytes.Repeat([]byte("The quick brown fox jumps over the lazy dog. "), 40), "T1A231024A311C1794658A1888438D95B2D2C9C910612114116570604219482359CD8551", "12:Fg66666666666666666666666666666666666666G:F1"},
		"656 bytes":       {noise(656), "T11EF068F3272CD683014C465C22F9155CBB043675E9ED276F45300AB09EF4FCB415C165", "12:P86KbKBvQ76nRA6He+nD7uIHeoNRsjIbRMN5CiH:PSKBvQOnR9HDqIH/qGqCI"},
		"3,200 bytes":     {noise(3200), "T183616CE9261EE6E3840CB240A2F6176C771CD7F2DAC53F2B58508460ADA4387D2BE859", "96:60D/ucey7/cIHEAe/gmb4TZuCeXaXQ7d2:xD/uceMkIkJ/jb4ACeXCQ7d2"},
		"6,144 bytes":     {noise(6144), "T1C7C19EFF072CDA226544F021C5FA16B87B2997B2DDCD3D2AA81405D499687C3A7DE84C", "96:60D/ucey7/cIHEAe/gmb4TZuCeXaXQ7diFzFvG6pcEokKNYonJwoC/2fu41Tx7Yv:xD/uceMkIkJ/jb4ACeXCQ7diBlG6apxK"},
		"100,000 bytes":   {noise(100_000), "T187A312EA315D90A64A88E709D91C35B57843EA93D0773DFA5FE00F541638A8B38F8C97", "1536:x16X9sbZhe9DGY+82g9HZivoSe6UDcCcJo3ooun+nysxljM8qZo22tZu5m:x0wTelZF2gviRe7unWljMZZo/tZam"},
		"zeros behind":    {append(noise(5000), make([]byte, 9)...), "T1AEA19DFF062DD671A844F020D1F5067C7B2897F2DACD3D2AE8144590A6A83C3D2EE848", "96:60D/ucey7/cIHEAe/gmb4TZuCeXaXQ7diFzFvG6pcEokKNYonJwoC/2fu4:xD/uceMkIkJ/jb4ACeXCQ7diBlG6apxN"},
		"mostly zeros":    {slices.Concat(make([]byte, 60_000), noise(700), make([]byte, 60_000)), "T18CC344E3272DD783C148467826F8269CB7043675AAEC766F45200A609AF1B9B40681A9", "12:P86KbKBvQ76nRA6He+nD7uIHeoNRsjIbRMN5Cipk63/:PSKBvQOnR9HDqIH/qGqCuk8/"},
	} {
		t.Run(name, func(t *testing.T) {
			tlsh, ssdeep := hash(c.data, 1<<20)
			assert.Equal(t, c.tlsh, tlsh)
			assert.Equal(t, c.ssdeep, ssdeep)
		})
	}
}

// hash writes the data in pieces of a size.
func hash(data []byte, size int) (tlsh, ssdeep string) {
	s, t := fuzzyhash.NewSSDeep(int64(len(data))), new(fuzzyhash.TLSH)
	for piece := range slices.Chunk(data, size) {
		_, _ = s.Write(piece)
		_, _ = t.Write(piece)
	}
	return t.String(), s.String()
}

func TestPiecesMakeNoDifference(t *testing.T) {
	data := noise(20_000)
	tlsh, ssdeep := hash(data, len(data))
	for _, size := range []int{1, 7, 4096} {
		otherTLSH, otherSSDeep := hash(data, size)
		assert.Equal(t, tlsh, otherTLSH)
		assert.Equal(t, ssdeep, otherSSDeep)
	}
}

// A size that is wrong, as of a file that is written to meanwhile, must do no harm.
func TestAWrongSizeDoesNoHarm(t *testing.T) {
	for _, size := range []int64{-1, 0, 1, 1 << 62} {
		s := fuzzyhash.NewSSDeep(size)
		_, _ = s.Write(noise(100_000))
		assert.Regexp(t, `^[0-9]+:[A-Za-z0-9+/]{0,64}:[A-Za-z0-9+/]{0,64}$`, s.String())
	}
}

func FuzzHashes(f *testing.F) {
	f.Add([]byte("abc"), uint64(1))
	f.Add(noise(3000), uint64(2))
	f.Fuzz(func(t *testing.T, data []byte, seed uint64) {
		tlsh, ssdeep := hash(data, max(1, len(data)))
		otherTLSH, otherSSDeep := hash(data, 1+rand.New(rand.NewPCG(seed, 0)).IntN(64))
		assert.Equal(t, tlsh, otherTLSH)
		assert.Equal(t, ssdeep, otherSSDeep)
		assert.Regexp(t, `^[0-9]+:[A-Za-z0-9+/]{0,64}:[A-Za-z0-9+/]{0,64}$`, ssdeep)
		assert.Regexp(t, `^(T1[0-9A-F]{70})?$`, tlsh)
	})
}
