package thehivetest

import (
	"slices"
	"time"

	"github.com/waggle-cti/waggle/shared/thehive"
)

// alert is an alert as the server keeps it; times are in milliseconds.
type alert struct {
	id, typ, source, ref     string
	title, description, link string
	severity, tlp, pap       int
	date, created, updated   int64
	createdBy, updatedBy     string
	tags                     []string
	read, follow             bool
	caseID                   string
	fields                   []field
	techniques               []string // TheHive 5's procedures
	observables              []*observable
}

// field is a custom field's value.
type field struct {
	name, typ string
	value     any
}

type observable struct {
	id                      string
	created, updated        int64
	dataType, data, message string
	file                    *attachment
	tlp                     int
	tags                    []string
	ioc, sighted, unalike   bool
	reports                 object // the taxonomies of analyzers, by name
}

type attachment struct {
	name, contentType string
	hashes            []string
	size              int
	data              []byte
}

type aCase struct {
	id                 string
	number             int
	title, description string
	severity, tlp, pap int
	tags               []string
	created, updated   int64
	resolution         string // of a closed case
	fields             []field
	observables        []*observable
}

// alert finds an alert by its id or natural key.
func (s *Server) alert(id string) *alert {
	for _, a := range s.alerts {
		if a.id == id || a.key() == id {
			return a
		}
	}
	return nil
}

func (s *Server) aCase(id string) *aCase {
	for _, c := range s.cases {
		if c.id == id {
			return c
		}
	}
	return nil
}

func (a *alert) key() string { return a.typ + ";" + a.source + ";" + a.ref }

func (a *alert) status() string {
	switch {
	case a.caseID != "":
		return "Imported"
	case a.read:
		return "Ignored"
	}
	return "New"
}

// hold adds an observable unless there is one like it.
func hold(list []*observable, o *observable) ([]*observable, bool) {
	for _, held := range list {
		if held.like(o) {
			return list, false
		}
	}
	return append(list, o), true
}

func (o *observable) like(other *observable) bool {
	if o.file != nil || other.file != nil {
		return o.file != nil && other.file != nil && o.file.hashes[0] == other.file.hashes[0]
	}
	return o.dataType == other.dataType && o.data == other.data
}

// public gives the values of custom fields by their names, nil without any.
func public(fields []field) map[string]any {
	var out map[string]any
	for _, f := range fields {
		if out == nil {
			out = map[string]any{}
		}
		out[f.name] = f.value
	}
	return out
}

func (a *alert) public() thehive.Alert {
	return thehive.Alert{
		Fields: public(a.fields), Techniques: slices.Clone(a.techniques), ID: a.id, Type: a.typ, Source: a.source, SourceRef: a.ref, Title: a.title, Description: a.description, ExternalLink: a.link,
		Severity: a.severity, TLP: a.tlp, PAP: a.pap, Date: time.UnixMilli(a.date).UTC(), Tags: slices.Clone(a.tags),
		Status: a.status(), Case: a.caseID, Created: time.UnixMilli(a.created).UTC(), Observables: publicAll(a.observables),
	}
}

func publicAll(list []*observable) []thehive.Observable {
	var out []thehive.Observable
	for _, o := range list {
		p := thehive.Observable{ID: o.id, DataType: o.dataType, Data: o.data, Message: o.message, TLP: o.tlp, Tags: slices.Clone(o.tags),
			IOC: o.ioc, Sighted: o.sighted}
		if o.file != nil {
			p.Attachment = &thehive.Attachment{ID: o.file.hashes[0], Name: o.file.name, Hashes: slices.Clone(o.file.hashes)}
		}
		out = append(out, p)
	}
	return out
}
