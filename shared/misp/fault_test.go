package misp_test

import (
	"context"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/shared/misp"
	"github.com/waggle-cti/waggle/shared/misp/misptest"
)

// TestPutEventAfterAFault: once a put succeeds, the event is whole, and nothing
// is twice.
func TestPutEventAfterAFault(t *testing.T) {
	for name, fault := range map[string]misptest.Fault{
		"500":         {Status: 500},
		"502":         {Status: 502},
		"reset":       {Reset: true},
		"answer lost": {Drop: true},
		"client left": {Delay: time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			server := misptest.Start(t, misptest.Options{Clusters: []string{attachment}})
			c := client(t, server.URL, misptest.Key)
			before := many(3)
			before.Tags, before.Attributes[0].Tags = []string{"tlp:red"}, []string{`waggle:verdict="suspicious"`}
			for _, e := range []misp.Event{before, changed()} {
				var result misp.Result
				server.Insist(t, fault, func(r *http.Request) string { return r.URL.Path }, func(ctx context.Context) (err error) {
					result, err = c.PutEvent(ctx, e)
					return err
				})
				assert.Empty(t, result.Refused)
				require.Len(t, server.Events(), 1)
			}
			held := server.Events()[0]
			assert.Len(t, held.Attributes, 1200)
			assert.Equal(t, []string{"tlp:amber", attachment}, held.Tags)
			assert.Equal(t, []string{`waggle:verdict="malicious"`}, held.Attributes[0].Tags)
			require.Len(t, held.Objects, 1)
			require.Len(t, held.Objects[0].Attributes, 3)
			assert.Equal(t, "aGVsbG8=", server.Sample(held.Objects[0].Attributes[2].UUID))
			require.Len(t, held.Reports, 1)
			assert.True(t, held.Published)
			again(t, server, misptest.Key, changed())
		})
	}
}

const attachment = `misp-galaxy:mitre-attack-pattern="Spearphishing Attachment - T1566.001"`

// changed is an event that needs every kind of request where many(3) stands with
// another marking and verdict.
func changed() misp.Event {
	e := many(1200)
	e.Objects, e.Published = loader().Objects, true
	e.Tags, e.Techniques, e.Attributes[0].Tags = []string{"tlp:amber"}, []string{"T1566.001"}, []string{`waggle:verdict="malicious"`}
	e.Attributes[1].Comment = "changed"
	e.Reports = []misp.Report{{Name: "Description", Content: "c"}}
	e.Samples = []misp.Sample{{Object: e.Objects[0], Name: "evil.exe", MD5: "5d41402abc4b2a76b9719d911017c592",
		Read: func(context.Context) ([]byte, error) { return []byte("hello"), nil }}}
	return e
}

func TestPutEventAtOnce(t *testing.T) {
	server := misptest.Start(t, misptest.Options{})
	c := client(t, server.URL, misptest.Key)
	var wg sync.WaitGroup
	for range 6 {
		wg.Go(func() {
			_, err := c.PutEvent(context.Background(), loader())
			assert.NoError(t, err)
		})
	}
	wg.Wait()
	require.Len(t, server.Events(), 1)
	assert.Len(t, server.Events()[0].Attributes, 2)
}
