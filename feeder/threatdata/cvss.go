package threatdata

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
)

// cvssMetric is a CVSS score as NVD has it. Who scored is "Primary" for NVD
// itself, else "Secondary".
type cvssMetric struct {
	Type string `json:"type"`
	Data struct {
		Score float64 `json:"baseScore"`
	} `json:"cvssData"`
}

// nvdRecord is the part of an NVD record that is read.
// https://csrc.nist.gov/schema/nvd/api/2.0/cve_api_json_2.0.schema
type nvdRecord struct {
	CVE struct {
		ID      string `json:"id"`
		Metrics struct {
			V40 []cvssMetric `json:"cvssMetricV40"`
			V31 []cvssMetric `json:"cvssMetricV31"`
			V30 []cvssMetric `json:"cvssMetricV30"`
			V2  []cvssMetric `json:"cvssMetricV2"`
		} `json:"metrics"`
	} `json:"cve"`
}

// readNVD reads one of NVD's feeds, record by record, since a year's feed is
// some hundred megabytes. https://nvd.nist.gov/vuln/data-feeds
func readNVD(r io.Reader) ([]scored, error) {
	d := json.NewDecoder(r)
	if err := skipTo(d, "vulnerabilities"); err != nil {
		return nil, fmt.Errorf("not a feed of NVD: %w", err)
	}
	var list []scored
	for d.More() {
		var record nvdRecord
		if err := d.Decode(&record); err != nil {
			return nil, fmt.Errorf("not a feed of NVD: %w", err)
		}
		id, ok := packID(record.CVE.ID)
		score, scoredAtAll := record.score()
		if ok && scoredAtAll {
			list = append(list, scored{id, uint16(math.Round(score * cvssScale))})
		}
	}
	if len(list) == 0 {
		return nil, errors.New("no score was found in NVD's feed")
	}
	return list, nil
}

// score takes the scoring that is most in use; within it NVD's own.
func (r nvdRecord) score() (float64, bool) {
	m := r.CVE.Metrics
	for _, list := range [][]cvssMetric{m.V31, m.V30, m.V40, m.V2} {
		best, found := 0.0, false
		for _, one := range list {
			if s := one.Data.Score; s >= 0 && s <= 10 && (!found || one.Type == "Primary") {
				best, found = s, true
			}
		}
		if found {
			return best, true
		}
	}
	return 0, false
}

// skipTo reads on until the list of a top-level key begins.
func skipTo(d *json.Decoder, key string) error {
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return errors.Join(errors.New("no JSON object"), err)
	}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return err
		}
		if name == key {
			if t, err := d.Token(); err != nil || t != json.Delim('[') {
				return errors.Join(fmt.Errorf("%s is no list", key), err)
			}
			return nil
		}
		var passed json.RawMessage
		if err := d.Decode(&passed); err != nil {
			return err
		}
	}
	return fmt.Errorf("no %s in it", key)
}
