package misp

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/waggle-cti/waggle/docker/setup/step"
	"github.com/waggle-cti/waggle/feeder/secret"
	"github.com/waggle-cti/waggle/shared/upstream"
)

// roleName names the role of those who write events. MISP's own "User" may not
// make tags, and loses those that MISP does not know without a word.
const roleName = "Waggle"

// readerRole is MISP's own role of those who only read.
const readerRole = "Read Only"

// People are the steps for the organisation, the role and the users.
func (s *Server) People() []step.Step {
	reader := readerRole
	if !s.settings.TheHive.Used() {
		reader = roleName // the feeder makes events itself, where there is no TheHive
	}
	return []step.Step{
		s.organisation(),
		s.role(),
		s.user("waggle-feeder", reader, FeederKey),
		s.user("waggle-cortex", roleName, CortexKey),
		s.user("waggle-thehive", roleName, TheHiveKey),
	}
}

func (s *Server) organisations(ctx context.Context) (gjson.Result, error) {
	rows, err := s.list(ctx, "/organisations/index/scope:all")
	return find(rows, "Organisation.name", s.settings.Organisation).Get("Organisation"), err
}

func (s *Server) organisation() step.Step {
	name := s.settings.Organisation
	return step.Step{
		Name: "organisation " + name, Hand: "Administration, Add Organisations: a local one",
		Look: func(ctx context.Context) (string, error) {
			held, err := s.organisations(ctx)
			switch {
			case err != nil:
				return "", err
			case !held.Exists():
				return "no such organisation", nil
			case !held.Get("local").Bool():
				return "", errors.New("the organisation is known from elsewhere and not local: make it local, since only then it can have users")
			}
			return "", nil
		},
		Make: func(ctx context.Context) error {
			_, err := s.post(ctx, "/admin/organisations/add", map[string]any{"name": name, "description": name, "local": true})
			return err
		},
	}
}

func (s *Server) roleNamed(ctx context.Context, name string) (gjson.Result, error) {
	rows, err := s.list(ctx, "/roles/index")
	return find(rows, "Role.name", name).Get("Role"), err
}

// role makes the role of those who write events. Its form is that of
// app/Model/Role.php, where permission 2 is to manage the organisation's events.
func (s *Server) role() step.Step {
	rights := map[string]any{"perm_auth": 1, "perm_tagger": 1, "perm_tag_editor": 1, "perm_sighting": 1}
	return step.Step{
		Name: "role " + roleName, Hand: "Administration, Add Role: Manage Organisation Events; Auth key, Tagger, Tag editor, Sighting",
		Look: func(ctx context.Context) (string, error) {
			held, err := s.roleNamed(ctx, roleName)
			switch {
			case err != nil:
				return "", err
			case !held.Exists():
				return "no such role", nil
			}
			for _, right := range []string{"perm_auth", "perm_add", "perm_modify", "perm_tagger", "perm_tag_editor", "perm_sighting"} {
				if !held.Get(right).Bool() {
					return "", fmt.Errorf("the role lacks %s: give it in MISP", right)
				}
			}
			return "", nil
		},
		Make: func(ctx context.Context) error {
			body := map[string]any{"name": roleName, "permission": "2"}
			for right, value := range rights {
				body[right] = value
			}
			_, err := s.post(ctx, "/admin/roles/add", body)
			return err
		},
	}
}

// user makes a user and keeps a key. MISP shows a key only once, so where none
// is kept another one is made; the earlier ones stay valid.
func (s *Server) user(name, role, keyName string) step.Step {
	email := name + "@" + s.settings.Domain
	return step.Step{
		Name: "user " + email, Hand: "Administration, Add User with the role " + role + "; Auth keys, Add, into " + s.ring.Path(keyName),
		Look: func(ctx context.Context) (string, error) {
			key, err := s.ring.Get(keyName)
			if err != nil {
				return "", err
			}
			if !key.Set() {
				return "no key is kept here", nil
			}
			answer, err := s.http.Do(ctx, upstream.Request{Path: "/users/view/me", Header: header(key)})
			switch err = explain(err); {
			case upstream.ReasonOf(err) == upstream.Auth:
				return "the key kept here is not accepted", nil
			case err != nil:
				return "", err
			}
			if is := answer.JSON().Get("User.email").String(); !strings.EqualFold(is, email) {
				return "the key kept here is another user's", nil
			}
			return "", nil
		},
		Make: func(ctx context.Context) error {
			id, err := s.userID(ctx, email, role)
			if err != nil {
				return err
			}
			made, err := s.post(ctx, "/auth_keys/add/"+escaped(id), map[string]any{"comment": "Waggle set-up", "read_only": role == readerRole})
			if err != nil {
				return err
			}
			key := made.Get("AuthKey.authkey_raw").String()
			if key == "" {
				return errors.New("MISP gave no key: set Security.advanced_authkeys in its server settings")
			}
			return s.ring.Put(keyName, secret.New(key))
		},
	}
}

// userID gives the id of a user, who is made if there is none.
func (s *Server) userID(ctx context.Context, email, role string) (gjson.Result, error) {
	in, err := s.organisations(ctx)
	if err != nil {
		return in, err
	}
	as, err := s.roleNamed(ctx, role)
	if err != nil {
		return as, err
	}
	if !in.Exists() || !as.Exists() {
		return in, fmt.Errorf("there is no organisation %s, or no role %s", s.settings.Organisation, role)
	}
	rows, err := s.list(ctx, "/admin/users/index")
	if err != nil {
		return in, err
	}
	if held := find(rows, "User.email", email).Get("User"); held.Exists() {
		if held.Get("org_id").String() != in.Get("id").String() {
			return held, fmt.Errorf("the user is in another organisation than %s", s.settings.Organisation)
		}
		return held.Get("id"), nil
	}
	// Nobody logs in with the password, and it is kept nowhere.
	made, err := s.post(ctx, "/admin/users/add", map[string]any{"email": email, "org_id": in.Get("id").String(), "role_id": as.Get("id").String(),
		"password": s.ring.Generate().Reveal(), "change_pw": 0})
	return made.Get("User.id"), err
}
