package ioc

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestOneOfManyOccurrencesIsDisarmed(t *testing.T) {
	text := strings.Repeat("our site is research-blog.net today\n", 3*maxKept) + "research-blog[.]net\n"
	got := Find(text, Options{})
	require.Len(t, got, 1)
	assert.True(t, got[0].Defanged)
	assert.Equal(t, Attack, got[0].Role)
}

func TestRepeatedValuesAreKeptInBounds(t *testing.T) {
	s := scanner{text: strings.Repeat("bad-host.net bad-host[.]net ", 1000)}
	s.scan()
	assert.LessOrEqual(t, len(s.marks), maxKept+1)
}

func TestValuesAreToldApartByTextAndKind(t *testing.T) {
	var v valueSet
	const many = 1000
	for n := range many {
		text := fmt.Sprintf("value-%d", n)
		require.EqualValues(t, 2*n, v.of(Domain, text))
		require.EqualValues(t, 2*n+1, v.ofBytes(Filename, []byte(text)))
	}
	for n := range many {
		text := fmt.Sprintf("value-%d", n)
		require.EqualValues(t, 2*n, v.ofBytes(Domain, []byte(text)))
		require.EqualValues(t, 2*n+1, v.of(Filename, text))
	}
	assert.Len(t, v.all, 2*many)
}
