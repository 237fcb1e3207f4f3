package thehivetest

import (
	"maps"
	"strconv"
)

// The entities as version 0 and 1 of the API show them; five adds what TheHive
// 5's OpenAPI requires beside.

func (a *alert) v0() object {
	artifacts := make([]object, 0, len(a.observables))
	for _, o := range a.observables {
		artifacts = append(artifacts, o.v0())
	}
	fields := object{}
	for _, f := range a.fields {
		fields[f.name] = object{f.typ: f.value}
	}
	return object{
		"_id": a.id, "id": a.id, "createdBy": a.createdBy, "updatedBy": orNull(a.updatedBy), "createdAt": a.created, "updatedAt": orNull(a.updated),
		"_type": "alert", "type": a.typ, "source": a.source, "sourceRef": a.ref, "externalLink": orNull(a.link), "case": orNull(a.caseID),
		"title": a.title, "description": a.description, "severity": a.severity, "date": a.date, "tags": list(a.tags), "tlp": a.tlp, "pap": a.pap,
		"status": a.status(), "follow": a.follow, "customFields": fields, "caseTemplate": nil, "artifacts": artifacts, "similarCases": []any{},
	}
}

func (a *alert) v1(five bool) object {
	out := object{
		"_id": a.id, "_type": "Alert", "_createdBy": a.createdBy, "_createdAt": a.created, "type": a.typ, "source": a.source, "sourceRef": a.ref,
		"title": a.title, "description": a.description, "severity": a.severity, "date": a.date, "tags": list(a.tags), "tlp": a.tlp, "pap": a.pap,
		"follow": a.follow, "customFields": fieldsV1(a.fields), "observableCount": len(a.observables), "extraData": object{},
	}
	set(out, "_updatedBy", a.updatedBy)
	set(out, "_updatedAt", a.updated)
	set(out, "externalLink", a.link)
	set(out, "caseId", a.caseID)
	if !five {
		out["read"] = a.read
		return out
	}
	maps.Copy(out, object{"severityLabel": "HIGH", "tlpLabel": "AMBER", "papLabel": "AMBER", "status": a.status(), "stage": a.status(),
		"newDate": a.created, "timeToDetect": 0})
	return out
}

func (o *observable) v0() object {
	out := object{
		"_id": o.id, "id": o.id, "createdBy": feederLogin, "createdAt": o.created, "_type": "case_artifact", "dataType": o.dataType,
		"startDate": o.created, "tlp": o.tlp, "tags": list(o.tags), "ioc": o.ioc, "sighted": o.sighted, "reports": o.shortReports(), "stats": object{},
	}
	o.rest(out)
	return out
}

// changedV0 is an observable after a change, with who made it and when.
func (o *observable) changedV0() object {
	out := o.v0()
	out["updatedBy"], out["updatedAt"] = feederLogin, o.updated
	return out
}

func (o *observable) v1(five bool) object {
	out := object{
		"_id": o.id, "_type": "Observable", "_createdBy": feederLogin, "_createdAt": o.created, "dataType": o.dataType, "startDate": o.created,
		"tlp": o.tlp, "tags": list(o.tags), "ioc": o.ioc, "sighted": o.sighted, "reports": o.shortReports(), "extraData": object{},
	}
	o.rest(out)
	if o.updated != 0 {
		out["_updatedBy"], out["_updatedAt"] = feederLogin, o.updated
	}
	if five {
		maps.Copy(out, object{"tlpLabel": "AMBER", "pap": 2, "papLabel": "AMBER", "ignoreSimilarity": o.unalike, "external": false})
	}
	return out
}

// rest adds what an observable shows only if it has it.
func (o *observable) rest(out object) {
	if o.file == nil {
		out["data"] = o.data
	} else {
		out["attachment"] = object{"name": o.file.name, "hashes": o.file.hashes, "size": o.file.size, "contentType": o.file.contentType, "id": o.file.hashes[0]}
	}
	set(out, "message", o.message)
	set(out, "ignoreSimilarity", o.unalike)
}

func (c *aCase) v0() object {
	fields := object{}
	for _, f := range c.fields {
		fields[f.name] = object{f.typ: f.value, "order": 0}
	}
	return object{
		"_id": c.id, "id": c.id, "createdBy": feederLogin, "updatedBy": nil, "createdAt": c.created, "updatedAt": nil, "_type": "case", "caseId": c.number,
		"title": c.title, "description": c.description, "severity": c.severity, "startDate": c.created, "endDate": nil, "impactStatus": nil,
		"resolutionStatus": nil, "tags": list(c.tags), "flag": false, "tlp": c.tlp, "pap": c.pap, "status": "Open", "summary": nil, "owner": feederLogin,
		"customFields": fields, "stats": object{}, "permissions": permissions(),
	}
}

func (c *aCase) v1(five bool) object {
	out := object{
		"_id": c.id, "_type": "Case", "_createdBy": feederLogin, "_createdAt": c.created, "number": c.number, "title": c.title,
		"description": c.description, "severity": c.severity, "startDate": c.created, "tags": list(c.tags), "flag": false, "tlp": c.tlp,
		"pap": c.pap, "status": "Open", "assignee": feederLogin, "customFields": fieldsV1(c.fields), "extraData": object{},
	}
	if five {
		maps.Copy(out, object{"severityLabel": "HIGH", "tlpLabel": "AMBER", "papLabel": "AMBER", "status": "New", "stage": "New",
			"access": object{"_kind": "OrganisationAccessKind"}, "newDate": c.created, "timeToDetect": 0})
	}
	set(out, "_updatedAt", c.updated)
	switch {
	case c.resolution == "":
	case five:
		out["status"], out["stage"] = c.resolution, "Closed"
	default:
		out["status"], out["resolutionStatus"] = "Resolved", c.resolution
	}
	return out
}

func fieldsV1(fields []field) []object {
	out := make([]object, 0, len(fields))
	for i, f := range fields {
		out = append(out, object{"_id": "~field-" + strconv.Itoa(i), "name": f.name, "description": f.name, "type": f.typ, "value": f.value, "order": 0})
	}
	return out
}

// set adds a key that is shown only with a value.
func set[T comparable](out object, key string, value T) {
	if none := *new(T); value != none {
		out[key] = value
	}
}

func orNull[T comparable](value T) any {
	if none := *new(T); value == none {
		return nil
	}
	return value
}

// list is a list that is never null.
func list(in []string) []string {
	if in == nil {
		return []string{}
	}
	return in
}

// shortReports are what analyzers said of an observable.
func (o *observable) shortReports() object {
	if o.reports == nil {
		return object{}
	}
	return o.reports
}
