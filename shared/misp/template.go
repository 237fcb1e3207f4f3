package misp

// template is what an object tells of its template. MISP needs all of it where
// it does not have that version of the template.
// https://github.com/MISP/misp-objects/tree/main/objects
type template struct{ name, meta, description, uuid, version string }

func fileTemplate() template {
	return template{"file", "file", "File object describing a file with meta-information", "688c46fb-5edb-40a3-8273-1af7923e2215", "25"}
}

func urlTemplate() template {
	return template{"url", "network", "url object describes an url along with its normalized field (like extracted using faup parsing library) and its metadata.",
		"60efb77b-40b5-4c46-871b-ed1ed999fce5", "10"}
}

func hostTemplate() template {
	return template{"domain-ip", "network", "A domain/hostname and IP address seen as a tuple in a specific time frame.", "43b3b146-77eb-4931-b4cc-b66c60f28734", "11"}
}

func addressTemplate() template {
	return template{"ip-port", "network", "An IP address (or domain or hostname) and a port seen as a tuple (or as a triple) in a specific time frame.",
		"9f8cea74-16fe-4968-a2b4-026676949ac6", "10"}
}

func vulnerabilityTemplate() template {
	return template{"vulnerability", "vulnerability", "Vulnerability object describing a common vulnerability enumeration", "81650945-f186-437b-8945-9f31715d32da", "12"}
}

func weaknessTemplate() template {
	return template{"weakness", "vulnerability", "Weakness object describing a common weakness enumeration", "b8713fc0-d7a2-4b27-a182-38ed47966802", "1"}
}

func techniqueTemplate() template {
	return template{"attack-pattern", "vulnerability", "Attack pattern describing a common attack pattern enumeration and classification.",
		"35928348-56be-4d7f-9752-a80927936351", "1"}
}

func reportTemplate() template {
	return template{"report", "misc", "Report object to describe a report along with its metadata.", "70a68471-df22-4e3f-aa1a-5a3be19f82df", "8"}
}

// object makes an object of an event; about is what it is about, once in the event.
func (t template) object(event, about string, attributes ...Attribute) Object {
	return Object{UUID: ObjectUUID(event, t.name, about), Name: t.name, MetaCategory: t.meta, Description: t.description,
		TemplateUUID: t.uuid, TemplateVersion: t.version, Attributes: attributes}
}

// as gives the attribute a role in an object.
func (a Attribute) as(relation string) Attribute {
	a.Relation = relation
	return a
}
