package threatdata

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// FuzzParse gives every parser whatever comes: it refuses it, or what it reads
// can be looked up.
func FuzzParse(f *testing.F) {
	f.Add(`{"vulnerabilities":[{"cveID":"CVE-2026-11111","dueDate":"2026-12-09","notes":"https://maker.example/1 ; x"}]}`)
	f.Add("#model_version:v1,score_date:2026-11-19T12:00:00Z\ncve,epss,percentile\nCVE-2026-11111,0.9,0.9\n")
	f.Add(`{"format":"NVD_CVE","vulnerabilities":[{"cve":{"id":"CVE-2026-22222","metrics":{"cvssMetricV31":[{"type":"Primary","cvssData":{"baseScore":9.8}}]}}}]}`)
	f.Add(`{"type":"bundle","objects":[{"type":"malware","name":"LoadStar","x_mitre_aliases":["Star"],"external_references":[{"source_name":"mitre-attack","external_id":"S9999"}]}]}`)
	f.Add(`{"type":"tool","values":[{"value":"LoadStar","meta":{"synonyms":["x"]}}]}`)
	f.Fuzz(func(t *testing.T, text string) {
		if known, _, err := readKEV([]byte(text)); err == nil {
			for _, k := range known {
				_, ok := packID(k.CVE)
				assert.True(t, ok, k.CVE)
				assert.True(t, k.Fix == "" || strings.HasPrefix(k.Fix, "https://"), k.Fix)
			}
		}
		if found, _, err := readEPSS(strings.NewReader(text)); err == nil {
			assert.NoError(t, found.check())
			assert.Positive(t, found.size())
		}
		if list, err := readNVD(strings.NewReader(text)); err == nil {
			packed := packScores(list)
			assert.NoError(t, packed.check())
			assert.LessOrEqual(t, packed.size(), len(list))
		}
		if names, err := readNames([]byte(text)); err == nil {
			for _, n := range merge(names) {
				assert.GreaterOrEqual(t, len(n.Name), minName)
			}
		}
		if d, err := read(bytes.NewReader([]byte(text))); err == nil {
			assert.NotPanics(t, func() { d.Vulnerability("CVE-2026-11111") })
		}
	})
}
