package threatdata

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/waggle-cti/waggle/shared/attack"
	"github.com/waggle-cti/waggle/shared/fetch"
)

// Limits, in bytes. ATT&CK has some 50 MB, a year of NVD 20 packed and 200 not.
const (
	MaxFetch    = 256 << 20 // of one file as fetched
	maxUnpacked = 1 << 30
)

// Getter fetches public addresses; *fetch.Client is one.
type Getter interface {
	Get(ctx context.Context, r fetch.Request) (*fetch.Response, error)
}

// Options say where to take the data from.
type Options struct {
	Getter Getter
	Now    time.Time
	// Folder holds the files for a network without way out, named as at their
	// publishers; what it lacks stays as it was. "" = they are fetched.
	Folder string
}

// Left is a part that could not be made anew, and why. What the file held of
// it before is still there.
type Left struct {
	Part string
	Why  error
}

// place is a file that a part is made of.
type place struct{ part, url string }

// places are the publishers' own addresses.
func places(now time.Time) []place {
	const (
		galaxies = "https://raw.githubusercontent.com/MISP/misp-galaxy/main/clusters/"
		nvd      = "https://nvd.nist.gov/feeds/json/cve/2.0/nvdcve-2.0-"
	)
	return []place{
		// https://www.cisa.gov/known-exploited-vulnerabilities-catalog
		{KEV, "https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json"},
		// https://www.first.org/epss/data_stats
		{EPSS, "https://epss.empiricalsecurity.com/epss_scores-current.csv.gz"},
		// https://nvd.nist.gov/vuln/data-feeds: two years, and what changed of all others
		{CVSS, nvd + fmt.Sprint(now.Year()-1) + ".json.gz"},
		{CVSS, nvd + fmt.Sprint(now.Year()) + ".json.gz"},
		{CVSS, nvd + "modified.json.gz"},
		{Names, enterprise},
		{Names, galaxies + "threat-actor.json"},
		{Names, galaxies + "ransomware.json"},
		{Names, galaxies + "malpedia.json"},
		{Names, galaxies + "tool.json"},
		{Attack, enterprise},
	}
}

// enterprise is ATT&CK's matrix of enterprises.
// https://github.com/mitre-attack/attack-stix-data
const enterprise = "https://raw.githubusercontent.com/mitre-attack/attack-stix-data/master/enterprise-attack/enterprise-attack.json"

// Update makes the file at path anew. Each part that can be had takes the
// place of the older one; scores of vulnerabilities that the feeds tell no more
// are kept. A part that cannot be had is named in left, and does not hold up
// the others. The error is of the file itself; then nothing has changed.
func Update(ctx context.Context, path string, o Options) (d *Data, left []Left, err error) {
	old, err := Open(path)
	if err != nil {
		old = nil // whatever is wrong with it, it is made anew
	}
	if o.Now.IsZero() {
		o.Now = time.Now()
	}
	g := &gathering{Options: o, beside: filepath.Dir(path)}
	if old != nil {
		g.data = *old
	}
	g.data.parts = maps.Clone(g.data.parts)
	if g.data.parts == nil {
		g.data.parts = map[string]Part{}
	}
	for _, part := range AllParts() {
		if err := g.part(ctx, part); err != nil {
			left = append(left, Left{part, err})
		}
	}
	if !g.changed {
		return old, left, nil
	}
	if err := g.data.save(path); err != nil {
		return nil, left, fmt.Errorf("writing the threat data: %w", err)
	}
	return &g.data, left, nil
}

// gathering is what was gathered so far.
type gathering struct {
	Options
	beside  string // the folder of the file
	data    Data
	changed bool

	enterprise []byte // which two parts are made of, once it was read
}

// part makes one part of all its files. A file that cannot be had leaves the
// part without it if another can be, and is told all the same.
func (g *gathering) part(ctx context.Context, part string) error {
	var texts [][]byte
	var from []string
	var errs []error
	for _, p := range places(g.Now) {
		if p.part != part {
			continue
		}
		text, err := g.read(ctx, p.url)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", filepath.Base(p.url), err))
			continue
		}
		texts, from = append(texts, text), append(from, p.url)
	}
	if len(texts) == 0 {
		return errors.Join(errs...)
	}
	about := Part{From: strings.Join(from, " "), Fetched: g.Now.UTC().Truncate(time.Second)}
	var err error
	switch part {
	case KEV:
		err = g.kev(texts[0], &about)
	case EPSS:
		err = g.epss(texts[0], &about)
	case CVSS:
		err = g.cvss(texts, &about)
	case Names:
		err = g.names(texts, &about)
	case Attack:
		err = g.attack(texts[0], &about)
	}
	if about.Entries > 0 {
		g.data.parts[part], g.changed = about, true
	}
	return errors.Join(append(errs, err)...)
}

// read gives a file of the folder, else of its publisher.
func (g *gathering) read(ctx context.Context, url string) (text []byte, err error) {
	if url == enterprise && g.enterprise != nil {
		return g.enterprise, nil
	}
	if g.Folder != "" {
		text, err = os.ReadFile(filepath.Join(g.Folder, filepath.Base(url)))
	} else {
		text, err = g.fetch(ctx, url)
	}
	if url == enterprise {
		g.enterprise = text
	}
	return text, err
}

func (g *gathering) fetch(ctx context.Context, url string) ([]byte, error) {
	answer, err := g.Getter.Get(ctx, fetch.Request{URL: url, Accept: "*/*", MaxBody: MaxFetch})
	if err != nil {
		return nil, err
	}
	return answer.Body, nil
}

func (g *gathering) kev(text []byte, about *Part) error {
	known, dated, err := readKEV(text)
	if err != nil {
		return err
	}
	g.data.setKnown(known)
	about.Dated, about.Entries = dated, len(known)
	return nil
}

func (g *gathering) epss(text []byte, about *Part) error {
	r, err := unpack(text)
	if err != nil {
		return err
	}
	found, dated, err := readEPSS(r)
	if err != nil {
		return err
	}
	g.data.epss = found
	about.Dated, about.Entries = dated, found.size()
	return nil
}

func (g *gathering) cvss(texts [][]byte, about *Part) error {
	list := g.data.cvss.list()
	var errs []error
	for _, text := range texts {
		r, err := unpack(text)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		found, err := readNVD(r)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		list = append(list, found...)
	}
	if len(errs) == len(texts) {
		return errors.Join(errs...)
	}
	g.data.cvss = packScores(list)
	about.Entries = g.data.cvss.size()
	return errors.Join(errs...)
}

func (g *gathering) names(texts [][]byte, about *Part) error {
	var lists [][]Name
	var errs []error
	for _, text := range texts {
		found, err := readNames(text)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		lists = append(lists, found)
	}
	if len(lists) == 0 {
		return errors.Join(errs...)
	}
	g.data.names = merge(lists...)
	about.Entries = len(g.data.names)
	return errors.Join(errs...)
}

// attack writes what the ids mean into a file of their own: a worker reads it
// that has no use for the rest.
func (g *gathering) attack(text []byte, about *Part) error {
	entries, err := attack.Read(text)
	if err == nil {
		err = attack.Save(filepath.Join(g.beside, attack.File), entries, attack.Head{Made: g.Now, Changed: attack.Changed(text), From: enterprise})
	}
	if err == nil {
		about.Entries = len(entries)
	}
	return err
}

// unpack reads a file that may be packed.
func unpack(text []byte) (io.Reader, error) {
	if !bytes.HasPrefix(text, []byte("\x1f\x8b")) {
		return bytes.NewReader(text), nil
	}
	r, err := gzip.NewReader(bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	return io.LimitReader(r, maxUnpacked), nil
}

// Age is how old the oldest of the parts is, and which; zero without data.
func (d *Data) Age(now time.Time) (age time.Duration, part string) {
	for _, name := range slices.Sorted(maps.Keys(d.Parts())) {
		if a := now.Sub(d.Parts()[name].Fetched); part == "" || a > age {
			age, part = a, name
		}
	}
	return age, part
}
