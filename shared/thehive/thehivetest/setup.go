package thehivetest

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"path"
	"slices"
	"strings"
)

// setup is what a set-up fills TheHive with.
type setup struct {
	password      string // of the administrator
	organisations []string
	profiles      []profile
	people        []*person
	fields        []object // custom fields, as they are shown
	config        map[string]any
	notification  []any // of the organisation
	templates     []object
	dashboards    []object
	reports       map[string]string // of analyzers, by name: long.html
}

func newSetup(five bool) setup {
	profiles := firstProfiles()
	if five {
		profiles = profilesOfFive()
	}
	return setup{
		password: FirstPassword, organisations: []string{adminOrganisation, Organisation}, profiles: profiles, reports: map[string]string{},
		config: map[string]any{"cortex.servers": []any{}, "misp.servers": []any{}, "notification.webhook.endpoints": []any{}}, notification: []any{},
	}
}

// Config gives a part of TheHive's configuration: "cortex.servers".
func (s *Server) Config(path string) any {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.config[path]
}

// Notification gives what the organisation is notified of.
func (s *Server) Notification() []any {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.notification)
}

// Dashboards gives the titles of all dashboards.
func (s *Server) Dashboards() []string { return s.shownOf(&s.dashboards, "title") }

// CaseTemplates gives the names of the templates of cases that were made.
func (s *Server) CaseTemplates() []string { return s.shownOf(&s.templates, "name") }

// Fields gives the custom fields by the names that the API knows them by.
func (s *Server) Fields() []string {
	if s.five {
		return s.shownOf(&s.fields, "name")
	}
	return s.shownOf(&s.fields, "reference")
}

// Account tells the profile of a user, and on TheHive 5 the type of the account.
func (s *Server) Account(login string) (profile, typ string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p := s.person(login); p != nil {
		return p.profile, p.typ
	}
	return "", ""
}

func (s *Server) shownOf(rows *[]object, key string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []string
	for _, r := range *rows {
		out = append(out, text(r[key]))
	}
	return out
}

// setupRoutes are the addresses by which TheHive is set up.
func (s *Server) setupRoutes(on func(string, who, func(call) answer)) {
	s.peopleRoutes(on)
	on("GET /api/customField", user, func(call) answer { return answer{status: 200, body: rowsOf(s.fields)} })
	on("POST /api/customField", user, s.createField)
	on("POST /api/case/template/_search", user, func(call) answer { return answer{status: 200, body: rowsOf(s.templates)} })
	on("POST /api/case/template", user, s.createTemplate)
	on("POST /api/dashboard/_search", user, func(call) answer { return answer{status: 200, body: rowsOf(s.dashboards)} })
	on("POST /api/dashboard", user, s.createDashboard)
	on("GET /api/config/{path}", user, s.getConfig)
	on("PUT /api/config/{path}", user, s.putConfig)
	on("GET /api/config/organisation/notification", user, func(call) answer { return answer{status: 200, body: s.notified()} })
	on("PUT /api/config/organisation/notification", user, s.putNotification)
	on("GET /api/connector/cortex/analyzer/template/content/{name}", user, s.reportContent)
	on("POST /api/connector/cortex/analyzer/template/_import", user, s.importReports)
}

func rowsOf(rows []object) []object { return append([]object{}, rows...) }

func (s *Server) createField(c call) answer {
	check := checks{body: c.body}
	name, typ := check.text("name"), check.text("type")
	check.text("description")
	if refused, failed := check.failed(); failed {
		return refused
	}
	if refused, ok := c.may("manageCustomField"); !ok {
		return refused
	}
	reference := text(c.body["reference"])
	if _, held := s.options.Fields[reference]; held {
		return refusal(400, "CreateError", "CustomField "+reference+" already exists")
	}
	s.options.Fields[reference] = typ
	s.fields = append(s.fields, object{"id": s.id(), "name": name, "reference": reference, "description": c.body["description"], "type": typ,
		"options": orNone(c.body["options"]), "mandatory": c.body["mandatory"] == true})
	return answer{status: 201, body: s.fields[len(s.fields)-1]}
}

// fieldsOf shows the custom fields that a server was begun with.
func (s *Server) fieldsOf(given map[string]string) []object {
	var out []object
	for _, name := range slices.Sorted(maps.Keys(given)) {
		if s.five {
			out = append(out, s.fieldV1(call{login: adminLogin}, name, given[name]))
			continue
		}
		out = append(out, object{"id": "~field-" + name, "name": name, "reference": name, "description": name, "type": given[name], "options": []any{}, "mandatory": false})
	}
	return out
}

func orNone(v any) any {
	if v == nil {
		return []any{}
	}
	return v
}

func (s *Server) createTemplate(c call) answer {
	check := checks{body: c.body}
	name := check.text("name")
	if refused, failed := check.failed(); failed {
		return refused
	}
	switch {
	case !c.who.has("manageCaseTemplate"):
		return refusal(404, "NotFoundError", "CaseTemplate not found")
	case slices.Contains(s.options.CaseTemplates, name):
		return refusal(400, "CreateError", `The case template "`+name+`" already exists`)
	}
	s.options.CaseTemplates = append(s.options.CaseTemplates, name)
	id := s.id()
	made := object{"_id": id, "id": id, "createdBy": c.login, "createdAt": s.now(), "_type": "caseTemplate", "name": name,
		"displayName": c.body["displayName"], "titlePrefix": c.body["titlePrefix"], "description": c.body["description"], "severity": c.body["severity"],
		"tags": orNone(c.body["tags"]), "flag": false, "tlp": c.body["tlp"], "pap": c.body["pap"], "tasks": s.tasks(c), "status": "Ok",
		"customFields": object{}, "metrics": object{}}
	s.templates = append(s.templates, made)
	return answer{status: 201, body: made}
}

func (s *Server) tasks(c call) []any {
	out := []any{}
	given, _ := c.body["tasks"].([]any)
	for i, one := range given {
		t, _ := one.(map[string]any)
		id := s.id()
		out = append(out, object{"id": id, "_id": id, "createdBy": c.login, "createdAt": s.now(), "_type": "case_task", "title": t["title"],
			"group": t["group"], "description": t["description"], "status": "Waiting", "flag": false, "order": i})
	}
	return out
}

// createDashboard does not mind a title that is taken.
func (s *Server) createDashboard(c call) answer {
	check := checks{body: c.body}
	title, description, status := check.text("title"), check.text("description"), check.text("status")
	definition := check.text("definition")
	if refused, failed := check.failed(); failed {
		return refused
	}
	if !json.Valid([]byte(definition)) {
		return refusal(500, "com.fasterxml.jackson.core.JsonParseException", "Unrecognized token")
	}
	id := s.id()
	made := object{"_id": id, "id": id, "createdBy": c.login, "createdAt": s.now(), "_type": "dashboard", "title": title, "description": description,
		"status": status, "definition": definition, "writable": true}
	s.dashboards = append(s.dashboards, made)
	return answer{status: 201, body: made}
}

// getConfig shows one path; "organisation" and "user" are others'.
func (s *Server) getConfig(c call) answer {
	if c.who.organisation != adminOrganisation {
		return refusal(403, "AuthorizationError", "You must be in `admin` organisation to view global configuration")
	}
	name := c.PathValue("path")
	held, ok := s.config[name]
	if !ok {
		return refusal(404, "NotFoundError", "Configuration item "+name+" not found")
	}
	return answer{status: 200, body: object{"path": name, "description": name, "defaultValue": []any{}, "value": held}}
}

func (s *Server) putConfig(c call) answer {
	name := c.PathValue("path")
	_, ok := s.config[name]
	switch {
	case c.who.organisation != adminOrganisation:
		return refusal(403, "AuthorizationError", "You must be in `admin` organisation to change global configuration")
	case !ok:
		return refusal(404, "NotFoundError", "Configuration item "+name+" not found")
	}
	s.config[name] = c.body["value"]
	return answer{status: 204}
}

func (s *Server) notified() object {
	return object{"path": "notification", "defaultValue": []any{}, "value": s.notification}
}

func (s *Server) putNotification(c call) answer {
	if refused, ok := c.may("manageConfig"); !ok {
		return refused
	}
	s.notification, _ = c.body["value"].([]any)
	return answer{status: 200, body: s.notified()}
}

func (s *Server) reportContent(c call) answer {
	held, ok := s.reports[c.PathValue("name")]
	if !ok {
		return answer{status: 404, body: "AnalyzerTemplate " + c.PathValue("name") + " not found"}
	}
	return answer{status: 200, body: held}
}

// importReports takes every file of the zip for a template: in a folder that
// folder's, else its own name's.
func (s *Server) importReports(c call) answer {
	if c.file == nil {
		return refusal(400, "AttributeCheckingError", "[Attribute templates is missing]")
	}
	archive, err := zip.NewReader(bytes.NewReader(c.file.data), int64(len(c.file.data)))
	if err != nil {
		return refusal(500, "java.util.zip.ZipException", "zip END header not found")
	}
	taken := object{}
	for _, f := range archive.File {
		folder, name := path.Split(f.Name)
		key := strings.TrimSuffix(folder, "/")
		if key == "" {
			key = strings.TrimSuffix(name, path.Ext(name))
		}
		content, err := f.Open()
		if err != nil {
			return refusal(500, "java.util.zip.ZipException", err.Error())
		}
		held, _ := io.ReadAll(content)
		s.reports[key], taken[key] = string(held), true
	}
	return answer{status: 200, body: taken}
}
