package ioc

import (
	"bufio"
	"bytes"
	"encoding/json"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// corpus is a folder of labelled texts that lies beside the repository where
// the project is developed. It isn't part of it: its texts are other people's.
//
//	SET.docs.jsonl    {"doc","text"}
//	SET.labels.jsonl  {"doc","type","value","class"}, class gold (an indicator),
//	                  ref (genuine, no indicator) or der (follows from another)
const corpus = "../../../shared/corpus"

// need skips the test where there is no corpus.
func need(tb testing.TB) {
	tb.Helper()
	if _, err := os.Stat(corpus); err != nil {
		tb.Skipf("no labelled corpus at %s: accuracy is not measured", corpus)
	}
}

// TestAccuracy holds the accuracy reached, so that a change that costs some
// fails. The floors lie just under it.
func TestAccuracy(t *testing.T) {
	need(t)
	for _, c := range []struct {
		name   string
		sets   []string
		f1, pa float64
		strict bool // https and http are two things
	}{
		{"posts", []string{"a_tweetfeed_synth", "a_unit42_short"}, .999, .98, false},
		{"reports", []string{"b_annoctr", "b_avast", "b_eset", "b_unit42_long"}, .9895, .98, false},
		{"reports, scheme kept", []string{"b_annoctr", "b_avast", "b_eset", "b_unit42_long"}, .9895, .98, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			var s score
			for _, set := range c.sets {
				s.add(t, set, c.strict)
			}
			p, pa, r := ratio(s.right, s.wrong), ratio(s.right, s.wrong+s.cited), ratio(s.right, s.missed)
			t.Logf("P %.4f PA %.4f R %.4f F1 %.4f: %+v", p, pa, r, 2*p*r/(p+r), s)
			assert.GreaterOrEqual(t, 2*p*r/(p+r), c.f1, "F1")
			assert.GreaterOrEqual(t, pa, c.pa, "precision with references counted as wrong")
		})
	}
}

// TestBenignTexts holds how few values of texts about no attack are called
// indicators.
func TestBenignTexts(t *testing.T) {
	need(t)
	var s score
	for _, set := range []string{"d_changelog", "d_code", "d_docs", "d_lines", "d_mail"} {
		s.add(t, set, false)
	}
	t.Logf("%+v", s)
	assert.LessOrEqual(t, s.wrong, 3, "values that are none")
	assert.LessOrEqual(t, s.cited, 4, "genuine values that are no indicators")
}

func ratio(part, rest int) float64 { return float64(part) / float64(part+rest) }

type score struct{ right, wrong, cited, missed int }

// value names a value of a document, normalised to be compared.
type value struct{ doc, kind, value string }

func (s *score) add(t *testing.T, set string, strict bool) {
	t.Helper()
	labels := readLabels(t, set, strict)
	met := map[value]bool{}
	for doc, text := range readDocs(t, set) {
		for _, i := range Find(text, Options{}) {
			if i.Role != Attack || !scored(i.Kind) {
				continue
			}
			v := value{doc, string(i.Kind), compared(i.Kind, i.Value, strict)}
			if i.Kind == URL && labels[v] == "" {
				v = asHost(v, i.Value, labels)
			}
			if met[v] {
				continue
			}
			met[v] = true
			switch labels[v] {
			case "gold":
				s.right++
			case "ref":
				s.cited++
			case "":
				s.wrong++
			}
		}
	}
	for v, class := range labels {
		if class == "gold" && !met[v] {
			s.missed++
		}
	}
}

func scored(k Kind) bool {
	switch k {
	case IP, Domain, URL, MD5, SHA1, SHA256, Email, CVE:
		return true
	}
	return false
}

// compared normalises a value so that spellings that mean the same are one:
// a URL's scheme (but for https in strict mode) and its last slash don't count.
func compared(k Kind, v string, strict bool) string {
	switch k {
	case IP:
		if a, err := netip.ParseAddr(v); err == nil {
			return a.String()
		}
	case URL:
		scheme, rest, ok := strings.Cut(strings.ReplaceAll(v, "&amp;", "&"), "://")
		if !ok {
			scheme, rest = "", scheme
		}
		end := strings.IndexAny(rest, "/?#")
		if end < 0 {
			end = len(rest)
		}
		rest = strings.ToLower(rest[:end]) + strings.TrimSuffix(strings.TrimSuffix(rest[end:], "/"), "?")
		if strict && strings.EqualFold(scheme, "https") {
			rest = "https://" + rest
		}
		return rest
	case CVE:
		return strings.ToUpper(v)
	}
	return strings.ToLower(v)
}

// asHost counts a URL without a path, not labelled as such, as its host.
func asHost(v value, url string, labels map[value]string) value {
	if _, rest, _ := strings.Cut(url, "://"); strings.ContainsAny(rest, "/?#") {
		return v
	}
	for _, k := range []Kind{Domain, IP} {
		h := value{v.doc, string(k), urlHost(url)}
		if labels[h] != "" {
			return h
		}
	}
	return v
}

func readDocs(tb testing.TB, set string) map[string]string {
	tb.Helper()
	out := map[string]string{}
	lines(tb, set+".docs.jsonl", func(b []byte) {
		var d struct{ Doc, Text string }
		require.NoError(tb, json.Unmarshal(b, &d))
		out[d.Doc] = d.Text
	})
	return out
}

func readLabels(tb testing.TB, set string, strict bool) map[value]string {
	tb.Helper()
	rank := map[string]int{"gold": 3, "ref": 2, "der": 1}
	out := map[value]string{}
	put := func(v value, class string) {
		if rank[class] > rank[out[v]] {
			out[v] = class
		}
	}
	lines(tb, set+".labels.jsonl", func(b []byte) {
		var l struct{ Doc, Type, Value, Class string }
		require.NoError(tb, json.Unmarshal(b, &l))
		k := Kind(l.Type)
		v := compared(k, l.Value, strict)
		put(value{l.Doc, l.Type, v}, l.Class)
		host := ""
		switch k {
		case URL:
			host = urlHost(strings.ToLower(l.Value))
		case Email:
			host = v[strings.LastIndexByte(v, '@')+1:]
		default:
			return
		}
		if _, err := netip.ParseAddr(host); err == nil {
			put(value{l.Doc, "ip", host}, "der")
			return
		}
		put(value{l.Doc, "domain", host}, "der")
	})
	return out
}

func lines(tb testing.TB, name string, each func([]byte)) {
	tb.Helper()
	b, err := os.ReadFile(filepath.Join(corpus, name))
	require.NoError(tb, err)
	sc := bufio.NewScanner(bytes.NewReader(b))
	sc.Buffer(nil, len(b)+1)
	for sc.Scan() {
		each(sc.Bytes())
	}
	require.NoError(tb, sc.Err())
}

// BenchmarkFindCorpus reads the labelled reports, each as one text.
func BenchmarkFindCorpus(b *testing.B) {
	need(b)
	var texts []string
	size := 0
	for _, set := range []string{"b_annoctr", "b_avast", "b_eset", "b_unit42_long"} {
		for _, text := range readDocs(b, set) {
			texts = append(texts, text)
			size += len(text)
		}
	}
	b.SetBytes(int64(size))
	b.ReportAllocs()
	for b.Loop() {
		for _, text := range texts {
			Find(text, Options{})
		}
	}
}
