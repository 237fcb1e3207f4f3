package thehive

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/waggle-cti/waggle/docker/setup/step"
	"github.com/waggle-cti/waggle/feeder/secret"
	"github.com/waggle-cti/waggle/shared/upstream"
)

// feederProfile names the profile of the feeder's user, which this set-up makes.
const feederProfile = "waggle-feeder"

// feederPermissions are what the feeder needs and no more: it raises and updates
// alerts, marks observables and cases with verdicts, has those in cases analysed,
// and starts responders.
func feederPermissions() []string {
	return []string{"manageAction", "manageAlert", "manageAnalyse", "manageCase", "manageObservable"}
}

// People are the steps for the administrator, the organisation and the users.
func (s *Server) People() []step.Step {
	return []step.Step{
		s.password(),
		s.organisation(),
		s.profile(),
		s.person(),
		s.user("waggle-setup", "Waggle set-up", "org-admin", PeopleKey, []string{"manageCaseTemplate", "manageConfig"}),
		s.user("waggle-feeder", "Waggle feeder", feederProfile, FeederKey, feederPermissions()),
		s.user("waggle-responder", "Waggle responders", "read-only", ResponderKey, nil),
	}
}

// password changes the password that every new TheHive has. The new one is kept
// before it is set, so that a crash in between locks nobody out.
func (s *Server) password() step.Step {
	old := basic(s.settings.TheHive.Login, defaultPassword)
	return step.Step{
		Name: "password of " + s.settings.TheHive.Login,
		Hand: "log in as " + s.settings.TheHive.Login + ", change the password, and set THEHIVE_ADMIN_PASSWORD",
		Look: func(ctx context.Context) (string, error) {
			open, err := s.accepted(ctx, old)
			if err != nil {
				return "", err
			}
			if !open {
				_, err := s.adminHeader(ctx)
				return "", err
			}
			return "it is the one that every new TheHive has", nil
		},
		Make: func(ctx context.Context) error {
			next, err := s.nextPassword()
			if err != nil {
				return err
			}
			_, err = s.http.Do(ctx, upstream.Request{Method: http.MethodPost, Header: old,
				Path: "/api/v1/user/" + url.PathEscape(s.settings.TheHive.Login) + "/password/change",
				JSON: map[string]any{"currentPassword": defaultPassword, "password": next.Reveal()}})
			s.as = nil
			return err
		},
	}
}

func (s *Server) nextPassword() (secret.Text, error) {
	held, err := s.ring.Get(AdminPassword)
	if err != nil {
		return secret.Text{}, err
	}
	next := secret.New(cmp.Or(s.settings.TheHive.Password.Reveal(), held.Reveal(), s.ring.Generate().Reveal()))
	return next, s.ring.Put(AdminPassword, next)
}

// organisation makes the organisation. TheHive does not mind two of one name, so
// it is looked for first, and one of several is not chosen.
func (s *Server) organisation() step.Step {
	name := s.settings.Organisation
	return step.Step{
		Name: "organisation " + name, Hand: "as administrator: New Organisation",
		Look: func(ctx context.Context) (string, error) {
			rows, err := list(ctx, s.admin, upstream.Request{Path: "/api/organisation"})
			if err != nil {
				return "", err
			}
			switch n := len(named(rows, "name", name)); n {
			case 0:
				return "no such organisation", nil
			case 1:
				return "", nil
			default:
				return "", fmt.Errorf("there are %d organisations of this name: rename all but one", n)
			}
		},
		Make: func(ctx context.Context) error {
			return post(ctx, s.admin, "/api/organisation", map[string]any{"name": name, "description": name})
		},
	}
}

// profile makes the feeder's profile, or gives it the permissions that it lacks;
// those that an administrator added stay.
func (s *Server) profile() step.Step {
	var held gjson.Result
	return step.Step{
		Name: "profile " + feederProfile, Hand: "as administrator: Profiles, with " + strings.Join(feederPermissions(), ", "),
		Look: func(ctx context.Context) (string, error) {
			rows, err := list(ctx, s.admin, upstream.Request{Path: "/api/profile"})
			if err != nil {
				return "", err
			}
			found := named(rows, "name", feederProfile)
			if len(found) == 0 {
				held = gjson.Result{}
				return "no such profile", nil
			}
			held = found[0]
			if lacking := without(feederPermissions(), texts(held.Get("permissions"))); len(lacking) > 0 {
				return "it lacks " + strings.Join(lacking, ", "), nil
			}
			return "", nil
		},
		Make: func(ctx context.Context) error {
			permissions := texts(held.Get("permissions"))
			permissions = append(permissions, without(feederPermissions(), permissions)...)
			if !held.Exists() {
				return post(ctx, s.admin, "/api/profile", map[string]any{"name": feederProfile, "permissions": permissions})
			}
			_, err := s.admin(ctx, upstream.Request{Method: http.MethodPatch, Path: "/api/profile/" + url.PathEscape(held.Get("_id").String()),
				JSON: map[string]any{"permissions": permissions}})
			return err
		},
	}
}

// person makes the first user of the organisation who logs in: TheHive's
// administrator sees no alert. The password is kept here, to be changed at the
// first login; one who is there is left alone.
func (s *Server) person() step.Step {
	login := "analyst@" + s.settings.Domain
	return step.Step{
		Name: "user " + login, Hand: "in the organisation: Create new user, profile org-admin; New password",
		Look: func(ctx context.Context) (string, error) {
			_, err := s.admin(ctx, upstream.Request{Path: "/api/v1/user/" + url.PathEscape(login)})
			if upstream.ReasonOf(err) == upstream.NotFound {
				return "no such user; afterwards the password is in " + s.ring.Path(PersonPassword), nil
			}
			return "", err
		},
		Make: func(ctx context.Context) error {
			password := s.ring.Generate()
			if err := s.ring.Put(PersonPassword, password); err != nil {
				return err
			}
			// The password is set along with the user: controllers/v1/UserCtrl.scala.
			return post(ctx, s.admin, "/api/v1/user", map[string]any{"login": login, "name": "Analyst", "organisation": s.settings.Organisation,
				"profile": "org-admin", "password": password.Reveal()})
		},
	}
}

// user makes a user of the organisation and keeps the key; whether both are
// well, the key itself tells best.
func (s *Server) user(name, full, profile, keyName string, needs []string) step.Step {
	login := name + "@" + s.settings.Domain
	return step.Step{
		Name: "user " + login, Hand: fmt.Sprintf("in the organisation: Create new user, profile %s; Create API key, into %s", profile, s.ring.Path(keyName)),
		Look: func(ctx context.Context) (string, error) {
			key, err := s.ring.Get(keyName)
			if err != nil {
				return "", err
			}
			if !key.Set() {
				return "no key is kept here", nil
			}
			return s.keyLacks(ctx, key, needs)
		},
		Make: func(ctx context.Context) error {
			// Creating one that is there gives that one: captured from a running 4.1.24.
			err := post(ctx, s.admin, "/api/v1/user", map[string]any{"login": login, "name": full, "organisation": s.settings.Organisation, "profile": profile})
			if err != nil {
				return err
			}
			key, err := s.keyOf(ctx, login)
			if err != nil {
				return err
			}
			if lacks, err := s.keyLacks(ctx, key, needs); err != nil || lacks != "" {
				return cmp.Or(err, fmt.Errorf("%s: unlock %s, and give it the profile %s in %s", lacks, login, profile, s.settings.Organisation))
			}
			return s.ring.Put(keyName, key)
		},
	}
}

// keyLacks tells what keeps a key from being of use.
func (s *Server) keyLacks(ctx context.Context, key secret.Text, needs []string) (string, error) {
	answer, err := s.http.Do(ctx, upstream.Request{Path: "/api/v1/user/current", Header: s.bearer(key.Reveal(), s.settings.Organisation)})
	switch {
	case upstream.ReasonOf(err) == upstream.Auth:
		return "its key is not accepted in the organisation", nil
	case err != nil:
		return "", err
	}
	if lacking := without(needs, texts(answer.JSON().Get("permissions"))); len(lacking) > 0 {
		return "it lacks the permissions " + strings.Join(lacking, ", "), nil
	}
	return "", nil
}

// keyOf gives a user's key, and a new one only where there is none: another
// program may use the one that is there. TheHive gives it as plain text.
func (s *Server) keyOf(ctx context.Context, login string) (secret.Text, error) {
	path := "/api/v1/user/" + url.PathEscape(login) + "/key"
	answer, err := s.admin(ctx, upstream.Request{Path: path})
	if upstream.ReasonOf(err) == upstream.NotFound {
		answer, err = s.admin(ctx, upstream.Request{Method: http.MethodPost, Path: path + "/renew", JSON: map[string]any{}})
	}
	if err != nil {
		return secret.Text{}, err
	}
	key := strings.TrimSpace(string(answer.Body))
	if key == "" || strings.ContainsAny(key, "<{ \n") {
		return secret.Text{}, &upstream.Error{Service: service, Reason: upstream.Failure, Status: answer.Status,
			Message: "its answer is not a key", Next: "check the URL: is TheHive what answers there?"}
	}
	return secret.New(key), nil
}

// named are the rows whose field has a value.
func named(rows []gjson.Result, field, value string) []gjson.Result {
	return slices.DeleteFunc(slices.Clone(rows), func(r gjson.Result) bool { return r.Get(field).String() != value })
}

// without is what of a is not in b.
func without(a, b []string) []string {
	return slices.DeleteFunc(slices.Clone(a), func(one string) bool { return slices.Contains(b, one) })
}

func texts(r gjson.Result) []string {
	var out []string
	for _, t := range r.Array() {
		out = append(out, t.String())
	}
	return out
}
