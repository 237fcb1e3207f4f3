package waggle_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/waggle-cti/waggle/feeder/waggle"
	"github.com/waggle-cti/waggle/shared/ioc"
)

func TestRefAndStoryIDDependOnSourceAndIDAlone(t *testing.T) {
	a := waggle.Post{Source: "blog", ID: "1", Title: "one", URL: "https://blog.example.com/1"}
	b := waggle.Post{Source: "blog", ID: "1", Title: "renamed"}
	assert.Equal(t, a.Ref(), b.Ref())
	assert.Equal(t, waggle.StoryID(a), waggle.StoryID(b))
	assert.Len(t, a.Ref(), 16)
	assert.Len(t, waggle.StoryID(a), 32)

	assert.NotEqual(t, waggle.Post{Source: "a", ID: "bc"}.Ref(), waggle.Post{Source: "ab", ID: "c"}.Ref(), "the parts are kept apart")
}

func TestTelling(t *testing.T) {
	f := waggle.Finding{Indicators: []ioc.Indicator{
		{Kind: ioc.Domain, Value: "listed.example", Role: ioc.Attack},
		{Kind: ioc.Domain, Value: "cited.example", Role: ioc.Reference},
		{Kind: ioc.CVE, Value: "CVE-2026-90001", Role: ioc.Reference},
		{Kind: ioc.Technique, Value: "T1190", Role: ioc.Attack},
		{Kind: ioc.CVE, Value: "CVE-2026-90002", Role: ioc.Benign},
	}}
	var got []string
	for _, i := range f.Telling() {
		got = append(got, i.Value)
	}
	assert.Equal(t, []string{"listed.example", "CVE-2026-90001", "T1190"}, got)
}
