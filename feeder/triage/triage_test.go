package triage_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/feeder/relevance"
	"github.com/waggle-cti/waggle/feeder/triage"
)

var reader = triage.Reader{Signs: relevance.Subjects}

// lessons are posts of a team that wants to hear of its firewall and not of phones.
func lessons() []triage.Example {
	var out []triage.Example
	for i := range 12 {
		out = append(out,
			triage.Example{Text: fmt.Sprintf("Firewall gateway flaw number %d lets attackers in over the VPN", i), Wanted: true},
			triage.Example{Text: fmt.Sprintf("Banking trojan for Android phones steals cards, wave %d", i)},
		)
	}
	return out
}

func TestTrainTellsWantedPosts(t *testing.T) {
	m := triage.Train(reader, lessons())
	assert.Equal(t, 12, m.Wanted)
	assert.Equal(t, 12, m.Others)
	for text, wanted := range map[string]bool{
		"A flaw of VPN gateways is exploited":      true,
		"Firewalls under attack":                   true,
		"New Android trojan empties bank accounts": false,
		"Phones infected by a fake app":            false,
	} {
		assert.Equal(t, wanted, m.Probability(text) >= m.Threshold, "%s: %.2f", text, m.Probability(text))
	}
}

func TestTrainIsDeterministic(t *testing.T) {
	a, b := triage.Train(reader, lessons()), triage.Train(reader, lessons())
	for _, e := range lessons() {
		assert.Equal(t, a.Probability(e.Text), b.Probability(e.Text))
	}
	assert.Equal(t, a.Threshold, b.Threshold)
}

func TestTrainWithTooLittle(t *testing.T) {
	for name, examples := range map[string][]triage.Example{
		"nothing": nil, "one label": {{Text: "a", Wanted: true}, {Text: "b", Wanted: true}},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, 0.5, triage.Train(reader, examples).Probability("anything"))
		})
	}
	// Two examples are few, and must still give a number.
	p := triage.Train(reader, []triage.Example{{Text: "yes", Wanted: true}, {Text: "no"}}).Probability("yes")
	assert.True(t, p > 0 && p < 1, p)
}

func TestReadExamples(t *testing.T) {
	got, err := triage.ReadExamples(strings.NewReader(`{"text":"a","label":1,"doc":"x"}` + "\n\n" + `{"text":"b","label":false}` + "\n" + `{"label":"0","text":""}`))
	require.NoError(t, err)
	assert.Equal(t, []triage.Example{{Text: "a", Wanted: true}, {Text: "b"}, {}}, got)
	for name, c := range map[string]struct{ lines, want string }{
		"no JSON":     {"{\"text\":\"a\",\"label\":1}\nhello", "line 2: invalid character"},
		"no text":     {`{"label":1}`, `line 1: no "text"`},
		"no label":    {`{"text":"a"}`, `line 1: "label" is 1 for a wanted text and 0 for another`},
		"other label": {`{"text":"a","label":2}`, `not "2"`},
		"a long line": {strings.Repeat("x", 5<<20), "line 1: "},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := triage.ReadExamples(strings.NewReader(c.lines))
			assert.ErrorContains(t, err, c.want)
		})
	}
}

func TestMeasure(t *testing.T) {
	m := triage.Measure{Hits: 6, Rejections: 10, Alarms: 2, Misses: 2}
	assert.InDelta(t, 0.8, m.Accuracy(), 1e-9)
	assert.InDelta(t, 0.75, m.Precision(), 1e-9)
	assert.InDelta(t, 0.75, m.Recall(), 1e-9)
	assert.InDelta(t, 0.75, m.F1(), 1e-9)
	assert.Zero(t, triage.Measure{}.F1())
}

// TestLabelledPosts measures the classifier on short posts that people
// labelled by hand. Their labels contradict one another here and there, which
// bounds what can be reached.
func TestLabelledPosts(t *testing.T) {
	const posts = "../../../shared/corpus/c_relevance_ctiann.jsonl"
	f, err := os.Open(posts)
	if err != nil {
		t.Skipf("no labelled posts at %s: accuracy is not measured", posts)
	}
	defer f.Close()
	examples, err := triage.ReadExamples(f)
	require.NoError(t, err)
	m := triage.CrossValidate(reader, examples, 1)
	t.Logf("%d posts: accuracy %.3f, precision %.3f, recall %.3f, F1 %.3f", len(examples), m.Accuracy(), m.Precision(), m.Recall(), m.F1())
	assert.GreaterOrEqual(t, m.F1(), 0.83)
}

func BenchmarkTrain(b *testing.B) {
	examples := make([]triage.Example, 1000)
	for i := range examples {
		e := lessons()[i%24]
		examples[i] = triage.Example{Text: fmt.Sprintf("%s, says report %d of vendor%d", e.Text, i, i%50), Wanted: e.Wanted}
	}
	b.ReportAllocs()
	for b.Loop() {
		triage.Train(reader, examples)
	}
}

func FuzzTriage(f *testing.F) {
	m := triage.Train(reader, lessons())
	f.Add("Firewall 防火墙の脆弱性 \x00\xff")
	f.Add(`{"text":"a","label":1}`)
	f.Fuzz(func(t *testing.T, text string) {
		p := m.Probability(text)
		assert.True(t, p > 0 && p < 1, p)
		points, why := m.Shift(text)
		assert.LessOrEqual(t, max(points, -points), triage.MaxShift)
		assert.Equal(t, points == 0, why == "", why)
		_, _ = triage.ReadExamples(strings.NewReader(text))
	})
}
