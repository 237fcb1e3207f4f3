package threatdata

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Known is a vulnerability that CISA knows to be exploited.
// https://www.cisa.gov/known-exploited-vulnerabilities-catalog
type Known struct {
	CVE        string    `json:"cve"`
	Vendor     string    `json:"vendor"`
	Product    string    `json:"product"`
	Added      time.Time `json:"added,omitzero"`
	Due        time.Time `json:"due,omitzero"` // by when CISA demands a fix of the agencies of the United States
	Ransomware bool      `json:"ransomware,omitempty"`
	Fix        string    `json:"fix,omitempty"` // the maker's advisory, if CISA names one
}

// readKEV reads CISA's catalogue in JSON.
// https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities_schema.json
func readKEV(data []byte) (known []Known, dated time.Time, err error) {
	var written struct {
		DateReleased    time.Time `json:"dateReleased"`
		Vulnerabilities []struct {
			CVE        string `json:"cveID"`
			Vendor     string `json:"vendorProject"`
			Product    string `json:"product"`
			Added      string `json:"dateAdded"`
			Due        string `json:"dueDate"`
			Ransomware string `json:"knownRansomwareCampaignUse"`
			Notes      string `json:"notes"`
		} `json:"vulnerabilities"`
	}
	if err := json.Unmarshal(data, &written); err != nil {
		return nil, time.Time{}, fmt.Errorf("not CISA's catalogue: %w", err)
	}
	for _, v := range written.Vulnerabilities {
		if _, ok := packID(v.CVE); !ok {
			continue
		}
		known = append(known, Known{
			CVE: strings.ToUpper(v.CVE), Vendor: short(v.Vendor), Product: short(v.Product),
			Added: day(v.Added), Due: day(v.Due), Ransomware: v.Ransomware == "Known", Fix: advisory(v.Notes),
		})
	}
	if len(known) == 0 {
		return nil, time.Time{}, errors.New("no vulnerability was found in CISA's catalogue")
	}
	return known, written.DateReleased, nil
}

// advisory picks the maker's page out of CISA's notes, which name pages with
// semicolons between them and NVD's last.
func advisory(notes string) string {
	for _, link := range strings.Fields(strings.ReplaceAll(notes, ";", " ")) {
		if strings.HasPrefix(link, "https://") && len(link) < 500 && !strings.HasPrefix(link, "https://nvd.nist.gov/") && !strings.HasPrefix(link, "https://www.cisa.gov/") {
			return link
		}
	}
	return ""
}

// day reads a date; the zero time for what is none.
func day(s string) time.Time {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return time.Time{}
	}
	return t
}

// short bounds a name that came from elsewhere.
func short(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if runes := []rune(s); len(runes) > 80 {
		return string(runes[:80])
	}
	return s
}

func (d *Data) setKnown(all []Known) {
	d.known = make(map[string]Known, len(all))
	for _, k := range all {
		d.known[k.CVE] = k
	}
}

// exploited gives the known exploited vulnerabilities in the order of their ids.
func (d *Data) exploited() []Known {
	out := make([]Known, 0, len(d.known))
	for _, k := range d.known {
		out = append(out, k)
	}
	slices.SortFunc(out, func(a, b Known) int { return strings.Compare(a.CVE, b.CVE) })
	return out
}
