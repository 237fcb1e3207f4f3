package thehivetest

import (
	"encoding/base64"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// person is a user that a set-up has made.
type person struct {
	id, login, name, organisation, profile, key, password string
	typ                                                   string // of TheHive 5: Normal or Service
}

// profile is a set of permissions that users have.
type profile struct {
	id, name    string
	permissions []string
	fixed       bool // TheHive's own, not editable
}

// AdminLogin and FirstPassword let the administrator of a TheHive in that has
// just been installed.
const (
	AdminLogin    = adminLogin
	FirstPassword = "secret"
)

// adminOrganisation is where TheHive's administrators are.
const adminOrganisation = "admin"

func firstProfiles() []profile {
	return []profile{
		{"~4280", "admin", []string{"manageAnalyzerTemplate", "manageConfig", "manageCustomField", "manageObservableTemplate",
			"manageOrganisation", "managePattern", "managePlatform", "manageProfile", "manageTaxonomy", "manageUser"}, true},
		{"~8392", "org-admin", []string{"accessTheHiveFS", "manageAction", "manageAlert", "manageAnalyse", "manageCase", "manageCaseTemplate",
			"manageConfig", "manageObservable", "managePage", "manageProcedure", "manageShare", "manageTag", "manageTask", "manageUser"}, true},
		{"~16536", "read-only", []string{}, false},
		{"~4216", "analyst", permissions(), false},
	}
}

// caller is whom a request comes from.
type caller struct {
	login, organisation, profile string
	permissions                  []string
}

// has tells whether the caller may do something.
// TheHive 5 has parts of permissions, "manageAlert/create"; one is enough here.
func (c caller) has(permission string) bool {
	return slices.ContainsFunc(c.permissions, func(held string) bool {
		return held == permission || strings.HasPrefix(held, permission+"/")
	})
}

// caller finds whom a key or a password belongs to.
func (s *Server) caller(r *http.Request) (caller, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	header := r.Header.Get("Authorization")
	if given, ok := strings.CutPrefix(header, "Basic "); ok {
		pair, _ := base64.StdEncoding.DecodeString(given)
		login, password, _ := strings.Cut(string(pair), ":")
		if p := s.person(login); p != nil {
			return s.callerOf(p), p.password != "" && p.password == password
		}
		return s.administrator(), login == adminLogin && password == s.password
	}
	key, _ := strings.CutPrefix(header, "Bearer ")
	switch key {
	case "":
		return caller{}, false
	case AdminKey:
		return s.administrator(), true
	case Key:
		return caller{feederLogin, Organisation, "analyst", s.permissionsOf("analyst")}, true
	case ReaderKey:
		return caller{readerLogin, Organisation, "read-only", []string{}}, true
	}
	for _, p := range s.people {
		if p.key == key {
			return s.callerOf(p), true
		}
	}
	return caller{}, false
}

func (s *Server) callerOf(p *person) caller {
	return caller{p.login, p.organisation, p.profile, s.permissionsOf(p.profile)}
}

func (s *Server) administrator() caller {
	return caller{adminLogin, adminOrganisation, "admin", s.permissionsOf("admin")}
}

func (s *Server) permissionsOf(name string) []string {
	for _, p := range s.profiles {
		if p.name == name {
			return p.permissions
		}
	}
	return nil
}

// may is a refusal unless the caller may do something.
func (c call) may(permission string) (answer, bool) {
	if c.who.has(permission) {
		return answer{}, true
	}
	return refusal(403, "AuthorizationError", "Operation not permitted"), false
}

// peopleRoutes are the addresses by which organisations and users are made.
func (s *Server) peopleRoutes(on func(string, who, func(call) answer)) {
	on("GET /api/organisation", user, s.listOrganisations)
	on("POST /api/organisation", user, s.createOrganisation)
	on("GET /api/profile", user, s.listProfiles)
	on("POST /api/profile", user, s.createProfile)
	on("PATCH /api/profile/{id}", user, s.patchProfile)
	s.userRoutes(on)
}

// userRoutes are those of users, which are of version 1 in both.
func (s *Server) userRoutes(on func(string, who, func(call) answer)) {
	on("POST /api/v1/user", user, s.createUser)
	on("GET /api/v1/user/{login}", user, s.getUser)
	on("GET /api/v1/user/{login}/key", user, func(c call) answer { return s.userKey(c, false) })
	on("POST /api/v1/user/{login}/key/renew", user, func(c call) answer { return s.userKey(c, true) })
	on("POST /api/v1/user/{login}/password/change", user, s.changePassword)
}

func (s *Server) listOrganisations(c call) answer {
	out := []any{}
	for i, name := range s.organisations {
		if c.who.organisation == adminOrganisation || c.who.organisation == name {
			out = append(out, s.organisationV0(i))
		}
	}
	return answer{status: 200, body: out}
}

func (s *Server) organisationV0(i int) object {
	id := "~" + strconv.Itoa(20656+i*8)
	return object{"name": s.organisations[i], "description": s.organisations[i], "_id": id, "id": id, "createdAt": s.now(), "createdBy": adminLogin,
		"_type": "organisation", "links": []any{}}
}

// createOrganisation does not mind a name that is taken.
func (s *Server) createOrganisation(c call) answer {
	check := checks{body: c.body}
	name := check.text("name")
	check.text("description")
	if refused, failed := check.failed(); failed {
		return refused
	}
	if refused, ok := c.may("manageOrganisation"); !ok {
		return refused
	}
	s.organisations = append(s.organisations, name)
	return answer{status: 201, body: s.organisationV0(len(s.organisations) - 1)}
}

func (p profile) show(now int64) object {
	return object{"_id": p.id, "id": p.id, "createdBy": "system@thehive.local", "createdAt": now, "_type": "profile", "name": p.name,
		"permissions": p.permissions, "editable": !p.fixed, "isAdmin": p.name == "admin"}
}

func (s *Server) listProfiles(call) answer {
	out := []any{}
	for _, p := range s.profiles {
		out = append(out, p.show(s.now()))
	}
	return answer{status: 200, body: out}
}

func (s *Server) createProfile(c call) answer {
	check := checks{body: c.body}
	name := check.text("name")
	given := check.texts("permissions")
	if refused, failed := check.failed(); failed {
		return refused
	}
	switch {
	case !c.who.has("manageProfile"):
		return refusal(403, "AuthorizationError", "You don't have permission to create profiles")
	case s.permissionsOf(name) != nil:
		return refusal(400, "CreateError", "The profile "+name+" already exists")
	}
	s.profiles = append(s.profiles, profile{id: s.id(), name: name, permissions: list(given)})
	return answer{status: 201, body: s.profiles[len(s.profiles)-1].show(s.now())}
}

func (s *Server) patchProfile(c call) answer {
	if !c.who.has("manageProfile") {
		return refusal(403, "AuthorizationError", "You don't have permission to update profiles")
	}
	for i := range s.profiles {
		if p := &s.profiles[i]; p.id == c.PathValue("id") && !p.fixed {
			p.permissions, _ = stringList(c.body["permissions"])
			return answer{status: 200, body: p.show(s.now())}
		}
	}
	return refusal(404, "NotFoundError", "Profile not found")
}

// createUser gives a user that is there as one that was made.
func (s *Server) createUser(c call) answer {
	check := checks{body: c.body}
	login, name, in := check.text("login"), check.text("name"), text(c.body["profile"])
	if refused, failed := check.failed(); failed {
		return refused
	}
	organisation := text(c.body["organisation"])
	switch {
	case !c.who.has("manageUser"):
		return refusal(403, "AuthorizationError", "Operation not permitted")
	case !slices.Contains(s.organisations, organisation):
		return refusal(404, "NotFoundError", "Organisation not found")
	case s.permissionsOf(in) == nil:
		return refusal(404, "NotFoundError", "Profile not found")
	}
	p := s.person(login)
	if p == nil {
		p = &person{id: s.id(), login: login, name: name, organisation: organisation, profile: in, password: text(c.body["password"]), typ: text(or(c.body["type"], "Normal"))}
		s.people = append(s.people, p)
	}
	return answer{status: 201, body: s.shownPerson(p)}
}

func (s *Server) shownPerson(p *person) object {
	shown := object{"_id": p.id, "_createdBy": adminLogin, "_createdAt": s.now(), "login": p.login, "name": p.name,
		"hasKey": p.key != "", "hasPassword": p.password != "", "hasMFA": false, "locked": false, "profile": p.profile,
		"permissions": s.permissionsOf(p.profile), "organisation": p.organisation, "organisations": []any{}, "extraData": object{}}
	if s.five {
		shown["type"] = p.typ
	}
	return shown
}

// getUser is known from the source alone (controllers/v1/UserCtrl.scala).
func (s *Server) getUser(c call) answer {
	if p := s.person(c.PathValue("login")); p != nil && (c.who.organisation == adminOrganisation || c.who.organisation == p.organisation) {
		return answer{status: 200, body: s.shownPerson(p)}
	}
	return refusal(404, "NotFoundError", "User not found")
}

func (s *Server) person(login string) *person {
	for _, p := range s.people {
		if p.login == login {
			return p
		}
	}
	return nil
}

// userKey answers with plain text. A user without a key is known from the source
// alone (LocalKeyAuthSrv.scala).
func (s *Server) userKey(c call, renew bool) answer {
	p := s.person(c.PathValue("login"))
	switch {
	case !c.who.has("manageUser") || p == nil:
		return refusal(404, "NotFoundError", "User not found")
	case renew:
		p.key = "thehivetest-key-of-" + p.login + strconv.Itoa(s.last)
		s.last++
	case p.key == "":
		return refusal(404, "NotFoundError", "User "+p.login+" hasn't key")
	}
	return answer{status: 200, body: p.key}
}

// changePassword is known from the source alone (UserCtrl.scala).
func (s *Server) changePassword(c call) answer {
	check := checks{body: c.body}
	next, was := check.text("password"), check.text("currentPassword")
	if refused, failed := check.failed(); failed {
		return refused
	}
	if c.PathValue("login") != adminLogin || was != s.password {
		return refusal(401, "AuthenticationError", "Authentication failure")
	}
	s.password = next
	return answer{status: 204}
}
