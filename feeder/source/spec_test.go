package source_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

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
	key, err := s.Check()
	require.NoError(t, err, key)
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
	} {
		t.Run(name, func(t *testing.T) {
			s := source.Spec{Name: "lab", Kind: "rss", URL: "https://lab.example.com/", Every: time.Hour, Article: source.ArticleAuto, Key: source.KeyGUID}
			c.change(&s)
			key, err := s.Check()
			require.Error(t, err)
			assert.Equal(t, c.key, key)
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

func TestKinds(t *testing.T) {
	require.NoError(t, kinds.Check("rss"))
	assert.ErrorContains(t, kinds.Check("pigeon"), "there is rss")
	_, err := kinds.New(source.Spec{Name: "lab", Kind: "pigeon"}, nil)
	assert.ErrorContains(t, err, `source "lab"`)
	for name, make := range kinds.All() {
		_, err := make(source.Spec{}, nil)
		assert.Error(t, err, "%s takes an empty description", name)
	}
}
