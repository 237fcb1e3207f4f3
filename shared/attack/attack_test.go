package attack

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The bundle is shaped as ATT&CK 18 is, with invented entries; a data component
// that detects is from before. https://github.com/mitre-attack/attack-stix-data
func bundle(t testing.TB) []byte {
	t.Helper()
	text, err := os.ReadFile("testdata/bundle.json")
	require.NoError(t, err)
	return text
}

func TestRead(t *testing.T) {
	all, err := Read(bundle(t))
	require.NoError(t, err)
	execution, interpreter, shellish := Ref{"TA0902", "Execution"}, Ref{"T9059", "Invented Interpreter"}, Ref{"T9059.001", "Shellish"}
	heron, loader, prevention := Ref{"G9001", "Gray Heron"}, Ref{"S9001", "LoadStar"}, Ref{"M9038", "Execution Prevention"}
	assert.Equal(t, []Entry{
		{Ref: heron, Kind: Group, Aliases: []string{"APT999"}, Techniques: []Ref{interpreter}, Software: []Ref{loader}},
		{Ref: prevention, Kind: Mitigation, Description: "Block the execution of code.", Techniques: []Ref{interpreter}},
		{Ref: loader, Kind: Software, Aliases: []string{"Stargate Loader"}, Techniques: []Ref{interpreter}, Groups: []Ref{heron}},
		{Ref: Ref{"T9001", "Old Way"}, Kind: Technique, Retired: true, Instead: &shellish},
		{Ref: interpreter, Kind: Technique, Platforms: []string{"Windows", "Linux"}, Tactics: []Ref{execution}, Parts: []Ref{shellish},
			Description: "Adversaries may abuse interpreters, such as Shellish, to run commands.\n\nA second paragraph & its end.",
			Mitigations: []Advice{{prevention, "Use application control where appropriate."}}, Groups: []Ref{heron}, Software: []Ref{loader},
			Detections: []Detection{{Ref: Ref{"DET9001", "Behaviour of interpreters"}, Platforms: []string{"Windows"}, How: "An interpreter that a mail program starts.",
				Logs: []string{"WinEventLog:Security (EventCode=4688)", "WinEventLog:Sysmon"}}}},
		{Ref: shellish, Kind: Technique, Tactics: []Ref{execution}, Parent: &interpreter, Detections: []Detection{{Ref: Ref{Name: "Process Creation"}, How: "Monitor for executed processes."}}},
		{Ref: execution, Kind: Tactic, Description: "The adversary is trying to run malicious code.", Techniques: []Ref{interpreter, shellish}},
		{Ref: Ref{"TA0903", "Gone Tactic"}, Kind: Tactic, Retired: true},
	}, all)
}

func TestReadRefuses(t *testing.T) {
	for name, text := range map[string]string{
		"no JSON": "<html>", "half of it": string(bundle(t)[:3000]), "no bundle": `{"type":"identity"}`, "a list": "[]",
		"nothing in it": `{"type":"bundle","objects":[{"type":"identity"}]}`,
	} {
		t.Run(name, func(t *testing.T) {
			all, err := Read([]byte(text))
			require.Error(t, err)
			assert.Empty(t, all)
		})
	}
}

func TestChanged(t *testing.T) {
	assert.Equal(t, time.Date(2026, 10, 28, 14, 0, 0, 0, time.UTC),
		Changed([]byte(`{"objects":[{"modified":"2026-04-22T10:00:00.000Z"},{"modified":"2026-10-28T14:00:00.000Z"},{"modified":"soon"},{}]}`)))
	assert.Zero(t, Changed([]byte("<html>")))
}

func TestSaveAndFind(t *testing.T) {
	all, err := Read(bundle(t))
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "sub", File)
	made := time.Date(2026, 11, 23, 9, 0, 0, 5, time.UTC)
	head := Head{Made: made.Truncate(time.Second), Changed: Changed(bundle(t)), From: "https://example.com/bundle.json"}
	require.NoError(t, Save(path, all, head))
	head.Form, head.Entries = 1, len(all)
	for _, want := range all {
		e, told, found, err := Find(path, want.ID)
		require.NoError(t, err)
		assert.True(t, found)
		assert.Equal(t, want, e)
		assert.Equal(t, head, told)
	}
	for _, absent := range []string{"T9059.0", "T905", "", `"`, "T9059\",\"name\":\""} {
		_, _, found, err := Find(path, absent)
		require.NoError(t, err)
		assert.False(t, found, absent)
	}
}

func TestFindRefuses(t *testing.T) {
	whole := filepath.Join(t.TempDir(), File)
	require.NoError(t, Save(whole, []Entry{{Ref: Ref{ID: "T9059"}}}, Head{}))
	packed, err := os.ReadFile(whole)
	require.NoError(t, err)
	for name, content := range map[string][]byte{"empty": {}, "no gzip": []byte("damaged"), "cut": packed[:len(packed)-12]} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), File)
			require.NoError(t, os.WriteFile(path, content, 0o600))
			_, _, _, err := Find(path, "T9060")
			require.ErrorIs(t, err, ErrDamaged)
			assert.ErrorContains(t, err, path)
		})
	}
	_, _, _, err = Find(filepath.Join(t.TempDir(), "none"), "T9059")
	assert.ErrorIs(t, err, os.ErrNotExist)
}

func TestBuiltin(t *testing.T) {
	e, found := Builtin("T1059.001")
	require.True(t, found)
	assert.Equal(t, Entry{Ref: Ref{"T1059.001", "PowerShell"}, Kind: Technique, Tactics: []Ref{{"TA0002", "Execution"}},
		Parent: &Ref{"T1059", "Command and Scripting Interpreter"}, NameOnly: true}, e)
	e, found = Builtin("TA0112")
	require.True(t, found)
	assert.Equal(t, Entry{Ref: Ref{"TA0112", "Defense Impairment"}, Kind: Tactic, NameOnly: true}, e)
	_, found = Builtin("T1059.099")
	assert.False(t, found)

	var ids []string
	for text := range strings.Lines(builtinText) {
		if strings.HasPrefix(text, "#") {
			continue
		}
		fields := strings.Split(strings.TrimSpace(text), " | ")
		require.Len(t, fields, 3, text)
		assert.NotEmpty(t, KindOf(fields[0]), text)
		e, found := Builtin(fields[0])
		require.True(t, found, text)
		for _, tactic := range e.Tactics {
			assert.NotEmpty(t, tactic.Name, text)
		}
		ids = append(ids, fields[0])
	}
	assert.True(t, slices.IsSorted(ids[15:]), "in the order of their ids, tactics first")
	assert.Equal(t, ids, slices.Compact(slices.Clone(ids)))
}

func TestKindOf(t *testing.T) {
	for id, want := range map[string]Kind{
		"T1059": Technique, "T1059.001": Technique, "TA0002": Tactic, "M1036": Mitigation, "G0007": Group, "S0154": Software,
		"": "", "T": "", "T105": "", "T10599": "", "T1059.": "", "T1059.01": "", "T1059.0012": "", "T1059.001.001": "", "TA0002.001": "",
		"t1059": "", "X1059": "", "T1O59": "", "1059": "", "T1059 ": "",
	} {
		assert.Equal(t, want, KindOf(id), id)
	}
}

func TestPage(t *testing.T) {
	for id, want := range map[string]string{
		"T1059.001": "https://attack.mitre.org/techniques/T1059/001/", "TA0002": "https://attack.mitre.org/tactics/TA0002/",
		"M1038": "https://attack.mitre.org/mitigations/M1038/", "G0016": "https://attack.mitre.org/groups/G0016/",
		"S0154": "https://attack.mitre.org/software/S0154/", "T1059.1": "", "../x": "",
	} {
		assert.Equal(t, want, Page(id), id)
	}
}

func TestCutsAtAWord(t *testing.T) {
	assert.Equal(t, "one two …", cut("one two, three", 10))
	assert.Equal(t, "ÄÄÄÄ …", cut("ÄÄÄÄÄÄ", 4))
	assert.Equal(t, "short", cut("short", 5))
}

func FuzzRead(f *testing.F) {
	f.Add(string(bundle(f)))
	f.Fuzz(func(t *testing.T, text string) {
		all, err := Read([]byte(text))
		if err != nil {
			return
		}
		for _, e := range all {
			if KindOf(e.ID) != e.Kind {
				t.Fatalf("%q is a %s", e.ID, e.Kind)
			}
		}
	})
}

// BenchmarkFind looks for the last of as many entries as ATT&CK has.
func BenchmarkFind(b *testing.B) {
	var all []Entry
	for n := range 2500 {
		all = append(all, Entry{Ref: Ref{ID: "T" + time.Unix(int64(n), 0).UTC().Format("150405"), Name: "An entry"}, Description: strings.Repeat("some words ", 150),
			Detections: slices.Repeat([]Detection{{How: strings.Repeat("see it ", 80)}}, 3)})
	}
	path := filepath.Join(b.TempDir(), File)
	require.NoError(b, Save(path, all, Head{Made: time.Now()}))
	for b.Loop() {
		_, _, found, err := Find(path, all[len(all)-1].ID)
		require.NoError(b, err)
		require.True(b, found)
	}
}
