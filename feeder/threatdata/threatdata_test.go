package threatdata_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/feeder/threatdata"
	"github.com/waggle-cti/waggle/shared/attack"
	"github.com/waggle-cti/waggle/shared/fetch"
)

func now() time.Time { return time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC) }

// Files in the publishers' forms.
const (
	kev = `{"title":"CISA Catalog of Known Exploited Vulnerabilities","catalogVersion":"2026.11.19","dateReleased":"2026-11-19T15:00:01.5Z","count":2,"vulnerabilities":[
		{"cveID":"CVE-2026-11111","vendorProject":"Microsoft","product":"Exchange Server","vulnerabilityName":"x","dateAdded":"2026-11-18","shortDescription":"x","requiredAction":"Apply mitigations.","dueDate":"2026-12-09","knownRansomwareCampaignUse":"Known","notes":"https://vendor.example/advisory/1 ; https://nvd.nist.gov/vuln/detail/CVE-2026-11111","cwes":["CWE-94"]},
		{"cveID":"CVE-2019-0001","vendorProject":"Example","product":"CMS","dateAdded":"2021-11-03","dueDate":"soon","knownRansomwareCampaignUse":"Unknown","notes":"https://nvd.nist.gov/vuln/detail/CVE-2019-0001"},
		{"cveID":"nonsense"}]}`
	epss = "#model_version:v2025.03.14,score_date:2026-11-19T12:00:00Z\ncve,epss,percentile\nCVE-1999-0001,0.0123,0.5\nCVE-2026-11111,0.9432,0.999\nCVE-2026-22222,0.31,0.9\nbad,line\nCVE-2026-33333,7,1\n"
	nvd  = `{"resultsPerPage":3,"format":"NVD_CVE","vulnerabilities":[
		{"cve":{"id":"CVE-2026-22222","metrics":{"cvssMetricV31":[{"type":"Secondary","cvssData":{"baseScore":5.0}},{"type":"Primary","cvssData":{"baseScore":9.8}}],"cvssMetricV2":[{"type":"Primary","cvssData":{"baseScore":1.0}}]}}},
		{"cve":{"id":"CVE-2026-44444","metrics":{"cvssMetricV40":[{"type":"Secondary","cvssData":{"baseScore":8.7}}]}}},
		{"cve":{"id":"CVE-2026-55555","metrics":{}}}]}`
	stix = `{"type":"bundle","objects":[
		{"type":"intrusion-set","id":"intrusion-set--1","name":"Gray Heron","aliases":["Gray Heron","APT999"],"external_references":[{"source_name":"mitre-attack","external_id":"G9999"}]},
		{"type":"malware","id":"malware--1","name":"LoadStar","x_mitre_aliases":["LoadStar","Stargate Loader"],"external_references":[{"source_name":"other"},{"source_name":"mitre-attack","external_id":"S9999"}]},
		{"type":"malware","name":"Gone","revoked":true},{"type":"attack-pattern","name":"Phishing"}]}`
	galaxy = `{"type":"ransomware","values":[{"value":"loadstar","meta":{"synonyms":["Star of Load","abc"]}},{"value":"Royalty","meta":{"synonyms":"odd","external_id":["odd"]}}]}`
)

// folder makes a folder of files.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		data := []byte(text)
		if strings.HasSuffix(name, ".gz") {
			var packed bytes.Buffer
			w := gzip.NewWriter(&packed)
			_, err := w.Write(data)
			require.NoError(t, errors.Join(err, w.Close()))
			data = packed.Bytes()
		}
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), data, 0o600))
	}
	return dir
}

func all() map[string]string {
	return map[string]string{
		"known_exploited_vulnerabilities.json": kev, "epss_scores-current.csv.gz": epss, "nvdcve-2.0-2026.json.gz": nvd,
		"enterprise-attack.json": stix, "ransomware.json": galaxy,
	}
}

func TestUpdateAndOpen(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sub", threatdata.File)
	_, left, err := threatdata.Update(t.Context(), path, threatdata.Options{Folder: folder(t, all()), Now: now()})
	require.NoError(t, err)
	require.Len(t, left, 2, "files that are not there are told: %v", left)
	assert.Equal(t, threatdata.CVSS, left[0].Part)
	assert.ErrorContains(t, left[0].Why, "nvdcve-2.0-modified.json.gz")

	d, err := threatdata.Open(path)
	require.NoError(t, err)
	v := d.Vulnerability("cve-2026-11111")
	require.NotNil(t, v.Exploited)
	assert.Equal(t, threatdata.Known{
		CVE: "CVE-2026-11111", Vendor: "Microsoft", Product: "Exchange Server", Ransomware: true, Fix: "https://vendor.example/advisory/1",
		Added: time.Date(2026, 11, 18, 0, 0, 0, 0, time.UTC), Due: time.Date(2026, 12, 9, 0, 0, 0, 0, time.UTC),
	}, *v.Exploited)
	assert.InDelta(t, 0.9432, v.EPSS, 1e-9)
	assert.Equal(t, -1.0, v.CVSS)
	assert.Equal(t, threatdata.Vulnerability{EPSS: 0.31, CVSS: 9.8}, d.Vulnerability("CVE-2026-22222"))
	assert.Equal(t, threatdata.Vulnerability{EPSS: -1, CVSS: 8.7}, d.Vulnerability("CVE-2026-44444"))
	assert.Equal(t, "", d.Vulnerability("CVE-2019-0001").Exploited.Fix)
	for _, unknown := range []string{"CVE-2026-55555", "CVE-2026-33333", "CVE-3000-1", "CVE-2026-99999999999", "", "CVE-"} {
		assert.Equal(t, threatdata.Vulnerability{EPSS: -1, CVSS: -1}, d.Vulnerability(unknown), unknown)
	}

	parts := d.Parts()
	assert.Equal(t, time.Date(2026, 11, 19, 15, 0, 1, 500_000_000, time.UTC), parts[threatdata.KEV].Dated)
	assert.Equal(t, time.Date(2026, 11, 19, 0, 0, 0, 0, time.UTC), parts[threatdata.EPSS].Dated)
	assert.Equal(t, 3, parts[threatdata.EPSS].Entries)
	assert.Equal(t, 2, parts[threatdata.KEV].Entries)
	age, _ := d.Age(now().Add(time.Hour))
	assert.Equal(t, time.Hour, age)

	byName := map[string]threatdata.Name{}
	for _, n := range d.Names() {
		byName[n.Name] = n
	}
	assert.Equal(t, threatdata.Name{Name: "Gray Heron", Kind: threatdata.Actor, ID: "G9999", Aliases: []string{"APT999"}}, byName["Gray Heron"])
	assert.Equal(t, threatdata.Name{Name: "LoadStar", Kind: threatdata.Malware, ID: "S9999", Aliases: []string{"Stargate Loader", "Star of Load"}}, byName["LoadStar"])
	assert.Equal(t, threatdata.Name{Name: "Royalty", Kind: threatdata.Malware}, byName["Royalty"])
	assert.NotContains(t, byName, "Gone")
	assert.True(t, byName["Emotet"].Sure, "the built-in table stays")

	heron, head, found, err := attack.Find(filepath.Join(filepath.Dir(path), attack.File), "G9999")
	require.NoError(t, err)
	assert.True(t, found)
	assert.Equal(t, "Gray Heron", heron.Name)
	assert.Equal(t, now(), head.Made)
	assert.Equal(t, 2, parts[threatdata.Attack].Entries)
}

func TestUpdateKeepsWhatCannotBeHad(t *testing.T) {
	path := filepath.Join(t.TempDir(), threatdata.File)
	_, _, err := threatdata.Update(t.Context(), path, threatdata.Options{Folder: folder(t, all()), Now: now()})
	require.NoError(t, err)

	fresh := map[string]string{
		"nvdcve-2.0-2026.json.gz":              strings.ReplaceAll(nvd, "CVE-2026-22222", "CVE-2026-77777"),
		"known_exploited_vulnerabilities.json": "<html>access denied</html>",
	}
	_, left, err := threatdata.Update(t.Context(), path, threatdata.Options{Folder: folder(t, fresh), Now: now().Add(24 * time.Hour)})
	require.NoError(t, err)
	assert.Len(t, left, 5)
	assert.ErrorContains(t, left[0].Why, "not CISA's catalogue")

	d, err := threatdata.Open(path)
	require.NoError(t, err)
	assert.NotNil(t, d.Vulnerability("CVE-2026-11111").Exploited, "the older list stays")
	assert.Equal(t, 9.8, d.Vulnerability("CVE-2026-22222").CVSS, "scores that the feed tells no more stay")
	assert.Equal(t, 9.8, d.Vulnerability("CVE-2026-77777").CVSS)
	age, part := d.Age(now().Add(24 * time.Hour))
	assert.Equal(t, 24*time.Hour, age)
	assert.NotEqual(t, threatdata.CVSS, part)
}

func TestUpdateOfNothingChangesNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), threatdata.File)
	d, left, err := threatdata.Update(t.Context(), path, threatdata.Options{Folder: t.TempDir(), Now: now()})
	require.NoError(t, err)
	assert.Nil(t, d)
	assert.Len(t, left, 5)
	assert.NoFileExists(t, path)
}

// net answers every address with a file of the same name.
type net struct{ files map[string]string }

func (n net) Get(_ context.Context, r fetch.Request) (*fetch.Response, error) {
	for name, text := range n.files {
		if strings.HasSuffix(r.URL, "/"+name) {
			return &fetch.Response{Status: 200, Body: []byte(text)}, nil
		}
	}
	return nil, errors.New("404")
}

func TestUpdateFetches(t *testing.T) {
	path := filepath.Join(t.TempDir(), threatdata.File)
	d, left, err := threatdata.Update(t.Context(), path, threatdata.Options{Getter: net{map[string]string{"known_exploited_vulnerabilities.json": kev}}, Now: now()})
	require.NoError(t, err)
	assert.Len(t, left, 4)
	assert.NotNil(t, d.Vulnerability("CVE-2026-11111").Exploited)
	assert.Contains(t, d.Parts()[threatdata.KEV].From, "https://www.cisa.gov/")
}

func TestOpenWithoutFile(t *testing.T) {
	d, err := threatdata.Open(filepath.Join(t.TempDir(), "none"))
	require.NoError(t, err)
	assert.Equal(t, threatdata.Vulnerability{EPSS: -1, CVSS: -1}, d.Vulnerability("CVE-2026-11111"))
	assert.Empty(t, d.Parts())
	assert.Greater(t, len(d.Names()), 100)
}

func TestOpenDamaged(t *testing.T) {
	dir := folder(t, map[string]string{
		"old.gz":      `{"version":0}`,
		"nojson.gz":   `hello`,
		"cut.gz":      `{"version":1,"epss":{"ids":"AAAA","values":"AA=="}}`,
		"shuffled.gz": `{"version":1,"cvss":{"ids":"AAAACQAAAAE=","values":"AAEAAQ=="}}`,
		"plain":       `{"version":1}`,
	})
	for name, want := range map[string]string{
		"old.gz": "made by another version: run feeder lists update", "nojson.gz": "invalid character", "cut.gz": "damaged", "shuffled.gz": "out of order", "plain": "invalid header",
	} {
		t.Run(name, func(t *testing.T) {
			_, err := threatdata.Open(filepath.Join(dir, name))
			assert.ErrorContains(t, err, want)
		})
	}
}

func TestBuiltinNames(t *testing.T) {
	var none *threatdata.Data
	seen := map[string]bool{}
	for _, n := range none.Names() {
		assert.Contains(t, []threatdata.NameKind{threatdata.Malware, threatdata.Tool, threatdata.Actor}, n.Kind, n.Name)
		if n.ID != "" {
			assert.Regexp(t, `^[SG]\d{4}$`, n.ID)
			assert.Equal(t, n.Kind == threatdata.Actor, n.ID[0] == 'G', "%s: groups are G, software is S", n.Name)
		}
		for _, w := range append([]string{n.Name}, n.Aliases...) {
			assert.False(t, seen[strings.ToLower(w)], "%s twice", w)
			seen[strings.ToLower(w)] = true
		}
	}
}
