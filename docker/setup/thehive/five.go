package thehive

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"github.com/waggle-cti/waggle/docker/setup/step"
	"github.com/waggle-cti/waggle/shared/upstream"
)

// five is TheHive 5. None was run here; what it rests on:
//
//   - Paths, forms and statuses are those of the OpenAPI of 5.7,
//     https://docs.strangebee.com/thehive/api-docs/, and of the client
//     https://github.com/TheHive-Project/TheHive4py, whose tests run against 5.5.
//   - The OpenAPI tells of no way to set connectors. That to Cortex is set as
//     https://github.com/StrangeBeeCorp/docker does in
//     testing/scripts/test_init_thehive.sh, run there against 5.7. That to MISP
//     has a page beside it, and is taken to be set likewise: programs on GitHub
//     do so.
//   - Lists of profiles and dashboards are asked for as TheHive 4.1 has them in
//     the API's version 1 (ProfileCtrl, DashboardCtrl), which 5 has taken over.
func five() *edition {
	query := func(list string) upstream.Request {
		return upstream.Request{Method: http.MethodPost, Path: "/api/v1/query", Query: map[string][]string{"name": {"waggle-" + list}},
			JSON: map[string]any{"query": []any{map[string]any{"_name": list}}}, Repeatable: true}
	}
	return &edition{
		organisations: kind{query("listOrganisation"), "/api/v1/organisation", "name",
			"as administrator: Organizations, Add; or set ORGANISATION to one that is there, if the licence allows no more"},
		profiles:        kind{query("listProfile"), "/api/v1/profile", "name", "as administrator: Entities management, Profiles"},
		observableTypes: kind{query("listObservableType"), "/api/v1/observable/type", "name", "as administrator: Entities management, Observable types"},
		customFields:    kind{upstream.Request{Path: "/api/v1/customField"}, "/api/v1/customField", "name", "as administrator: Entities management, Custom fields"},
		caseTemplates: kind{query("listCaseTemplate"), "/api/v1/caseTemplate", "name",
			"as org-admin: Organization, Templates, Case templates, Import: docker/thehive/case-templates"},
		dashboards: kind{query("listDashboard"), "/api/v1/dashboard", "title", "Dashboards, Import: docker/thehive/dashboards-thehive5"},

		dashboardFolder: "dashboards-thehive5",

		reports: "/api/v1/connector/cortex/analyzer/template/", reportsPage: "as administrator: Entities management, Analyzer templates, Import templates archive",

		cortexes: connector("cortex", "Cortex", map[string]any{"statusCheckInterval": "1 minute", "refreshDelay": "5 seconds", "maxRetryOnError": 3, "jobTimeout": "3 hours"}),
		misps:    connector("misp", "MISP", map[string]any{"interval": "1 hour"}),
		handWebhook: "as org-admin: Organization, Endpoints, add a Webhook; its address is FEEDER_INSIDE with /hooks/thehive. Then Notifications, add one with the trigger " +
			"AnyEvent and that webhook. Without it the feeder looks every ten minutes",

		feederPermissions: []string{"manageAction", "manageAlert/create", "manageAlert/import", "manageAlert/update", "manageAnalyse",
			"manageCase/create", "manageCase/update", "manageObservable", "manageProcedure"},
		setupPermissions: []string{"manageCaseTemplate"},

		licence:     (*Server).licence,
		ownProfiles: paidProfiles,

		field: func(f CustomField) map[string]any {
			return map[string]any{"name": f.Name, "displayName": f.Title, "group": "waggle", "description": f.About, "type": f.Type, "mandatory": false, "options": []string{}}
		},
		dashboard: func(d Dashboard) map[string]any {
			return map[string]any{"title": d.Title, "group": "default", "description": d.Description, "status": d.Status, "definition": d.Definition, "version": 1}
		},
		profile: func(name string, permissions []string) map[string]any {
			return map[string]any{"type": "Organisation", "name": name, "permissions": permissions}
		},
		misp: mispOfFive,
		machine: func(user map[string]any) map[string]any {
			user["type"] = "Service" // uses an API key alone, and counts for no licence
			return user
		},
	}
}

// connector is the list of one connector's servers. The rest of what TheHive
// holds of the connector is sent back as it was; before, it has defaults.
func connector(name, tab string, defaults map[string]any) *register {
	return &register{
		path: "/api/v1/admin/config/" + name, list: "servers", unset: true, verify: true,
		hand: "as administrator: Platform management, Connectors, " + tab + ", add a server; docker/README.md, TheHive 5, has the values",
		body: func(held row, list []any) map[string]any {
			body := maps.Clone(defaults)
			held.ForEach(func(key, value gjson.Result) bool {
				body[key.String()] = value.Value()
				return true
			})
			body["servers"] = list
			return body
		},
	}
}

// mispOfFive adds what TheHive 5 knows of a MISP server beyond 4.1, as its page
// sends it when the field is left empty.
func mispOfFive(server map[string]any) map[string]any {
	none := []any{}
	exclusion, _ := server["exclusion"].(map[string]any)
	exclusion["tags"] = none
	server["whitelist"] = map[string]any{"organisations": none, "tags": none}
	server["tags"], server["maxAge"], server["max-attributes"], server["exportTheHiveUrl"] = none, nil, nil, false
	return server
}

// plan is the licence that TheHive goes by.
type plan struct {
	name    string
	lacks   bool // it is not a licence that was given, but what TheHive has without one
	expires time.Time
	able    bool // it gives a capability
}

// community tells whether the licence is the free one.
func (p plan) community() bool { return strings.Contains(strings.ToLower(p.name), "community") }

// plan asks for the licence: {"license":…}, or what takes its place,
// {"fallback":…,"notFound":true} or {"fallback":…,"error":"…"}. A new TheHive has
// a trial of 14 days in its place, and afterwards a plan without capabilities.
// https://docs.strangebee.com/thehive/installation/licenses/about-licenses/
func (s *Server) plan(ctx context.Context) (plan, error) {
	answer, err := s.admin(ctx, upstream.Request{Path: "/api/v1/license/current"})
	if err != nil {
		return plan{}, err
	}
	held, lacks := answer.JSON().Get("license"), false
	if !held.Exists() {
		held, lacks = answer.JSON().Get("fallback"), true
	}
	if !held.Exists() {
		return plan{}, answer.Strange("the answer tells no licence")
	}
	return plan{name: held.Get("plan").String(), lacks: lacks, expires: time.UnixMilli(held.Get("expiresAt").Int()).UTC(),
		able: len(held.Get("capabilities").Array()) > 0}, nil
}

// licence looks whether TheHive lets anybody write. It cannot make a licence.
func (s *Server) licence() step.Step {
	const hand = "Platform management, License, Update the current license; the Community one is free: docker/README.md, TheHive 5"
	return step.Step{
		Name: "licence", Hand: hand,
		Look: func(ctx context.Context) (string, error) {
			p, err := s.plan(ctx)
			switch {
			case err != nil:
				return "", err
			case p.expires.Before(time.Now()) || p.lacks && !p.able:
				return "", errors.New("there is no valid one, and TheHive takes no cases and no observables without")
			case p.lacks:
				return "", step.LeftOut(fmt.Sprintf("a trial until %s, after which TheHive can only be read. By hand: %s", p.expires.Format(time.DateOnly), hand))
			}
			return "", nil
		},
	}
}

// paidProfiles: TheHive's Community licence has its own profiles alone.
// https://docs.strangebee.com/thehive/administration/profiles/create-a-profile/
func paidProfiles(ctx context.Context, s *Server) error {
	p, err := s.plan(ctx)
	if err == nil && p.community() {
		return step.LeftOut("the Community licence has no profiles of one's own, so the feeder's user gets the profile " + analystProfile + ", which may do more than it needs")
	}
	return err
}
