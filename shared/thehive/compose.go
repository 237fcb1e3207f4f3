package thehive

import (
	"encoding/json"
	"unicode/utf8"
)

// alertBody is a new alert as the API takes it: version 0 of 4.1 has artifacts
// where TheHive 5 has observables. (4.1's version 1 answers 201 to either, and
// loses them.)
type alertBody struct {
	Type         string           `json:"type"`
	Source       string           `json:"source"`
	SourceRef    string           `json:"sourceRef"`
	Title        string           `json:"title"`
	Description  string           `json:"description"`
	ExternalLink string           `json:"externalLink,omitempty"`
	Severity     int              `json:"severity"`
	TLP          int              `json:"tlp"`
	PAP          int              `json:"pap"`
	Date         int64            `json:"date,omitempty"` // milliseconds
	Tags         []string         `json:"tags,omitempty"`
	Artifacts    []observableBody `json:"artifacts,omitempty"`
	Observables  []observableBody `json:"observables,omitempty"`
	CustomFields any              `json:"customFields,omitempty"` // by name; of version 1 a list
	Procedures   []procedureBody  `json:"procedures,omitempty"`
}

// compose makes the request for a new alert out of a fitted alert and prepared
// observables; those for which it has no room are the rest.
func compose(v Version, a Alert, o optional, observables []Observable) (body alertBody, rest []Observable) {
	body = alertBody{
		Type: a.Type, Source: a.Source, SourceRef: a.SourceRef, Title: a.Title, Description: a.Description,
		ExternalLink: a.ExternalLink, Severity: a.Severity, TLP: tlp(v, a.TLP), PAP: a.PAP, Tags: a.Tags,
	}
	if !a.Date.IsZero() {
		body.Date = a.Date.UnixMilli()
	}
	o.put(v, &body)
	room := maxBody5
	if v.Major < 5 {
		room = maxBody4
		body.Description = cutBytes(body, maxBase4)
	}
	room -= size(body)
	var with []observableBody
	for i, observable := range observables {
		one := observable.body(v)
		room -= size(one) + 1
		if room < 0 || i == maxCreate {
			rest = observables[i:]
			break
		}
		with = append(with, one)
	}
	if v.Major < 5 {
		body.Artifacts = with
	} else {
		body.Observables = with
	}
	return body, rest
}

// cutBytes gives the description short enough for the whole body to have at
// most limit bytes.
func cutBytes(body alertBody, limit int) string {
	for {
		over := size(body) - limit
		if over <= 0 || body.Description == "" {
			return body.Description
		}
		// One character is six bytes of JSON at most, so this cuts too little
		// rather than too much and comes to an end.
		n := utf8.RuneCountInString(body.Description)
		body.Description = cut(body.Description, n-max(over/6, 2))
	}
}

// size is how many bytes a value has as JSON, at most.
func size(v any) int {
	b, err := json.Marshal(v)
	if err != nil { // of plain strings and numbers: cannot be
		return 0
	}
	return len(b)
}
