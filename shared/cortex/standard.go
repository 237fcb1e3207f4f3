package cortex

import (
	"encoding/json"
	"reflect"
	"time"
)

// standard is the configuration that Cortex adds to every worker. jobCache is
// left out: it is Cortex' alone.
type standard struct {
	CheckTLP    bool    `cortex:"check_tlp" default:"true" description:"refuse jobs above max_tlp"`
	MaxTLP      int     `cortex:"max_tlp" description:"highest TLP, 0 to 4"`
	CheckPAP    bool    `cortex:"check_pap" default:"true" description:"refuse jobs above max_pap"`
	MaxPAP      int     `cortex:"max_pap" description:"highest PAP, 0 to 3"`
	ProxyHTTP   string  `cortex:"proxy_http" description:"proxy for http addresses"`
	ProxyHTTPS  string  `cortex:"proxy_https" description:"proxy for https addresses"`
	CACerts     string  `cortex:"cacerts" text:"true" description:"certificate authorities to trust besides the usual ones, PEM"`
	JobTimeout  float64 `cortex:"jobTimeout" default:"30" description:"minutes until the job is given up"`
	AutoExtract bool    `cortex:"auto_extract_artifacts" default:"false" description:"add the indicators found in the report as artifacts"`
}

func standardFields() []field {
	fields, err := fieldsOf(reflect.TypeFor[standard]())
	if err != nil {
		panic(err) // the struct above is wrong, which every test would show
	}
	return fields
}

// standardConfig reads the items that every worker has.
func (w *Worker) standardConfig(config map[string]json.RawMessage) (standard, error) {
	s := standard{MaxTLP: *w.MaxTLP, MaxPAP: *w.MaxPAP}
	if err := decode(reflect.ValueOf(&s).Elem(), standardFields(), config); err != nil {
		return standard{}, w.badConfig(err)
	}
	if s.MaxTLP < 0 || s.MaxTLP > MaxTLP {
		return standard{}, badInput("configuration: max_tlp is %d and must be 0 (CLEAR) to %d (RED)", s.MaxTLP, MaxTLP)
	}
	if s.MaxPAP < 0 || s.MaxPAP > MaxPAP {
		return standard{}, badInput("configuration: max_pap is %d and must be 0 (CLEAR) to %d (RED)", s.MaxPAP, MaxPAP)
	}
	var nested struct{ HTTP, HTTPS string }
	if raw := config["proxy"]; !unset(raw) {
		if err := json.Unmarshal(raw, &nested); err != nil {
			return standard{}, badInput("configuration: proxy must be an object whose http and https are strings")
		}
	}
	s.ProxyHTTP = orDefault(s.ProxyHTTP, nested.HTTP)
	s.ProxyHTTPS = orDefault(s.ProxyHTTPS, nested.HTTPS)
	return s, nil
}

// The time a worker has. Cortex throws away what is written after the job's
// timeout, and counts from before the container is made, so we stop earlier.
const (
	defaultTimeout = 30 * time.Minute
	maxTimeout     = 24 * time.Hour
	maxMargin      = 15 * time.Second
	marginPart     = 10 // one tenth
)

// timeout is Cortex' limit; limit is ours.
func (s standard) timeout() time.Duration {
	d := time.Duration(min(s.JobTimeout, maxTimeout.Minutes()) * float64(time.Minute))
	if d <= 0 {
		return defaultTimeout
	}
	return d
}

func (s standard) limit() time.Duration {
	t := s.timeout()
	return t - min(t/marginPart, maxMargin)
}
