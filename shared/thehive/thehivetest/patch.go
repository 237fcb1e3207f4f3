package thehivetest

import "strings"

// patch changes an alert. Unknown fields, and those that cannot be changed
// (externalLink, status, artifacts), are ignored. tags takes the place of all;
// customFields removes those that it does not name, "customFields.x" changes
// one.
func (s *Server) patch(a *alert, c call) *answer {
	check := checks{body: c.body}
	changed := *a
	for name := range c.body {
		switch name {
		case "title":
			changed.title = check.text(name)
		case "description":
			changed.description = check.text(name)
		case "severity":
			changed.severity = check.whole(name, a.severity)
		case "tlp":
			changed.tlp = check.whole(name, a.tlp)
		case "pap":
			changed.pap = check.whole(name, a.pap)
		case "tags":
			changed.tags = check.texts(name)
		case "customFields":
			fields, refused := s.customFields(c.body[name])
			if refused != nil {
				return refused
			}
			changed.fields = fields
		default:
			one, ok := strings.CutPrefix(name, "customFields.")
			if !ok {
				continue
			}
			fields, refused := s.customFields(object{one: c.body[name]})
			if refused != nil {
				return refused
			}
			changed.fields = replace(changed.fields, fields[0])
		}
	}
	if refused, failed := check.failed(); failed {
		return &refused
	}
	changed.updated, changed.updatedBy = s.now(), c.login
	*a = changed
	return nil
}

// replace puts a field in the place of the one with its name.
func replace(fields []field, f field) []field {
	out := make([]field, 0, len(fields)+1)
	for _, held := range fields {
		if held.name != f.name {
			out = append(out, held)
		}
	}
	return append(out, f)
}
