package misptest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"
	"github.com/tidwall/gjson"
)

// setup is what a set-up fills MISP with.
type setup struct {
	organisations []namedRow
	roles         []role
	users         []*mispUser
	taxonomies    []*taxonomy
	feeds         []*feed
	offered       []*feed // that loadDefaultFeeds brings
	settings      map[string]any
}

type namedRow struct{ id, uuid, name string }

type role struct {
	id, name    string
	permissions []string
}

type mispUser struct {
	id, email, organisation, role string
	keys                          map[string]bool // whether each is read-only
}

type taxonomy struct {
	id, namespace string
	enabled       bool
	total, tags   int
}

type feed struct {
	id, name, url string
	enabled       bool
}

func newSetup() setup {
	roles := []role{
		{"1", "admin", []string{"perm_site_admin", "perm_auth", "perm_add", "perm_modify", "perm_modify_org", "perm_publish", "perm_tagger", "perm_tag_editor", "perm_sighting"}},
		{"3", "User", []string{"perm_auth", "perm_add", "perm_modify", "perm_modify_org", "perm_tagger", "perm_sighting"}},
		{"6", "Read Only", []string{"perm_auth"}},
	}
	return setup{
		organisations: []namedRow{{"1", uuid.NewString(), "ORGNAME"}, {"2", uuid.NewString(), "Client Org"}},
		roles:         roles,
		users: []*mispUser{{id: "1", email: "admin@admin.test", organisation: "1", role: "1"}, {id: "2", email: "user@client.test", organisation: "2", role: "3"},
			{id: "3", email: "reader@client.test", organisation: "2", role: "6"}},
		taxonomies: []*taxonomy{{"1", "CERT-XLM", false, 37, 0}, {"91", "PAP", false, 5, 0}, {"92", "false-positive", false, 6, 0}, {"170", "tlp", false, 8, 0}, {"171", "workflow", false, 33, 0}},
		offered:    []*feed{{"1", "CIRCL OSINT Feed", "https://www.circl.lu/doc/misp/feed-osint", false}, {"2", "The Botvrij.eu Data", "https://www.botvrij.eu/data/feed-osint", false}},
		settings:   map[string]any{"MISP.live": false, "MISP.baseurl": "https://misp.example.com", "MISP.default_event_distribution": "1"},
	}
}

// account finds whom a key belongs to.
func (s *Server) account(key string) (account, bool) {
	if a, ok := accounts()[key]; ok {
		return a, true
	}
	for _, u := range s.users {
		if readOnly, ok := u.keys[key]; ok {
			may := s.permissionsOf(u.role)
			return account{organisation: u.organisation, email: u.email, editor: slices.Contains(may, "perm_tag_editor"),
				readOnly: readOnly || !slices.Contains(may, "perm_add")}, true
		}
	}
	return account{}, false
}

func (s *Server) permissionsOf(id string) []string {
	for _, r := range s.roles {
		if r.id == id {
			return r.permissions
		}
	}
	return nil
}

// setupRoutes are the addresses by which MISP is set up: those of a site admin.
func (s *Server) setupRoutes(on func(string, func(call) answer)) {
	admin := func(pattern string, handle func(call) answer) {
		on(pattern, func(c call) answer {
			if !c.who.admin {
				return said(c, 403, "You do not have permission to use this functionality.")
			}
			return handle(c)
		})
	}
	on("GET /users/view/me", s.viewMe)
	on("GET /taxonomies/index", s.indexTaxonomies)
	on("GET /feeds/index", s.indexFeeds)
	on("GET /roles/index", s.indexRoles)
	on("GET /tags/index/{filter}/{statistics}", s.indexTags)
	admin("GET /organisations/index/{scope}", s.indexOrganisations)
	admin("POST /admin/organisations/add", s.addOrganisation)
	admin("POST /admin/roles/add", s.addRole)
	admin("GET /admin/users/index", s.indexUsers)
	admin("POST /admin/users/add", s.addUser)
	admin("POST /auth_keys/add/{user}", s.addKey)
	admin("POST /taxonomies/enable/{id}", s.enableTaxonomy)
	admin("POST /taxonomies/addTag/{id}", s.addTaxonomyTags)
	admin("POST /taxonomies/addTag", func(c call) answer {
		return unsaved("addTag Taxonomy", "/taxonomies/addTag", "The tag(s) could not be saved. Please, try again.")
	})
	admin("POST /feeds/loadDefaultFeeds", s.loadFeeds)
	admin("POST /feeds/enable/{id}", s.enableFeed)
	admin("POST /warninglists/toggleEnable", s.toggleWarninglists)
	admin("GET /servers/getSetting/{name}", s.getSetting)
	admin("POST /servers/serverSettingsEdit/{name}", s.editSetting)
	admin("POST /tags/add", s.addTag)
}

func done(c call, message, url string) answer {
	return answer{status: 200, body: object{"saved": true, "success": true, "name": message, "message": message, "url": url}}
}

func (o namedRow) show() object {
	return object{"Organisation": object{"id": o.id, "name": o.name, "date_created": "2026-11-23 09:33:56", "date_modified": "2026-11-23 09:33:56", "description": nil,
		"type": "", "nationality": "", "sector": "", "created_by": "1", "uuid": o.uuid, "contacts": nil, "local": true, "restricted_to_domain": nil, "landingpage": nil}}
}

func (s *Server) indexOrganisations(call) answer {
	out := []object{}
	for _, o := range s.organisations {
		out = append(out, o.show())
	}
	return answer{status: 200, body: out}
}

func (s *Server) addOrganisation(c call) answer {
	name := c.body.Get("name").String()
	if slices.ContainsFunc(s.organisations, func(o namedRow) bool { return strings.EqualFold(o.name, name) }) {
		return unsaved("add Organisation", "/admin/organisations/add", object{"name": []string{"An organisation with this name already exists."}})
	}
	made := namedRow{strconv.Itoa(len(s.organisations) + 1), uuid.NewString(), name}
	s.organisations = append(s.organisations, made)
	return answer{status: 200, body: made.show()}
}

func (s *Server) indexRoles(call) answer {
	out := []object{}
	for _, r := range s.roles {
		out = append(out, r.show())
	}
	return answer{status: 200, body: out}
}

func (r role) show() object {
	shown := object{"id": r.id, "name": r.name, "created": "2026-11-23 08:21:15", "modified": "2026-11-23 08:21:15"}
	for _, name := range allPermissions() {
		shown[name] = slices.Contains(r.permissions, name)
	}
	return object{"Role": shown}
}

func allPermissions() []string {
	return []string{"perm_site_admin", "perm_admin", "perm_sync", "perm_auth", "perm_add", "perm_modify", "perm_modify_org", "perm_publish", "perm_tagger",
		"perm_tag_editor", "perm_sighting"}
}

// addRole is known from the source alone (app/Model/Role.php): the rights to
// events come of "permission".
func (s *Server) addRole(c call) answer {
	body := unwrapped(c.body, "Role")
	r := role{id: strconv.Itoa(len(s.roles) + 10), name: body.Get("name").String()}
	for _, name := range allPermissions() {
		if body.Get(name).Bool() && !strings.HasPrefix(name, "perm_add") && !strings.HasPrefix(name, "perm_modify") && name != "perm_publish" {
			r.permissions = append(r.permissions, name)
		}
	}
	level := body.Get("permission").Int()
	for at, name := range map[int64]string{1: "perm_add", 2: "perm_modify_org", 3: "perm_publish"} {
		if level >= at {
			r.permissions = append(r.permissions, name)
		}
	}
	if level >= 1 {
		r.permissions = append(r.permissions, "perm_modify")
	}
	s.roles = append(s.roles, r)
	return answer{status: 200, body: r.show()}
}

func (u *mispUser) show() object {
	return object{"id": u.id, "org_id": u.organisation, "email": u.email, "role_id": u.role, "disabled": false, "password": "******", "server_id": "0"}
}

func (s *Server) indexUsers(call) answer {
	out := []object{}
	for _, u := range s.users {
		out = append(out, object{"User": u.show(), "Organisation": object{"id": u.organisation}, "Role": object{"id": u.role}})
	}
	return answer{status: 200, body: out}
}

func (s *Server) addUser(c call) answer {
	u := &mispUser{id: strconv.Itoa(len(s.users) + 1), email: c.body.Get("email").String(), organisation: c.body.Get("org_id").String(),
		role: c.body.Get("role_id").String(), keys: map[string]bool{}}
	switch {
	case slices.ContainsFunc(s.users, func(other *mispUser) bool { return other.email == u.email }):
		return unsaved("add User", "/admin/users/add", object{"email": []string{"An account with this email address already exists."}})
	case len(c.body.Get("password").String()) < 12:
		return unsaved("add User", "/admin/users/add", object{"password": []string{"Password length requirement not met."}})
	}
	s.users = append(s.users, u)
	return answer{status: 200, body: object{"User": u.show()}}
}

func (s *Server) viewMe(c call) answer {
	for _, u := range s.users {
		if u.email == c.who.email {
			return answer{status: 200, body: object{"User": u.show(), "Role": object{"id": u.role}, "Organisation": object{"id": u.organisation}}}
		}
	}
	return said(c, 404, "Invalid user")
}

// addKey shows a key this once.
func (s *Server) addKey(c call) answer {
	for _, u := range s.users {
		if u.id != c.PathValue("user") {
			continue
		}
		if u.keys == nil {
			u.keys = map[string]bool{}
		}
		s.last++
		key := fmt.Sprintf("k%s%039d", u.id[:1], s.last)[:40]
		readOnly := c.body.Get("read_only").Bool()
		u.keys[key] = readOnly
		return answer{status: 200, body: object{"AuthKey": object{"id": s.id(), "uuid": uuid.NewString(), "authkey_start": key[:4], "authkey_end": key[36:],
			"created": strconv.FormatInt(s.now(), 10), "expiration": "0", "read_only": readOnly, "user_id": u.id, "comment": c.body.Get("comment").Value(),
			"allowed_ips": nil, "unique_ips": []string{}, "authkey_raw": key}}}
	}
	return said(c, 405, "Invalid user or insufficient privileges to interact with an authkey for the given user.")
}

func (s *Server) indexTaxonomies(call) answer {
	out := []object{}
	for _, t := range s.taxonomies {
		out = append(out, object{"Taxonomy": object{"id": t.id, "namespace": t.namespace, "description": t.namespace, "version": "1", "enabled": t.enabled,
			"exclusive": false, "required": false, "highlighted": false}, "total_count": t.total, "current_count": t.tags})
	}
	return answer{status: 200, body: out}
}

func (s *Server) taxonomy(id string) *taxonomy {
	for _, t := range s.taxonomies {
		if t.id == id {
			return t
		}
	}
	return nil
}

func (s *Server) enableTaxonomy(c call) answer {
	id := c.PathValue("id")
	t := s.taxonomy(id)
	if t == nil {
		return unsaved("enable Taxonomy", c.URL.Path, "Invalid taxonomy.")
	}
	t.enabled = true
	a := done(c, "Taxonomy enabled", c.URL.Path)
	return withID(a, id)
}

func (s *Server) addTaxonomyTags(c call) answer {
	id := c.PathValue("id")
	t := s.taxonomy(id)
	if t == nil || !t.enabled {
		return unsaved("addTag Taxonomy", c.URL.Path, "The tag(s) could not be saved. Please, try again.")
	}
	t.tags = t.total
	return withID(done(c, "The tag(s) has been saved.", c.URL.Path), id)
}

func withID(a answer, id string) answer {
	if body, ok := a.body.(object); ok {
		body["id"] = id
	}
	return a
}

func (s *Server) indexFeeds(call) answer {
	out := []object{}
	for _, f := range s.feeds {
		out = append(out, object{"Feed": object{"id": f.id, "name": f.name, "provider": "example", "url": f.url, "enabled": f.enabled, "default": true,
			"source_format": "misp", "caching_enabled": false, "cache_timestamp": false}})
	}
	return answer{status: 200, body: out}
}

func (s *Server) loadFeeds(c call) answer {
	if len(s.feeds) == 0 {
		s.feeds = s.offered
	}
	return done(c, "Default feed metadata loaded.", c.URL.Path)
}

func (s *Server) enableFeed(c call) answer {
	for _, f := range s.feeds {
		if f.id == c.PathValue("id") {
			f.enabled = true
			return answer{status: 200, body: object{"name": "Feed enabled.", "message": "Feed enabled.", "url": c.URL.Path}}
		}
	}
	return said(c, 405, "Invalid Feed.")
}

func (s *Server) toggleWarninglists(c call) answer {
	ids := map[string]bool{}
	for _, id := range c.body.Get("id").Array() {
		ids[id.String()] = true
	}
	n := 0
	for i := range s.lists {
		if ids[s.lists[i].ID] {
			s.lists[i].Disabled = !c.body.Get("enabled").Bool()
			n++
		}
	}
	return answer{status: 200, body: object{"saved": true, "success": strconv.Itoa(n) + " warninglist(s) enabled"}}
}

func (s *Server) getSetting(c call) answer {
	name := c.PathValue("name")
	value, ok := s.settings[name]
	if !ok {
		return said(c, 404, "Setting "+name+" is invalid.")
	}
	return answer{status: 200, body: object{"level": 0, "description": name, "value": value, "errorMessage": "", "test": "testBool", "type": "boolean", "null": true, "name": name}}
}

// editSetting keeps a yes or no as what it is, as the real one does.
func (s *Server) editSetting(c call) answer {
	name := c.PathValue("name")
	held, ok := s.settings[name]
	if !ok {
		return said(c, 404, "Setting "+name+" is invalid.")
	}
	value := c.body.Get("value")
	if _, is := held.(bool); is {
		s.settings[name] = yes(value)
	} else {
		s.settings[name] = value.String()
	}
	return answer{status: 200, body: object{"saved": true, "success": true, "name": "Field updated", "message": "Field updated", "url": "/servers/serverSettingsEdit"}}
}

func yes(v gjson.Result) bool { return v.Bool() || v.String() == "1" || v.String() == "true" }

// indexTags looks for one name: filter is "name:waggle".
func (s *Server) indexTags(c call) answer {
	out := []object{}
	_, name, _ := strings.Cut(c.PathValue("filter"), ":")
	if s.tags[name] {
		out = append(out, object{"id": "1", "name": name, "colour": "#000000", "exportable": true})
	}
	return answer{status: 200, body: object{"Tag": out}}
}

// addTag gives a tag that is there as one that was made.
func (s *Server) addTag(c call) answer {
	name := c.body.Get("name").String()
	s.tags[name] = true
	return answer{status: 200, body: object{"Tag": object{"id": "1", "name": name, "colour": c.body.Get("colour").String(), "exportable": true, "org_id": "0", "user_id": "0",
		"hide_tag": false, "numerical_value": nil, "is_galaxy": false, "is_custom_galaxy": false, "local_only": false}}}
}
