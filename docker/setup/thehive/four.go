package thehive

import (
	"net/http"
	"net/url"

	"github.com/waggle-cti/waggle/shared/upstream"
)

// four is TheHive 4.1, as a running 4.1.24 was seen to answer.
func four() *edition {
	all := url.Values{"range": {"all"}}
	get := func(path string) upstream.Request { return upstream.Request{Path: path, Query: all} }
	search := func(path string) upstream.Request {
		return upstream.Request{Method: http.MethodPost, Path: path, Query: all, JSON: map[string]any{"query": map[string]any{}}, Repeatable: true}
	}
	config := func(path, hand string) *register {
		return &register{path: "/api/config/" + path, list: "value", hand: hand,
			body: func(_ row, list []any) map[string]any { return map[string]any{"value": list} }}
	}
	const byHand = "docker/README.md, Wiring by hand"
	misps := config("misp.servers", "add it to misp.servers in TheHive's application.conf")
	misps.mayChange = aloneOnly
	return &edition{
		organisations:   kind{get("/api/organisation"), "/api/organisation", "name", "as administrator: New Organisation"},
		profiles:        kind{get("/api/profile"), "/api/profile", "name", "as administrator: Profiles"},
		observableTypes: kind{get("/api/observable/type"), "/api/observable/type", "name", "as administrator: Observable types, Add"},
		customFields:    kind{get("/api/customField"), "/api/customField", "reference", "as administrator: Custom fields, Add"},
		caseTemplates: kind{search("/api/case/template/_search"), "/api/case/template", "name",
			"as org-admin: Organisation, Case templates, Import template: docker/thehive/case-templates"},
		dashboards: kind{search("/api/dashboard/_search"), "/api/dashboard", "title", "Dashboards, Import dashboard: docker/thehive/dashboards"},

		dashboardFolder: "dashboards",

		reports: "/api/connector/cortex/analyzer/template/", reportsPage: "as administrator: Analyzer templates, Import templates",

		cortexes: config("cortex.servers", byHand), misps: misps, webhooks: config("notification.webhook.endpoints", byHand),

		feederPermissions: []string{"manageAction", "manageAlert", "manageAnalyse", "manageCase", "manageObservable"},
		setupPermissions:  []string{"manageCaseTemplate", "manageConfig"},

		field: func(f CustomField) map[string]any {
			return map[string]any{"name": f.Title, "reference": f.Name, "description": f.About, "type": f.Type, "mandatory": false, "options": []string{}}
		},
		dashboard: func(d Dashboard) map[string]any {
			return map[string]any{"title": d.Title, "description": d.Description, "status": d.Status, "definition": string(d.Definition)}
		},
		profile: func(name string, permissions []string) map[string]any {
			return map[string]any{"name": name, "permissions": permissions}
		},
		misp:    func(server map[string]any) map[string]any { return server },
		machine: func(user map[string]any) map[string]any { return user },
	}
}
