package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/feeder/store"
	"github.com/waggle-cti/waggle/feeder/waggle"
	"github.com/waggle-cti/waggle/shared/ioc"
)

// dropRead brings a post with what was read in it to its fate.
func dropRead(t *testing.T, s *store.Store, p waggle.Post, f waggle.Finding) {
	t.Helper()
	tx(t, s, func(tx *store.Tx) error {
		if _, _, err := tx.SavePosts(t.Context(), store.Arrivals([]waggle.Post{p}, time.Time{})); err != nil {
			return err
		}
		if _, err := tx.SetFinding(t.Context(), p.Ref(), f); err != nil {
			return err
		}
		_, err := tx.SetJudgement(t.Context(), p.Ref(), waggle.Judgement{Why: "of no matter"})
		return err
	})
}

func TestReadings(t *testing.T) {
	s, _ := open(t)
	read := func(kind ioc.Kind, value string, role ioc.Role) ioc.Indicator {
		return ioc.Indicator{Kind: kind, Value: value, Raw: value, Role: role, Why: "because"}
	}
	told := post("told")
	tell(t, s, head(told, 1), told, []ioc.Indicator{read(ioc.Domain, "evil-cdn.top", ioc.Attack), read(ioc.Mutex, `Bad "100%" Mutex_1`, ioc.Attack)})
	later := post("later")
	later.Published = noon().Add(time.Hour)
	dropRead(t, s, later, waggle.Finding{Text: "The loader at hxxps://evil-cdn[.]top/a_b?x=1 again; mail to desk@evil-cdn.top",
		Indicators: []ioc.Indicator{read(ioc.Email, "desk@evil-cdn.top", ioc.Reference), read(ioc.URL, "https://evil-cdn.top/a_b?x=1", ioc.Attack)}})
	cited := post("cited")
	dropRead(t, s, cited, waggle.Finding{Text: "See not-evil-cdn.top and evil-cdn.topology.example", Indicators: []ioc.Indicator{read(ioc.Domain, "not-evil-cdn.top", ioc.Reference)}})
	mutex := post("mutex")
	dropRead(t, s, mutex, waggle.Finding{Text: `Mutex: Bad "100%" Mutex_1`, Indicators: []ioc.Indicator{read(ioc.Mutex, `Bad "100%" Mutex_1`, ioc.Attack), read(ioc.Mutex, "Bad 100x MutexA1", ioc.Attack)}})
	quiet := post("quiet")
	quiet.Title = "evil-cdn.top in the title of a post that was never read"
	tx(t, s, func(tx *store.Tx) error {
		_, _, err := tx.SavePosts(t.Context(), store.Arrivals([]waggle.Post{quiet}, noon().Add(time.Hour)))
		return err
	})

	for _, look := range []struct {
		name, value string
		want        []string // refs, the newest first
	}{
		{"a host in a story, and in a URL elsewhere", "evil-cdn.top", []string{later.Ref(), told.Ref()}},
		{"a URL that was written disarmed", "https://evil-cdn.top/a_b?x=1", []string{later.Ref()}},
		{"signs of LIKE are themselves", "https://evil-cdn.top/aXb?x=1", nil},
		{"part of a host is another host", "cdn.top", nil},
		{"a host that was cited", "not-evil-cdn.top", []string{cited.Ref()}},
		{"a value with quotes and percent", `Bad "100%" Mutex_1`, []string{mutex.Ref(), told.Ref()}},
		{"signs alone", "%", nil},
		{"nothing", "nowhere.example", nil},
	} {
		t.Run(look.name, func(t *testing.T) {
			found, err := s.Readings(t.Context(), look.value)
			require.NoError(t, err)
			var refs []string
			for _, r := range found {
				refs = append(refs, r.Ref)
			}
			if look.name == "a value with quotes and percent" { // of the same time
				assert.ElementsMatch(t, look.want, refs)
				return
			}
			assert.Equal(t, look.want, refs)
		})
	}

	found, err := s.Readings(t.Context(), "evil-cdn.top")
	require.NoError(t, err)
	assert.Equal(t, waggle.Reading{Ref: later.Ref(), Source: "blog", URL: later.URL, Title: later.Title, Published: later.Published, Fetched: noon(),
		Fate: waggle.Dropped, Reason: "of no matter", Kind: ioc.URL, Value: "https://evil-cdn.top/a_b?x=1", Role: ioc.Attack, Why: "because"}, found[0])
	assert.Equal(t, waggle.StoryID(told), found[1].Story)
	assert.Equal(t, waggle.Told, found[1].Fate)
}

func TestReadingsOfStoriesOutliveTheirTexts(t *testing.T) {
	s, _ := open(t)
	p, dropped := post("told"), post("dropped")
	found := []ioc.Indicator{indicator(ioc.Domain, "evil-cdn.top")}
	tell(t, s, head(p, 1), p, found)
	dropRead(t, s, dropped, waggle.Finding{Text: "evil-cdn.top", Indicators: found})
	both, err := s.Readings(t.Context(), "evil-cdn.top")
	require.NoError(t, err)
	assert.Len(t, both, 2)

	tx(t, s, func(tx *store.Tx) error {
		_, err := tx.Compact(t.Context(), noon().Add(time.Hour), 10)
		return err
	})
	left, err := s.Readings(t.Context(), "evil-cdn.top")
	require.NoError(t, err)
	require.Len(t, left, 1)
	assert.Equal(t, p.Ref(), left[0].Ref)
}
