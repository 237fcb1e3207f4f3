package thehivetest

import (
	"slices"
)

// setupOfFive are the addresses by which a TheHive 5 is set up. Paths, statuses
// and forms are those of the OpenAPI of 5.7, but for /api/v1/admin/config, which it
// leaves out: those are as StrangeBee's own set-up uses them
// (github.com/StrangeBeeCorp/docker, testing/scripts/test_init_thehive.sh).
func (s *Server) setupOfFive(on func(string, who, func(call) answer)) {
	s.peopleOfFive(on)
	on("GET /api/v1/customField", user, func(call) answer { return answer{status: 200, body: rowsOf(s.fields)} })
	on("POST /api/v1/customField", user, s.createFieldV1)
	on("POST /api/v1/observable/type", user, s.createTypeV1)
	on("POST /api/v1/caseTemplate", user, s.createTemplateV1)
	on("POST /api/v1/dashboard", user, s.createDashboardV1)
	on("GET /api/v1/admin/config/{connector}", user, s.getConnector)
	on("PUT /api/v1/admin/config/{connector}", user, s.putConnector)
	on("GET /api/v1/connector/cortex/analyzer/template/content/{name}", user, s.reportContent)
	on("POST /api/v1/connector/cortex/analyzer/template/_import", user, s.importReports)
}

// lists are what a query of version 1 may begin with, beside what the pipeline
// asks for.
func (s *Server) lists(name string, from caller) ([]object, bool) {
	var out []object
	switch name {
	case "listOrganisation":
		for i, held := range s.organisations {
			if from.organisation == adminOrganisation || from.organisation == held {
				out = append(out, s.organisationV1(i))
			}
		}
	case "listProfile":
		for _, p := range s.profiles {
			out = append(out, p.v1(s.now()))
		}
	case "listCaseTemplate":
		out = s.templates
	case "listDashboard":
		out = s.dashboards
	default:
		return nil, false
	}
	return out, s.five
}

func (s *Server) entityV1(c call, typ string) object {
	return object{"_id": s.id(), "_type": typ, "_createdBy": c.login, "_createdAt": s.now()}
}

func (s *Server) createFieldV1(c call) answer {
	check := checks{body: c.body}
	name, typ := check.text("name"), check.text("type")
	for _, must := range []string{"group", "description"} {
		check.text(must)
	}
	if !slices.Contains([]string{"string", "integer", "float", "boolean", "date", "url"}, typ) {
		check.invalid("type", "CustomFieldType", "string", typ)
	}
	if refused, failed := check.failed(); failed {
		return refused
	}
	if refused, ok := c.may("manageCustomField"); !ok {
		return refused
	}
	if _, held := s.options.Fields[name]; held {
		return refusal(400, "CreateError", "CustomField "+name+" already exists")
	}
	s.options.Fields[name] = typ
	s.fields = append(s.fields, s.fieldV1(c, name, typ))
	return answer{status: 201, body: s.fields[len(s.fields)-1]}
}

func (s *Server) fieldV1(c call, name, typ string) object {
	made := s.entityV1(c, "CustomField")
	made["name"], made["displayName"], made["group"], made["description"] = name, or(c.body["displayName"], name), or(c.body["group"], "default"), or(c.body["description"], name)
	made["type"], made["options"], made["mandatory"], made["extraData"] = typ, orNone(c.body["options"]), c.body["mandatory"] == true, object{}
	return made
}

func or(given any, otherwise string) any {
	if given == nil {
		return otherwise
	}
	return given
}

func (s *Server) createTypeV1(c call) answer {
	made := s.createType(c)
	if made.status == 201 {
		made.body = s.typeV1(len(s.types)-1, s.types[len(s.types)-1])
	}
	return made
}

// createTemplateV1: a name is one template's in its organisation.
func (s *Server) createTemplateV1(c call) answer {
	made := s.createTemplate(c)
	if made.status != 201 {
		return made
	}
	shown := s.entityV1(c, "CaseTemplate")
	for _, key := range []string{"name", "displayName", "titlePrefix", "description", "severity", "tags", "tlp", "pap"} {
		shown[key] = c.body[key]
	}
	shown["flag"], shown["extraData"] = false, object{}
	s.templates[len(s.templates)-1] = shown
	return answer{status: 201, body: shown}
}

// createDashboardV1 takes the definition as an object, and does not mind a title
// that is taken.
func (s *Server) createDashboardV1(c call) answer {
	check := checks{body: c.body}
	for _, must := range []string{"title", "description", "status"} {
		check.text(must)
	}
	definition, ok := c.body["definition"].(map[string]any)
	if !ok {
		check.invalid("definition", "object", "object", c.body["definition"])
	}
	if refused, failed := check.failed(); failed {
		return refused
	}
	if refused, ok := c.may("manageDashboard"); !ok {
		return refused
	}
	made := s.entityV1(c, "Dashboard")
	made["title"], made["description"], made["status"] = c.body["title"], c.body["description"], c.body["status"]
	made["group"], made["definition"], made["version"], made["writable"] = or(c.body["group"], "default"), definition, 1, true
	s.dashboards = append(s.dashboards, made)
	return answer{status: 201, body: made}
}

// getConnector shows the configuration of the connectors to Cortex and to MISP.
// One that nobody has set is not found.
func (s *Server) getConnector(c call) answer {
	name := c.PathValue("connector")
	if refused, ok := c.may("managePlatform"); !ok {
		return refused
	}
	held, ok := s.config[name]
	if !ok {
		return refusal(404, "NotFoundError", "Configuration "+name+" not found")
	}
	return answer{status: 200, body: held}
}

// putConnector replaces the configuration as a whole.
func (s *Server) putConnector(c call) answer {
	name := c.PathValue("connector")
	servers, listed := c.body["servers"].([]any)
	refused, ok := c.may("managePlatform")
	switch {
	case !ok:
		return refused
	case name != "cortex" && name != "misp":
		return refusal(404, "NotFoundError", c.URL.Path)
	case !listed:
		return refusal(400, "BadRequest", "servers is missing")
	case s.options.Licence == Unlicensed && len(servers) > 0:
		return beyond(name, 0)
	}
	s.config[name] = c.body
	return answer{status: 204}
}
