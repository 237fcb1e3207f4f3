package pipeline_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"github.com/waggle-cti/waggle/feeder/pipeline"
	"github.com/waggle-cti/waggle/feeder/reading"
	"github.com/waggle-cti/waggle/feeder/store"
	"github.com/waggle-cti/waggle/feeder/waggle"
)

// BenchmarkPosts measures stored posts on their way read → judge → join →
// local story, of 2 kB each with five indicators.
func BenchmarkPosts(b *testing.B) {
	const n = 10_000
	var worked time.Duration // by the processor: the figure holds on a machine that is busy, too
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
		before := processorTime(b)
		b.StartTimer()
		summary, err := p.Once(b.Context(), 0)
		b.StopTimer()
		worked += processorTime(b) - before
		require.NoError(b, err)
		require.Equal(b, n, summary.Sources[0].Told)
		require.NoError(b, s.Close())
		data, err := os.Stat(path)
		require.NoError(b, err)
		b.ReportMetric(float64(data.Size())/n, "bytes/post")
		b.StartTimer()
	}
	b.ReportMetric(float64(n*b.N)/b.Elapsed().Seconds(), "posts/s")
	b.ReportMetric(float64(n*b.N)/worked.Seconds(), "posts/cpu-s")
}

func processorTime(b *testing.B) time.Duration {
	var used unix.Rusage
	require.NoError(b, unix.Getrusage(unix.RUSAGE_SELF, &used))
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// articles makes posts that tell n different threats.
func articles(n int) []waggle.Post {
	list := make([]waggle.Post, n)
	for i := range list {
		list[i] = post(fmt.Sprint(i), fmt.Sprintf("%s Servers: hxxp://a%d[.]example[.]net/gate.php, b%d[.]example[.]org, 192.0.2.%d. Files: %064x, %032x.",
			prose(i), i, i, i%250, i+1e6, i+1e6), time.Duration(n-i)*time.Second)
	}
	return list
}

// prose is 1.7 kB of text that is another for each i.
func prose(i int) string {
	words := strings.Fields("the loader waits then asks its server for next stage and starts it in memory before mails with invoices reach users who open attachments that fetch scripts from hacked sites while operators move to other machines by stolen passwords")
	random := rand.New(rand.NewPCG(uint64(i), 0))
	var text strings.Builder
	for text.Len() < 1700 {
		text.WriteString(words[random.IntN(len(words))])
		text.WriteString([]string{" ", " ", " ", " ", " ", " ", " ", ". "}[random.IntN(8)])
	}
	return text.String()
}
