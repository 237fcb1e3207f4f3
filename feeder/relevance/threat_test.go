package relevance_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/feeder/relevance"
	"github.com/waggle-cti/waggle/feeder/threatdata"
	"github.com/waggle-cti/waggle/feeder/waggle"
)

// threats compiles a small set of threat data.
func threats(t *testing.T) *threatdata.Data {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"known_exploited_vulnerabilities.json": `{"vulnerabilities":[
			{"cveID":"CVE-2026-11111","vendorProject":"Microsoft","product":"Exchange Server","dateAdded":"2026-11-18","dueDate":"2026-12-09","knownRansomwareCampaignUse":"Known","notes":"https://vendor.example/advisory/1 ;"},
			{"cveID":"CVE-2026-10000","vendorProject":"Example","product":"CMS","dateAdded":"2026-01-01","dueDate":"2026-01-22","knownRansomwareCampaignUse":"Unknown"}]}`,
		"epss_scores-current.csv.gz": "CVE-2026-22222,0.31,0.9\nCVE-2026-33333,0.0001,0.1\n",
		"nvdcve-2.0-2026.json.gz":    `{"vulnerabilities":[{"cve":{"id":"CVE-2026-22222","metrics":{"cvssMetricV31":[{"type":"Primary","cvssData":{"baseScore":9.8}}]}}},{"cve":{"id":"CVE-2026-33333","metrics":{"cvssMetricV31":[{"type":"Primary","cvssData":{"baseScore":3.1}}]}}}]}`,
		"ransomware.json":            `{"type":"ransomware","values":[{"value":"Regal"},{"value":"StarLock","meta":{"synonyms":["Star Lock","EnCrypt","AnDROid","Group 13"]}}]}`,
	} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	d, _, err := threatdata.Update(t.Context(), filepath.Join(t.TempDir(), threatdata.File), threatdata.Options{Folder: dir, Now: now()})
	require.NoError(t, err)
	return d
}

func TestKnownVulnerabilities(t *testing.T) {
	profile := parse(t, "name: ours\nproducts:\n- {vendor: Microsoft, name: Exchange, aliases: [Exchange Server]}\n").With(threats(t), nil)
	for name, c := range map[string]struct {
		text string
		says []string
		not  string
	}{
		"exploited, and ours": {"Flaw CVE-2026-11111 found.", []string{
			"CVE-2026-11111 is in Microsoft Exchange, which you use", "CVE-2026-11111 is exploited: on CISA's list since 2026-11-18", "ransomware gangs exploit CVE-2026-11111",
		}, "EPSS"},
		"exploited, not ours": {"Flaw CVE-2026-10000 found.", []string{"CVE-2026-10000 is exploited"}, "which you use"},
		"likely and critical": {"Flaw CVE-2026-22222 found.", []string{"CVE-2026-22222 is likely to be exploited within 30 days: EPSS says 31 %", "CVE-2026-22222 is critical: CVSS 9.8"}, "CISA"},
		"of no concern":       {"Flaw CVE-2026-33333 found.", []string{"1 vulnerability with a CVE id"}, "CVSS"},
		"unknown":             {"Flaw CVE-2026-44444 found.", []string{"1 vulnerability with a CVE id"}, "CVE-2026-44444"},
	} {
		t.Run(name, func(t *testing.T) {
			p, f := post("News", c.text)
			j := profile.Judge(p, f, 0, now())
			assertAddsUp(t, j)
			for _, want := range c.says {
				assert.Contains(t, texts(j), want)
			}
			assert.NotContains(t, texts(j), c.not)
		})
	}
}

func TestExploitedVulnerabilitySaysWhatToDo(t *testing.T) {
	p, f := post("News", "Flaw CVE-2026-11111 found.")
	j := parse(t, "name: ours\n").With(threats(t), nil).Judge(p, f, 0, now())
	assert.Equal(t, []string{"Fix CVE-2026-11111 in Microsoft Exchange Server by 2026-12-09, the date that CISA sets the agencies of the United States."}, does(j))
	for _, r := range j.Reasons {
		if r.Do != "" {
			assert.Equal(t, "https://vendor.example/advisory/1", r.Link)
		}
	}
	assert.Contains(t, tagsOf(j), "waggle:kev")
}

func TestARoundupIsAboutNoVulnerabilityInParticular(t *testing.T) {
	profile := parse(t, "name: ours\n").With(threats(t), nil)
	one, f := post("News", "Flaw CVE-2026-11111 found.")
	alone := profile.Judge(one, f, 0, now()).Score
	many, f := post("News", "Flaws CVE-2026-11111 "+strings.Join([]string{"CVE-2026-90001", "CVE-2026-90002", "CVE-2026-90003", "CVE-2026-90004", "CVE-2026-90005", "CVE-2026-90006"}, " "))
	assert.Less(t, profile.Judge(many, f, 0, now()).Score, alone)
}

func TestMissingDataCountsForNothing(t *testing.T) {
	profile := parse(t, "name: ours\n")
	p, f := post("CVE-2026-22222 in ExampleCMS", "It is grave.")
	without := profile.Judge(p, f, 0, now())
	assert.LessOrEqual(t, without.Score, profile.With(threats(t), nil).Judge(p, f, 0, now()).Score)
	for _, r := range without.Reasons {
		assert.GreaterOrEqual(t, r.Points, 0, r.Text)
	}
}

func TestNames(t *testing.T) {
	profile := parse(t, "name: ours\n").With(threats(t), nil)
	for name, c := range map[string]struct {
		text string
		tags []string
	}{
		"built in":                               {"Mails bring EMOTET.", []string{"waggle:malware=Emotet", "waggle:attack=S0367"}},
		"by an alias":                            {"ALPHV claims a victim.", []string{"waggle:malware=BlackCat", "waggle:attack=S1068"}},
		"an actor":                               {"Midnight Blizzard phishes diplomats.", []string{"waggle:actor=APT29", "waggle:attack=G0016"}},
		"of a list":                              {"The StarLock locker.", []string{"waggle:malware=StarLock"}},
		"an ordinary word":                       {"The regal family opened a library.", nil},
		"an ordinary word, big":                  {"Regal Mail opened an office.", nil},
		"with its kind beside":                   {"The Regal ransomware is back.", []string{"waggle:malware=Regal"}},
		"two words, small":                       {"A star lock shines.", nil},
		"an ordinary word, small, beside a kind": {"A regal group of hackers.", nil},
		"a word that is never a name":            {"New Android malware.", nil},
		"a word with odd capitals":               {"Encrypt your disks.", nil},
		"odd capitals as in the name":            {"EnCrypt locks files.", []string{"waggle:malware=StarLock"}},
		"one word small":                         {"The Star lock shines.", nil},
		"a number":                               {"Group 13 of the hackers.", nil},
		"part of a word":                         {"Emotets", nil},
	} {
		t.Run(name, func(t *testing.T) {
			p, f := post("News", c.text)
			j := profile.Judge(p, f, 0, now())
			assertAddsUp(t, j)
			assert.Equal(t, c.tags, tagsOf(j))
		})
	}
}

func TestNamesInPassingGiveNoTags(t *testing.T) {
	p, f := post("News", strings.Repeat("All is quiet here. ", 200)+"Once there was Emotet.")
	j := parse(t, "name: ours\n").Judge(p, f, 0, now())
	assert.Contains(t, texts(j), "mentions Emotet, known malware (ATT&CK S0367)")
	assert.Empty(t, tagsOf(j))
}

func TestLearnt(t *testing.T) {
	p, f := post("A title", "and a text")
	learnt := func(text string) (int, string) {
		assert.Equal(t, "A title\n\n\nand a text", text)
		return -8, "looks like posts your team passed over"
	}
	j := parse(t, "name: ours\n").With(nil, learnt).Judge(p, f, 0, now())
	assert.Contains(t, texts(j), "looks like posts your team passed over")
	assertAddsUp(t, j)
}

func TestScriptsWithoutSpaces(t *testing.T) {
	profile := parse(t, "name: ours\nproducts:\n- {name: 勤怠管理}\nrules:\n  block:\n  - {name: 宣伝, words: [セミナー開催]}\n")
	p, f := post("勤怠管理システムの脆弱性、ゼロデイ攻撃で悪用を確認", "")
	j := profile.Judge(p, f, 0, now())
	for _, want := range []string{"勤怠管理, which you use", "a zero-day", "a vulnerability", "exploitation in the wild"} {
		assert.Contains(t, texts(j), want)
	}
	assert.True(t, j.Keep)
	p, f = post("ランサムウェアの被害が広がる", "")
	assert.Contains(t, texts(profile.Judge(p, f, 0, now())), "the title speaks of ransomware")
	p, f = post("無料セミナー開催のお知らせ", "")
	assert.Equal(t, `Dropped by rule "宣伝": the title has "セミナー開催".`, profile.Judge(p, f, 0, now()).Why)
}

func TestLanguages(t *testing.T) {
	profile := parse(t, "name: ours\nlanguages: [en, de]\n")
	for name, c := range map[string]struct{ text, language string }{
		"English":       {"The attackers have used a flaw in the server and it is not clear that they have left the network of the victim.", ""},
		"German":        {"Die Angreifer haben eine Lücke in dem Server ausgenutzt und es ist nicht klar, ob sie das Netz der Firma verlassen haben.", ""},
		"French":        {"Les attaquants ont utilisé une faille dans le serveur et il n'est pas certain que le réseau de la société soit sûr pour les clients.", "French"},
		"Spanish":       {"Los atacantes usaron una falla en el servidor y no se sabe si la red de la empresa es segura para los clientes.", "Spanish"},
		"Japanese":      {"攻撃者はサーバーの脆弱性を悪用し、社内のネットワークに侵入したとみられる。", "Japanese"},
		"Chinese":       {"攻击者利用服务器中的漏洞入侵了公司的内部网络，目前尚不清楚是否已经离开。", "Chinese"},
		"Korean":        {"공격자는 서버의 취약점을 악용하여 회사 내부 네트워크에 침입한 것으로 보인다.", "Korean"},
		"Russian":       {"Злоумышленники использовали уязвимость в сервере и проникли в сеть компании через неё.", "Russian"},
		"Ukrainian":     {"Зловмисники використали вразливість у сервері та проникли до мережі компанії через її вузол.", "Ukrainian"},
		"only a number": {"203.0.113.7 203.0.113.8", ""},
		"too short":     {"Faille critique", ""},
	} {
		t.Run(name, func(t *testing.T) {
			p, f := post("", c.text)
			said := texts(profile.Judge(p, f, 0, now()))
			if c.language == "" {
				assert.NotContains(t, said, "written in")
			} else {
				assert.Contains(t, said, "written in "+c.language+", which your profile does not list")
			}
		})
	}
	_, err := relevance.Parse("ours.yaml", []byte("name: ours\nlanguages: [klingon]\n"))
	assert.ErrorContains(t, err, `ours.yaml:2: "klingon" is no language that is told apart: use one of ar, de,`)
}

func does(j waggle.Judgement) (out []string) {
	for _, r := range j.Reasons {
		if r.Do != "" {
			out = append(out, r.Do)
		}
	}
	return out
}

func tagsOf(j waggle.Judgement) (out []string) {
	for _, r := range j.Reasons {
		out = append(out, r.Tags...)
	}
	return out
}
