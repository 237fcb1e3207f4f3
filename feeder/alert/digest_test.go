package alert_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/feeder/alert"
	"github.com/waggle-cti/waggle/feeder/waggle"
	"github.com/waggle-cti/waggle/shared/ioc"
	"github.com/waggle-cti/waggle/shared/thehive"
	"github.com/waggle-cti/waggle/shared/thehive/thehivetest"
)

// limited is a TheHive and what raises at most two alerts a day in it.
func limited(t *testing.T, version string, now *time.Time) (*thehivetest.Server, func() *alert.Raiser) {
	t.Helper()
	server := thehivetest.Start(t, thehivetest.Options{Version: version, Now: func() time.Time { return *now }})
	client, err := thehive.New(thehive.Options{URL: server.URL, Key: thehivetest.Key, Settle: time.Millisecond})
	require.NoError(t, err)
	return server, func() *alert.Raiser {
		return alert.New(client, alert.Options{Now: func() time.Time { return *now }, Daily: 2})
	}
}

func nth(n int) waggle.Story {
	s := story()
	s.ID = strings.Repeat(fmt.Sprint(n), 32)
	s.Title = fmt.Sprintf("Story %d | <b>", n)
	s.Severity = waggle.Medium
	for i := range 15 {
		s.Indicators = append(s.Indicators, value(ioc.Domain, fmt.Sprintf("h%d-%d.evil.example.net", n, i), 1, "a"))
	}
	return s
}

func TestBeyondTheLimitOneDigest(t *testing.T) {
	for _, version := range []string{"4.1.24-1", "5.7.3-1"} {
		t.Run(version, func(t *testing.T) {
			now := noon()
			server, raiser := limited(t, version, &now)
			r := raiser()
			stories := map[int]waggle.Story{}
			deliver := func(n int, change func(*waggle.Story)) {
				s, ok := stories[n]
				if !ok {
					s = nth(n)
				}
				if change != nil {
					change(&s)
				}
				var err error
				s.Alert, err = r.Deliver(t.Context(), s)
				require.NoError(t, err)
				assert.Equal(t, s.Revision, s.Alert.Revision)
				stories[n] = s
			}
			deliver(1, nil)
			deliver(2, nil)
			deliver(3, nil)
			deliver(4, func(s *waggle.Story) { s.Severity, s.TLP = waggle.High, 3 })
			r = raiser() // a restart
			deliver(5, nil)
			deliver(6, func(s *waggle.Story) { s.Severity = waggle.Critical })

			alerts := server.Alerts()
			require.Len(t, alerts, 4, "two stories, a digest, and the critical one")
			digest := alerts[2]
			assert.Equal(t, "digest-2026-05-04", digest.SourceRef)
			assert.Equal(t, int(waggle.High), digest.Severity)
			for n := 3; n <= 5; n++ {
				assert.Equal(t, digest.ID, stories[n].Alert.ID)
				assert.Equal(t, 1, strings.Count(digest.Description, stories[n].ID))
				assert.Contains(t, digest.Description, fmt.Sprintf("Story %d \\| &lt;b&gt;", n))
			}
			assert.Contains(t, digest.Tags, "waggle:digest")
			assert.NotContains(t, digest.Tags, "tlp:amber")
			assert.Equal(t, 3, digest.TLP)
			assert.LessOrEqual(t, len(server.Observables(digest.ID)), 30)

			// The same again, as after a crash, and a story of the digest that grows.
			again := stories[3]
			again.Alert = waggle.Delivery{}
			_, err := r.Deliver(t.Context(), again)
			require.NoError(t, err)
			deliver(4, func(s *waggle.Story) { s.Revision++ })
			first := stories[1]
			first.Alert = waggle.Delivery{}
			got, err := r.Deliver(t.Context(), first)
			require.NoError(t, err)
			assert.Equal(t, alerts[0].ID, got.ID, "its alert is there: no second place for it")
			require.Len(t, server.Alerts(), 4)
			assert.Equal(t, digest.Description, server.Alerts()[2].Description)

			now = now.Add(24 * time.Hour)
			deliver(7, nil)
			assert.Len(t, server.Alerts(), 5, "a new day, a new count")
		})
	}
}

func TestADigestHasItsLimit(t *testing.T) {
	now := noon()
	server, raiser := limited(t, "", &now)
	r := raiser()
	for n := range 80 {
		s := story()
		s.ID = fmt.Sprintf("%032x", n)
		s.Title = strings.Repeat("Long ", 100)
		s.Reasons = []waggle.Reason{{Points: 1, Text: strings.Repeat("why ", 100)}}
		s.URL = "https://blog.example.com/" + strings.Repeat("p", 450)
		s.Severity = waggle.Low
		s.Indicators = nil
		_, err := r.Deliver(t.Context(), s)
		require.NoError(t, err)
	}
	text := server.Alerts()[2].Description
	assert.Less(t, len(text), 61_000)
	assert.Equal(t, 1, strings.Count(text, "and more, which the feeder's page shows"))
}
