package source_test

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/waggle-cti/waggle/feeder/secret"
	"github.com/waggle-cti/waggle/feeder/source"
	"github.com/waggle-cti/waggle/feeder/source/kinds"
)

func TestSpecDefaults(t *testing.T) {
	var s source.Spec
	require.NoError(t, yaml.Unmarshal([]byte("{name: lab, url: 'https://lab.example.com/feed'}"), &s))
	assert.Equal(t, source.Spec{
		Name: "lab", Kind: "rss", URL: "https://lab.example.com/feed", Every: 30 * time.Minute,
		Article: source.ArticleAuto, TLP: 2, PAP: 2, Key: source.KeyGUID,
	}, s)
	require.NoError(t, s.Check())
}

func TestSpecCheck(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*source.Spec)
		key    string
	}{
		"no name":             {func(s *source.Spec) { s.Name = "" }, "name"},
		"a name of two lines": {func(s *source.Spec) { s.Name = "a\nb" }, "name"},
		"a long name":         {func(s *source.Spec) { s.Name = string(make([]byte, 65)) }, "name"},
		"no address":          {func(s *source.Spec) { s.URL = "" }, "url"},
		"another scheme":      {func(s *source.Spec) { s.URL = "file:///etc/passwd" }, "url"},
		"a password in it":    {func(s *source.Spec) { s.URL = "https://u:p@lab.example.com/" }, "url"},
		"too often":           {func(s *source.Spec) { s.Every = time.Second }, "every"},
		"too seldom":          {func(s *source.Spec) { s.Every = 1000 * time.Hour }, "every"},
		"article":             {func(s *source.Spec) { s.Article = "sometimes" }, "article"},
		"tlp":                 {func(s *source.Spec) { s.TLP = 5 }, "tlp"},
		"pap":                 {func(s *source.Spec) { s.PAP = -1 }, "pap"},
		"weight":              {func(s *source.Spec) { s.Weight = 21 }, "weight"},
		"key":                 {func(s *source.Spec) { s.Key = "date" }, "key"},
		"budget":              {func(s *source.Spec) { s.Budget = -1 }, "budget"},
	} {
		t.Run(name, func(t *testing.T) {
			s := source.Spec{Name: "lab", Kind: "rss", URL: "https://lab.example.com/", Every: time.Hour, Article: source.ArticleAuto, Key: source.KeyGUID}
			c.change(&s)
			fault, ok := errors.AsType[*source.Fault](s.Check())
			require.True(t, ok)
			assert.Equal(t, c.key, fault.Key)
			assert.NotEmpty(t, fault.Error())
		})
	}
}

func TestShownHidesSecrets(t *testing.T) {
	for name, c := range map[string]struct{ url, want string }{
		"plain":             {"https://lab.example.com/feed.xml", "https://lab.example.com/feed.xml"},
		"user and password": {"https://me:s3cret@lab.example.com/feed", "https://lab.example.com/feed"},
		"a token":           {"https://lab.example.com/.rss?user=me&feed=s3cret", "https://lab.example.com/.rss?feed=…&user=…"},
		"nonsense":          {"https://lab.example.com:s3cret/%zz", ""},
	} {
		t.Run(name, func(t *testing.T) {
			shown := source.Spec{URL: c.url}.Shown()
			assert.Equal(t, c.want, shown)
			assert.NotContains(t, shown, "s3cret")
		})
	}
}

func TestEveryKindIsReachable(t *testing.T) {
	for name, kind := range kinds.All() {
		require.NotNil(t, kind.New, name)
		_, err := kinds.New(source.Spec{Kind: name}, nil)
		assert.Error(t, err, "%s takes an empty description", name)
	}
}

func TestKindsCheck(t *testing.T) {
	lab := func(change func(*source.Spec)) source.Spec {
		s := source.Spec{Name: "lab", Kind: "rss", URL: "https://lab.example.com/", Every: time.Hour, Article: source.ArticleAuto, Key: source.KeyGUID}
		change(&s)
		return s
	}
	for name, c := range map[string]struct {
		spec      source.Spec
		key, says string
	}{
		"well":                 {lab(func(*source.Spec) {}), "", ""},
		"no such kind":         {lab(func(s *source.Spec) { s.Kind = "pigeon" }), "kind", `source "lab": no kind of source is called "pigeon": there is `},
		"a common key":         {lab(func(s *source.Spec) { s.TLP = 9 }), "tlp", "tlp is 0"},
		"a key of other kinds": {lab(func(s *source.Spec) { s.Accounts = []string{"a"} }), "accounts", "a source of kind rss takes no accounts"},
		"a token too many":     {lab(func(s *source.Spec) { s.Token = secret.New("s3cret") }), "token", "takes no token"},
	} {
		t.Run(name, func(t *testing.T) {
			key, err := kinds.Check(c.spec)
			assert.Equal(t, c.key, key)
			if c.says == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, c.says)
			assert.NotContains(t, err.Error(), "s3cret")
		})
	}
}
