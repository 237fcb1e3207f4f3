package cortexapitest

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Definition is a worker of the catalogs, which an organisation may enable.
type Definition struct {
	Name, Version string
	Responder     bool
	BaseConfig    string
	DataTypes     []string
	Items         []Item
}

// Item is one of a definition's configuration items.
type Item struct {
	Name     string
	Type     string // string, number, boolean, text
	Multi    bool
	Required bool
	Default  any
}

func (d Definition) id() string { return strings.ReplaceAll(d.Name+"_"+d.Version, ".", "_") }

func (d Definition) kind() string {
	if d.Responder {
		return "responder"
	}
	return "analyzer"
}

// The organisations that are there from the beginning: the superadmins' own, and
// that of the users with the keys.
const (
	adminOrganisation = "cortex"
	organisation      = "example"
)

// user is one of Cortex' users.
type user struct {
	login, name, organisation, key, password string
	roles                                    []string
}

func (u *user) has(roles ...string) bool {
	return slices.ContainsFunc(roles, func(role string) bool { return slices.Contains(u.roles, role) })
}

// The roles.
const (
	read       = "read"
	analyze    = "analyze"
	orgadmin   = "orgadmin"
	superadmin = "superadmin"
)

// initial is who asks a Cortex that has no user yet: somebody who may all.
func initial() *user {
	return &user{login: "init", organisation: adminOrganisation, roles: []string{read, analyze, orgadmin, superadmin}}
}

func firstUsers() []*user {
	return []*user{
		{login: "feeder", name: "feeder", organisation: organisation, key: Key, roles: []string{read, analyze}},
		{login: "reader", name: "reader", organisation: organisation, key: ReaderKey, roles: []string{read}},
	}
}

// session is the cookie of a login, and token the one that a GET in it sets which
// accepts a page.
const (
	session     = "CORTEX_SESSION"
	token       = "CORTEX-XSRF-TOKEN"
	tokenHeader = "X-CORTEX-XSRF-TOKEN"
	tokenValue  = "cortexapitest-xsrf-token"
)

// caller finds whom a request comes from, nil if nobody is known; forged is a
// request in a session without the token.
func (s *Server) caller(r *http.Request) (who *user, forged bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if cookie, err := r.Cookie(session); err == nil {
		who = s.user(strings.TrimPrefix(cookie.Value, "of-"))
		return who, r.Method != http.MethodGet && r.Header.Get(tokenHeader) != tokenValue
	}
	key := bearer(r.Header.Get("Authorization"))
	for _, u := range s.users {
		if key != "" && u.key == key {
			return u, false
		}
	}
	if len(s.users) == 0 {
		return initial(), false
	}
	return nil, false
}

func (s *Server) user(login string) *user {
	for _, u := range s.users {
		if u.login == login {
			return u
		}
	}
	return nil
}

// setupRoutes are the addresses by which Cortex is set up.
func (s *Server) setupRoutes(on func(string, []string, func(*http.Request, *user) answer)) {
	admins := []string{orgadmin, superadmin}
	on("GET /api/user", []string{superadmin}, s.listUsers)
	on("POST /api/user", admins, s.createUser)
	on("GET /api/user/{login}", []string{read, superadmin}, s.getUser)
	on("GET /api/user/{login}/key", nil, func(r *http.Request, who *user) answer { return s.userKey(r, who, false) })
	on("POST /api/user/{login}/key/renew", nil, func(r *http.Request, who *user) answer { return s.userKey(r, who, true) })
	on("GET /api/organization/{name}", admins, s.getOrganisation)
	on("POST /api/organization", []string{superadmin}, s.createOrganisation)
	for _, kind := range []string{"analyzer", "responder"} {
		on("GET /api/"+kind+"definition", admins, func(*http.Request, *user) answer { return s.definitions(kind) })
		on("POST /api/"+kind+"definition/scan", admins, s.scan)
		on("POST /api/organization/"+kind+"/{id}", []string{orgadmin}, func(r *http.Request, who *user) answer { return s.enable(kind, r, who) })
		on("PATCH /api/"+kind+"/{id}", []string{orgadmin}, func(r *http.Request, who *user) answer { return s.change(kind, r, who) })
	}
}

// migrate is open to everybody.
func (s *Server) migrate(w http.ResponseWriter, _ *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.unmigrated = false
	w.WriteHeader(http.StatusNoContent)
}

// login answers with a cookie.
func (s *Server) login(w http.ResponseWriter, r *http.Request) answer {
	body := decoded(r)
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.user(text(body, "user"))
	if u == nil || u.password == "" || u.password != text(body, "password") {
		return refusal(401, "AuthenticationError", "Authentication failure")
	}
	http.SetCookie(w, &http.Cookie{Name: session, Value: "of-" + u.login, Path: "/", HttpOnly: true})
	return answer{200, object{"id": u.login, "name": u.name, "roles": u.roles}}
}

func (u *user) show() object {
	return object{"_type": "user", "id": u.login, "_id": u.login, "name": u.name, "organization": u.organisation, "status": "Ok", "roles": u.roles,
		"hasKey": u.key != "", "hasPassword": u.password != ""}
}

func (s *Server) listUsers(*http.Request, *user) answer {
	out := []object{}
	for _, u := range s.users {
		out = append(out, u.show())
	}
	return answer{200, out}
}

func (s *Server) createUser(r *http.Request, who *user) answer {
	body := decoded(r)
	u := &user{login: text(body, "login"), name: text(body, "name"), organisation: text(body, "organization"), password: text(body, "password"), roles: texts(body, "roles")}
	switch {
	case u.login == "" || u.name == "" || len(u.roles) == 0:
		return answer{400, object{"tableName": "user", "type": "AttributeCheckingError", "errors": []object{{"name": "login", "type": "MissingAttributeError"}}}}
	case !slices.Contains(s.organisations, u.organisation), !who.has(superadmin) && who.organisation != u.organisation:
		return refusal(403, "AuthorizationError", "You are not authorized to perform this action")
	case s.user(u.login) != nil:
		return answer{500, object{"type": "CreateError", "message": "document already exists", "object": object{}}}
	}
	s.users = append(s.users, u)
	return answer{201, u.show()}
}

func (s *Server) getUser(r *http.Request, who *user) answer {
	u := s.user(r.PathValue("login"))
	if u == nil || !who.has(superadmin) && who.organisation != u.organisation {
		return refusal(404, "NotFoundError", "user "+r.PathValue("login")+" not found")
	}
	return answer{200, u.show()}
}

// userKey answers with plain text. Of a user without a key the last of Cortex' ways
// to log in speaks, which is the one by password.
func (s *Server) userKey(r *http.Request, who *user, renew bool) answer {
	u := s.user(r.PathValue("login"))
	switch {
	case u == nil, !who.has(superadmin) && who.organisation != u.organisation:
		return refusal(404, "NotFoundError", "user "+r.PathValue("login")+" not found")
	case who != u && !who.has(orgadmin, superadmin):
		return refusal(403, "AuthorizationError", "You are not authorized to perform this operation")
	case renew:
		s.renewed++
		u.key = "cortexapitest-key-of-" + u.login + strconv.Itoa(s.renewed)
	case u.key == "":
		return refusal(403, "AuthorizationError", "Get API key is not supported")
	}
	return answer{200, plain(u.key)}
}

func organisationShown(name string) object {
	return object{"_type": "organization", "id": name, "_id": name, "name": name, "description": name, "status": "Active"}
}

func (s *Server) getOrganisation(r *http.Request, _ *user) answer {
	name := r.PathValue("name")
	if !slices.Contains(s.organisations, name) {
		return refusal(404, "NotFoundError", "organization "+name+" not found")
	}
	return answer{200, organisationShown(name)}
}

func (s *Server) createOrganisation(r *http.Request, _ *user) answer {
	name := text(decoded(r), "name")
	if slices.Contains(s.organisations, name) {
		return answer{500, object{"type": "CreateError", "message": "document already exists", "object": object{}}}
	}
	s.organisations = append(s.organisations, name)
	return answer{201, organisationShown(name)}
}

// definitions are those that the last scan found.
func (s *Server) definitions(kind string) answer {
	out := []object{}
	for _, d := range s.scanned {
		if d.kind() != kind {
			continue
		}
		items := []object{}
		for _, i := range d.Items {
			item := object{"name": i.Name, "description": i.Name, "type": i.Type, "multi": i.Multi, "required": i.Required}
			if i.Default != nil {
				item["defaultValue"] = i.Default
			}
			items = append(items, item)
		}
		out = append(out, object{"id": d.id(), "name": d.Name, "version": d.Version, "description": d.Name, "dataTypeList": d.DataTypes,
			"author": "example", "url": "https://example.com", "license": "Apache-2.0", "baseConfig": d.BaseConfig, "configurationItems": items,
			"dockerImage": "registry.example.com/" + d.Name + ":" + d.Version, "command": nil})
	}
	return answer{200, out}
}

// scan reads the catalogs of both kinds.
func (s *Server) scan(*http.Request, *user) answer {
	s.scanned = slices.Clone(s.catalog)
	return answer{204, nil}
}

func (s *Server) enable(kind string, r *http.Request, who *user) answer {
	body := decoded(r)
	at := slices.IndexFunc(s.scanned, func(d Definition) bool { return d.kind() == kind && d.id() == r.PathValue("id") })
	if at < 0 {
		return refusal(404, "AnalyzerNotFoundError", "analyzer "+r.PathValue("id")+" not found")
	}
	d := s.scanned[at]
	given, _ := body["configuration"].(map[string]any)
	switch wrong := d.wrong(given); {
	case text(body, "name") == "":
		return answer{400, object{"tableName": "worker", "type": "AttributeCheckingError", "errors": []object{{"name": "name", "type": "MissingAttributeError"}}}}
	case len(wrong) == 1:
		return answer{500, object{"type": "org.elastic4play.InvalidFormatAttributeError", "message": wrong[0]}}
	case len(wrong) > 1:
		return answer{400, object{"tableName": "worker", "type": "AttributeCheckingError", "message": strings.Join(wrong, ", ")}}
	}
	w := Worker{Name: text(body, "name"), definition: d.id(), DataTypes: d.DataTypes, Responder: d.Responder, organisation: who.organisation, Config: given,
		Timeout: minutes(body["jobTimeout"]), Cache: minutes(body["jobCache"])}
	s.workers = append(s.workers, w)
	return answer{201, w.show(false)}
}

// wrong tells what Cortex finds wrong with a configuration: unknown items are,
// those of every worker are known.
func (d Definition) wrong(given map[string]any) []string {
	common := []string{"proxy_http", "proxy_https", "cacerts", "jobTimeout", "check_tlp", "max_tlp", "check_pap", "max_pap", "auto_extract_artifacts", "jobCache"}
	var out []string
	for _, i := range d.Items {
		common = append(common, i.Name)
		value, held := given[i.Name]
		switch {
		case !held && i.Required && i.Default == nil && !i.Multi:
			out = append(out, i.Name+" is missing")
		case held && !i.fits(value):
			out = append(out, i.Name+" is not a "+i.Type)
		}
	}
	for name := range given {
		if !slices.Contains(common, name) {
			out = append(out, "unknown "+name)
		}
	}
	return out
}

func (i Item) fits(value any) bool {
	if list, ok := value.([]any); ok || i.Multi {
		return ok && i.Multi && !slices.ContainsFunc(list, func(one any) bool { return !(Item{Type: i.Type, Required: true}).fits(one) })
	}
	switch value.(type) {
	case nil:
		return !i.Required
	case string:
		return i.Type == "string" || i.Type == "text"
	case float64:
		return i.Type == "number"
	case bool:
		return i.Type == "boolean"
	}
	return false
}

// change takes any configuration: it is not checked here.
func (s *Server) change(kind string, r *http.Request, who *user) answer {
	at := slices.IndexFunc(s.workers, func(w Worker) bool {
		return w.kind() == kind && w.id() == r.PathValue("id") && w.in() == who.organisation
	})
	if at < 0 {
		return refusal(404, "AnalyzerNotFoundError", "analyzer "+r.PathValue("id")+" not found")
	}
	w := &s.workers[at]
	if given, ok := decoded(r)["configuration"].(map[string]any); ok {
		w.Config = given
	}
	return answer{200, w.show(true)}
}

// SetCatalog changes what the next scan finds.
func (s *Server) SetCatalog(all ...Definition) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.catalog = slices.Clone(all)
}

// Catalog gives what the next scan finds.
func (s *Server) Catalog() []Definition {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.catalog)
}

// Enabled gives the workers that are enabled.
func (s *Server) Enabled() []Worker {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.workers)
}

func decoded(r *http.Request) map[string]any {
	body := map[string]any{}
	_ = json.NewDecoder(r.Body).Decode(&body)
	return body
}

func text(body map[string]any, name string) string {
	s, _ := body[name].(string)
	return s
}

func texts(body map[string]any, name string) []string {
	list, _ := body[name].([]any)
	var out []string
	for _, one := range list {
		if s, ok := one.(string); ok {
			out = append(out, s)
		}
	}
	return out
}

func minutes(v any) time.Duration {
	n, _ := v.(float64)
	return time.Duration(n) * time.Minute
}
