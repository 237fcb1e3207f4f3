package thehive

import (
	"cmp"
	"context"
	"errors"
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

// analystProfile is a profile of TheHive's own that may do what the feeder needs,
// and more.
const analystProfile = "analyst"

// People are the steps for the licence, the administrator, the organisation and
// the users.
func (s *Server) People() []step.Step {
	out := []step.Step{s.password()}
	if s.edition.licence != nil {
		out = append(out, s.edition.licence(s))
	}
	return append(out,
		s.organisation(),
		s.profile(),
		s.person(),
		s.user(account{"waggle-setup", "Waggle set-up", "org-admin", PeopleKey, s.edition.setupPermissions}),
		s.user(account{"waggle-feeder", "Waggle feeder", feederProfile, FeederKey, s.edition.feederPermissions}),
		s.user(account{"waggle-responder", "Waggle responders", "read-only", ResponderKey, nil}),
	)
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

// organisation makes the organisation. TheHive 4.1 does not mind two of one name,
// so it is looked for first, and one of several is not chosen.
func (s *Server) organisation() step.Step {
	name, all := s.settings.Organisation, s.edition.organisations
	return step.Step{
		Name: "organisation " + name, Hand: all.hand,
		Look: func(ctx context.Context) (string, error) {
			found, err := all.named(ctx, s.admin, name)
			if err != nil {
				return "", err
			}
			switch n := len(found); n {
			case 0:
				return "no such organisation", nil
			case 1:
				return "", nil
			default:
				return "", fmt.Errorf("there are %d organisations of this name: rename all but one", n)
			}
		},
		Make: func(ctx context.Context) error {
			return all.make(ctx, s.admin, map[string]any{"name": name, "description": name})
		},
	}
}

// profile makes the feeder's profile, or gives it the permissions that it lacks;
// those that an administrator added stay.
func (s *Server) profile() step.Step {
	var held gjson.Result
	all, needs := s.edition.profiles, s.edition.feederPermissions
	return step.Step{
		Name: "profile " + feederProfile, Hand: all.hand + ", with " + strings.Join(needs, ", "),
		Look: func(ctx context.Context) (string, error) {
			found, err := all.named(ctx, s.admin, feederProfile)
			if err != nil {
				return "", err
			}
			if len(found) == 0 {
				held = gjson.Result{}
				if s.edition.ownProfiles != nil {
					err = s.edition.ownProfiles(ctx, s)
				}
				return "no such profile", err
			}
			held = found[0]
			if lacking := without(needs, texts(held.Get("permissions"))); len(lacking) > 0 {
				return "it lacks " + strings.Join(lacking, ", "), nil
			}
			return "", nil
		},
		Make: func(ctx context.Context) error {
			permissions := texts(held.Get("permissions"))
			permissions = append(permissions, without(needs, permissions)...)
			if !held.Exists() {
				return all.make(ctx, s.admin, s.edition.profile(feederProfile, permissions))
			}
			_, err := s.admin(ctx, upstream.Request{Method: http.MethodPatch, Path: all.path + "/" + url.PathEscape(held.Get("_id").String()),
				JSON: map[string]any{"permissions": permissions}})
			return err
		},
	}
}

// available is the profile itself, or in the place of one that the licence does
// not let us make, one of TheHive's own.
func (s *Server) available(ctx context.Context, profile string) (string, error) {
	if profile != feederProfile || s.edition.ownProfiles == nil {
		return profile, nil
	}
	found, err := s.edition.profiles.named(ctx, s.admin, profile)
	if err != nil || len(found) > 0 {
		return profile, err
	}
	err = s.edition.ownProfiles(ctx, s)
	if left := step.LeftOut(""); errors.As(err, &left) {
		return analystProfile, nil
	}
	return profile, err
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
			return s.createUser(ctx, map[string]any{"login": login, "name": "Analyst", "profile": "org-admin", "password": password.Reveal()})
		},
	}
}

// account is a user for a program.
type account struct {
	name, full, profile string
	key                 string   // its name in the ring
	needs               []string // permissions
}

// user makes a user of the organisation and keeps the key; whether both are
// well, the key itself tells best.
func (s *Server) user(a account) step.Step {
	login := a.name + "@" + s.settings.Domain
	return step.Step{
		Name: "user " + login, Hand: fmt.Sprintf("in the organisation: Create new user, profile %s; Create API key, into %s", a.profile, s.ring.Path(a.key)),
		Look: func(ctx context.Context) (string, error) {
			key, err := s.ring.Get(a.key)
			if err != nil {
				return "", err
			}
			if !key.Set() {
				return "no key is kept here", nil
			}
			return s.keyLacks(ctx, key, a.needs)
		},
		Make: func(ctx context.Context) error {
			profile, err := s.available(ctx, a.profile)
			if err != nil {
				return err
			}
			// Creating one that is there gives that one: captured from a running 4.1.24,
			// and so do the tests of TheHive4py say of 5.
			if err := s.createUser(ctx, s.edition.machine(map[string]any{"login": login, "name": a.full, "profile": profile})); err != nil {
				return err
			}
			key, err := s.keyOf(ctx, login)
			if err != nil {
				return err
			}
			if lacks, err := s.keyLacks(ctx, key, a.needs); err != nil || lacks != "" {
				return cmp.Or(err, fmt.Errorf("%s: unlock %s, and give it the profile %s in %s", lacks, login, profile, s.settings.Organisation))
			}
			return s.ring.Put(a.key, key)
		},
	}
}

// createUser makes a user of the organisation.
func (s *Server) createUser(ctx context.Context, user map[string]any) error {
	user["organisation"] = s.settings.Organisation
	_, err := s.admin(ctx, upstream.Request{Method: http.MethodPost, Path: "/api/v1/user", JSON: user})
	return err
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

// without is what of needs nobody has who has these permissions. TheHive 5 has
// parts of permissions, "manageAlert/create"; the whole has them all.
func without(needs, held []string) []string {
	return slices.DeleteFunc(slices.Clone(needs), func(one string) bool {
		whole, _, _ := strings.Cut(one, "/")
		return slices.Contains(held, one) || slices.Contains(held, whole)
	})
}

func texts(r gjson.Result) []string {
	var out []string
	for _, t := range r.Array() {
		out = append(out, t.String())
	}
	return out
}
