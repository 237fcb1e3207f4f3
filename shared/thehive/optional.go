package thehive

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/waggle-cti/waggle/shared/upstream"
)

// forgetAfter is how long a custom field that TheHive lacked is left out: an
// administrator may make it meanwhile.
const forgetAfter = time.Hour

// noField is TheHive's refusal of a custom field, which undoes the whole alert:
// 404 {"type":"NotFoundError","message":"CustomField x not found"}.
var noField = regexp.MustCompile(`^CustomField (.+) not found`)

// pattern is how TheHive speaks of ATT&CK's techniques.
var pattern = regexp.MustCompile(`(?i)pattern|procedure`)

// procedureBody is a technique of ATT&CK as TheHive 5 takes it with an alert.
type procedureBody struct {
	PatternID string `json:"patternId"`
	OccurDate int64  `json:"occurDate"` // milliseconds
}

// fieldBody is a custom field's value as version 1 of the API takes it.
type fieldBody struct {
	Name  string `json:"name"`
	Value any    `json:"value"`
}

// optional is what of an alert may be left out where TheHive does not know it.
type optional struct {
	fields     map[string]any
	techniques []string
	date       time.Time
}

// optionalOf gives what may be left out, without what TheHive is known to lack.
func (c *Client) optionalOf(v Version, a Alert) optional {
	o := optional{fields: maps.Clone(a.Fields), date: a.Date}
	c.mu.Lock()
	defer c.mu.Unlock()
	for name, at := range c.lacking {
		if time.Since(at) < forgetAfter {
			delete(o.fields, name)
		}
	}
	if v.Major >= 5 { // version 0 of the API has no procedures
		o.techniques = a.Techniques
	}
	return o
}

// without takes out what TheHive refused, and tells whether that was something
// of these: then the rest is worth another try.
func (c *Client) without(o *optional, refused error) bool {
	kind, message := refusal(refused)
	if len(o.fields) > 0 && strings.HasPrefix(message, "Invalid value type for custom field") {
		// It does not say which of them is of another type.
		c.lack(slices.Collect(maps.Keys(o.fields))...)
		o.fields = nil
		return true
	}
	if m := noField.FindStringSubmatch(message); m != nil {
		if _, sent := o.fields[m[1]]; !sent {
			return false
		}
		delete(o.fields, m[1])
		c.lack(m[1])
		return true
	}
	// Techniques are refused where ATT&CK's catalogue was not imported.
	if len(o.techniques) > 0 && kind != "CreateError" && pattern.MatchString(message) && !upstream.Temporary(refused) {
		o.techniques = nil
		return true
	}
	return false
}

// lack notes custom fields that TheHive does not take.
func (c *Client) lack(names ...string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.lacking == nil {
		c.lacking = map[string]time.Time{}
	}
	for _, name := range names {
		c.lacking[name] = time.Now()
	}
}

// put adds what is optional to a request.
func (o optional) put(v Version, body *alertBody) {
	names := slices.Sorted(maps.Keys(o.fields))
	switch {
	case len(names) == 0:
	case v.Major < 5:
		body.CustomFields = o.fields
	default:
		list := make([]fieldBody, len(names))
		for i, name := range names {
			list[i] = fieldBody{name, o.fields[name]}
		}
		body.CustomFields = list
	}
	for _, id := range o.techniques {
		body.Procedures = append(body.Procedures, procedureBody{id, o.date.UnixMilli()})
	}
}
