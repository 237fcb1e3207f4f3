package pipeline_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/feeder/pipeline"
	"github.com/waggle-cti/waggle/feeder/reading"
	"github.com/waggle-cti/waggle/feeder/store"
	"github.com/waggle-cti/waggle/feeder/waggle"
)

// BenchmarkPosts measures stored posts on their way read → judge → join →
// local story, of 2 kB each with five indicators.
func BenchmarkPosts(b *testing.B) {
	const n = 2000
	for b.Loop() {
		b.StopTimer()
		path := filepath.Join(b.TempDir(), "waggle.db")
		s, err := store.Open(b.Context(), path)
		require.NoError(b, err)
		p, err := pipeline.New(pipeline.Options{
			Store: s, Feeds: []pipeline.Feed{feed("blog", &shelf{posts: articles(n)})},
			Reader: reading.New(reading.Options{}), Judge: keepLong{},
		})
		require.NoError(b, err)
		b.StartTimer()
		summary, err := p.Once(b.Context(), 0)
		b.StopTimer()
		require.NoError(b, err)
		require.Equal(b, n, summary.Sources[0].Told)
		require.NoError(b, s.Close())
		b.StartTimer()
	}
	b.ReportMetric(float64(n*b.N)/b.Elapsed().Seconds(), "posts/s")
}

func articles(n int) []waggle.Post {
	filler := strings.Repeat("The loader waits, then asks its server for the next stage and starts it in memory. ", 20)
	list := make([]waggle.Post, n)
	for i := range list {
		list[i] = post(fmt.Sprint(i), fmt.Sprintf("%s Servers: hxxp://a%d[.]example[.]net/gate.php, b%d[.]example[.]org, 192.0.2.%d. Files: %064x, %032x.",
			filler, i, i, i%250, i+1e6, i+1e6), time.Duration(n-i)*time.Second)
	}
	return list
}
