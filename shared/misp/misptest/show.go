package misptest

import "strconv"

// show is an event as MISP gives it after a write or a view: ids and numbers as
// strings, deleted attributes left out.
func (s *Server) show(e *event) object { return s.showWith(e, false) }

// showWith shows what was deleted as well, where that is asked for.
func (s *Server) showWith(e *event, deleted bool) object {
	published := "0"
	if e.published {
		published = itoa(e.timestamp)
	}
	attributes := []object{}
	for _, a := range e.attributes {
		if !a.deleted || deleted {
			attributes = append(attributes, s.showAttribute(a))
		}
	}
	objects, reports := []object{}, []object{}
	for _, o := range e.objects {
		if !o.deleted || deleted {
			objects = append(objects, s.showObject(e, o, deleted))
		}
	}
	for _, r := range e.reports {
		if !r.deleted || deleted {
			reports = append(reports, r.show(e))
		}
	}
	out := object{
		"id": e.id, "orgc_id": e.organisation, "org_id": e.organisation, "date": e.date, "threat_level_id": e.threat, "info": e.info,
		"published": e.published, "uuid": e.uuid, "attribute_count": strconv.Itoa(e.count()), "analysis": e.analysis,
		"timestamp": itoa(e.timestamp), "distribution": e.distribution, "proposal_email_lock": false, "locked": false,
		"publish_timestamp": published, "sharing_group_id": e.group, "disable_correlation": false, "extends_uuid": e.extends,
		"protected": nil, "event_creator_email": "somebody@example.com", "Org": organisation(e.organisation), "Orgc": organisation(e.organisation),
		"Attribute": attributes, "ShadowAttribute": []any{}, "RelatedEvent": []any{}, "Galaxy": []any{}, "Object": objects,
		"EventReport": reports, "CryptographicKey": []any{},
	}
	if len(e.tags) > 0 {
		out["Tag"] = longTags(e.tags)
	}
	return out
}

// plain is what every form of an attribute has.
func (a *attribute) plain() object {
	out := object{
		"id": a.id, "event_id": a.event.id, "object_id": "0", "object_relation": nil, "category": a.category, "type": a.typ, "to_ids": a.toIDs,
		"uuid": a.uuid, "timestamp": itoa(a.timestamp), "distribution": a.distribution, "sharing_group_id": "0", "comment": a.comment,
		"deleted": a.deleted, "disable_correlation": a.uncorrelated, "first_seen": orNull(a.first), "last_seen": orNull(a.last), "value": a.value,
	}
	if a.object != nil {
		out["object_id"], out["object_relation"] = a.object.id, a.relation
	}
	return out
}

// showAttribute is an attribute within its event.
func (s *Server) showAttribute(a *attribute) object {
	out := a.plain()
	out["Galaxy"], out["ShadowAttribute"] = []any{}, []any{}
	if len(a.tags) > 0 {
		out["Tag"] = longTags(a.tags)
	}
	var seen []object
	for _, one := range s.sightings {
		if one.of == a {
			show := one.show()
			show["attribute_uuid"], show["Organisation"] = a.uuid, object{"id": "1", "uuid": organisationUUID, "name": organisationName("1")}
			seen = append(seen, show)
		}
	}
	if seen != nil {
		out["Sighting"] = seen
	}
	return out
}

func (s *Server) showObject(e *event, o *mispObject, deleted bool) object {
	attributes := []object{}
	for _, a := range o.attributes {
		if !a.deleted || deleted {
			attributes = append(attributes, s.showAttribute(a))
		}
	}
	return object{"id": o.id, "name": o.name, "meta-category": o.meta, "description": nil, "template_uuid": o.template,
		"template_version": o.version, "event_id": e.id, "uuid": o.uuid, "timestamp": itoa(o.timestamp), "distribution": o.distribution,
		"sharing_group_id": "0", "comment": o.comment, "deleted": o.deleted, "first_seen": nil, "last_seen": nil, "ObjectReference": []any{},
		"Attribute": attributes}
}

const organisationUUID = "7d1c9a52-6f3e-4a0b-8c55-2e9f4b7a1d30"

func organisationName(id string) string {
	if id == "1" {
		return "Host Organisation"
	}
	return "Client Organisation"
}

func organisation(id string) object {
	return object{"id": id, "name": organisationName(id), "uuid": organisationUUID, "local": true}
}

// longTags are tags within an event.
func longTags(tags []tag) []object {
	out := []object{}
	for i, t := range tags {
		out = append(out, object{"id": strconv.Itoa(i + 1), "name": t.name, "colour": "#b1eacd", "exportable": true, "user_id": "0", "hide_tag": false,
			"numerical_value": nil, "is_galaxy": false, "is_custom_galaxy": false, "local_only": false, "local": t.local, "relationship_type": nil})
	}
	return out
}

// shortTags are tags of an attribute that is shown alone.
func shortTags(tags []tag) []object {
	out := []object{}
	for i, t := range tags {
		out = append(out, object{"id": strconv.Itoa(i + 1), "name": t.name, "colour": "#b1eacd", "numerical_value": nil, "is_galaxy": false, "local": t.local})
	}
	return out
}

func orNull(text string) any {
	if text == "" {
		return nil
	}
	return text
}
