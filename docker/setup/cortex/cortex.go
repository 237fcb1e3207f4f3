// Package cortex sets a Cortex 4.1 up: its database, the superadmin, the
// organisation, users with their keys, and the analyzers and responders.
//
// Sources: https://docs.strangebee.com/cortex/api/api-guide/, and where that is
// silent the source of Cortex 4.1 (https://github.com/TheHive-Project/Cortex,
// app/org/thp/cortex/controllers and elastic4play).
package cortex

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"github.com/waggle-cti/waggle/docker/setup/config"
	"github.com/waggle-cti/waggle/docker/setup/keyring"
	"github.com/waggle-cti/waggle/docker/setup/step"
	"github.com/waggle-cti/waggle/feeder/secret"
	"github.com/waggle-cti/waggle/shared/upstream"
)

const service = "Cortex"

// Where keys are kept, by their names in the ring.
const (
	AdminPassword = "cortex-admin-password"
	adminKey      = "cortex-admin-key"
	setupKey      = "cortex-setup-key" // orgadmin
	TheHiveKey    = "cortex-thehive-key"
	FeederKey     = "feeder/cortex-key"
)

// Server is the Cortex that is set up.
type Server struct {
	settings *config.Settings
	ring     *keyring.Ring
	http     *upstream.Client
}

// New makes a Server. It asks Cortex nothing yet.
func New(s *config.Settings, ring *keyring.Ring) (*Server, error) {
	client, err := upstream.New(upstream.Options{Service: service, BaseURL: s.Cortex.URL, CACerts: s.CACerts,
		InsecureSkipVerify: s.Cortex.AnyCertificate, Timeout: time.Minute})
	if err != nil {
		return nil, err
	}
	return &Server{settings: s, ring: ring, http: client}, nil
}

// Reach asks once whether Cortex answers.
func (s *Server) Reach(ctx context.Context) error {
	answer, err := s.http.Do(ctx, upstream.Request{Path: "/api/status"})
	if err == nil && answer.JSON().Get("versions.Cortex").String() == "" {
		err = answer.Strange("the answer names no version of Cortex")
	}
	return err
}

// noIndex is the status of a Cortex whose database is to be made or migrated:
// services/ErrorHandler.scala.
const noIndex = 520

func status(err error) int {
	var e *upstream.Error
	if errors.As(err, &e) {
		return e.Status
	}
	return 0
}

// People are the steps for the database, the superadmin, the organisation and
// the users.
func (s *Server) People() []step.Step {
	return []step.Step{
		s.database(),
		s.superadmin(),
		s.organisation(),
		s.user("waggle-setup", "Waggle set-up", setupKey, "read", "analyze", "orgadmin"),
		s.user("waggle-thehive", "TheHive", TheHiveKey, "read", "analyze"),
		s.user("waggle-feeder", "Waggle feeder", FeederKey, "read", "analyze"),
	}
}

// database has Cortex make its index, or bring it up to date.
func (s *Server) database() step.Step {
	return step.Step{
		Name: "database", Hand: "open Cortex in a browser: Update database",
		Look: func(ctx context.Context) (string, error) {
			switch err := patiently(ctx, s.current); {
			case status(err) == noIndex:
				return "it is to be made or migrated", nil
			case err != nil:
				return "", err
			}
			return "", nil
		},
		Make: func(ctx context.Context) error {
			migrate := upstream.Request{Method: http.MethodPost, Path: "/api/maintenance/migrate", JSON: map[string]any{}, Timeout: 5 * time.Minute}
			err := patiently(ctx, func(ctx context.Context) error {
				_, err := s.http.Do(ctx, migrate)
				return err
			})
			if err != nil {
				return err
			}
			return step.Await(ctx, again, coming, s.current)
		},
	}
}

// current asks who we are, which needs the database: nobody, without a key, is an
// answer (401 or 404).
func (s *Server) current(ctx context.Context) error {
	_, err := s.http.Do(ctx, upstream.Request{Path: "/api/user/current"})
	if reason := upstream.ReasonOf(err); reason == upstream.Auth || reason == upstream.NotFound {
		return nil
	}
	return err
}

// A Cortex that is coming up, or migrates, is asked again so often, for so long.
const (
	again  = 2 * time.Second
	coming = 2 * time.Minute
)

// patiently asks again while Cortex is coming up, as a proxy before it tells by
// 502 to 504. What it asks for may be done twice.
func patiently(ctx context.Context, ask func(context.Context) error) error {
	var last error
	err := step.Await(ctx, again, coming, func(ctx context.Context) error {
		last = ask(ctx)
		switch code := status(last); {
		case upstream.ReasonOf(last) == upstream.Network,
			code == http.StatusBadGateway, code == http.StatusServiceUnavailable, code == http.StatusGatewayTimeout:
			return last
		}
		return nil
	})
	if err != nil {
		return err
	}
	return last
}

// superadmin makes the first user of a new Cortex, and keeps a key of the
// superadmin. The password is kept before it is set, so that a crash in between
// locks nobody out.
func (s *Server) superadmin() step.Step {
	login := s.settings.Cortex.Login
	return step.Step{
		Name: "superadmin " + login, Hand: "open Cortex in a browser, make the first user; set CORTEX_ADMIN and CORTEX_ADMIN_PASSWORD",
		Look: func(ctx context.Context) (string, error) {
			key, err := s.adminKey()
			switch {
			case err != nil:
				return "", err
			case !key.Set():
				return s.whyNoKey(ctx)
			}
			_, err = s.http.Do(ctx, upstream.Request{Path: "/api/organization/" + adminOrganisation, Header: bearer(key)})
			if upstream.ReasonOf(err) == upstream.Auth {
				return "the key kept here is not accepted", nil
			}
			return "", err
		},
		Make: func(ctx context.Context) error {
			password, err := s.password()
			if err != nil {
				return err
			}
			if err := s.first(ctx, login, password); err != nil {
				return err
			}
			key, err := s.keyByLogin(ctx, login, password)
			if err != nil {
				return err
			}
			return s.ring.Put(adminKey, key)
		},
	}
}

// adminOrganisation is where Cortex' superadmins are.
const adminOrganisation = "cortex"

// adminKey is the superadmin's: the one that was given, or the one kept here.
func (s *Server) adminKey() (secret.Text, error) {
	if key := s.settings.Cortex.Key; key.Set() {
		return key, nil
	}
	return s.ring.Get(adminKey)
}

// whyNoKey tells what is lacking where there is no key yet.
func (s *Server) whyNoKey(ctx context.Context) (string, error) {
	_, err := s.http.Do(ctx, upstream.Request{Path: "/api/user"})
	switch {
	case err == nil:
		return "there is no user yet", nil
	case status(err) == noIndex:
		return "", step.ErrWaits
	case upstream.ReasonOf(err) == upstream.Auth:
		return "no key is kept here", nil
	}
	return "", err
}

func (s *Server) password() (secret.Text, error) {
	held, err := s.ring.Get(AdminPassword)
	if err != nil {
		return secret.Text{}, err
	}
	next := secret.New(cmp.Or(s.settings.Cortex.Password.Reveal(), held.Reveal(), s.ring.Generate().Reveal()))
	return next, s.ring.Put(AdminPassword, next)
}

// first makes the first user, who needs no login. Once there is one, Cortex
// answers 401, and the password has to be that user's.
func (s *Server) first(ctx context.Context, login string, password secret.Text) error {
	_, err := s.http.Do(ctx, upstream.Request{Method: http.MethodPost, Path: "/api/user", JSON: map[string]any{
		"login": login, "name": login, "roles": []string{"superadmin"}, "organization": adminOrganisation, "password": password.Reveal()}})
	if upstream.ReasonOf(err) == upstream.Auth {
		return nil
	}
	return err
}

// organisation makes the organisation, whose name is its id.
func (s *Server) organisation() step.Step {
	name := s.settings.Organisation
	return step.Step{
		Name: "organisation " + name, Hand: "as superadmin: Organizations, Add organization",
		Look: func(ctx context.Context) (string, error) {
			answer, err := s.as(ctx, s.adminKey, upstream.Request{Path: "/api/organization/" + url.PathEscape(name)})
			switch {
			case upstream.ReasonOf(err) == upstream.NotFound:
				return "no such organisation", nil
			case err != nil:
				return "", err
			case answer.JSON().Get("status").String() == "Locked":
				return "", errors.New("the organisation is locked: unlock it in Cortex")
			}
			return "", nil
		},
		Make: func(ctx context.Context) error {
			return s.post(ctx, s.adminKey, "/api/organization", map[string]any{"name": name, "description": name, "status": "Active"})
		},
	}
}

// user makes a user of the organisation and keeps the key.
func (s *Server) user(login, full, keyName string, roles ...string) step.Step {
	return step.Step{
		Name: "user " + login, Hand: "as superadmin, in the organisation: Add user with the roles " + strings.Join(roles, ", ") + "; Create API key, into " + s.ring.Path(keyName),
		Look: func(ctx context.Context) (string, error) {
			key, err := s.ring.Get(keyName)
			if err != nil {
				return "", err
			}
			if !key.Set() {
				return "no key is kept here", nil
			}
			answer, err := s.http.Do(ctx, upstream.Request{Path: "/api/user/current", Header: bearer(key)})
			switch {
			case upstream.ReasonOf(err) == upstream.Auth:
				return "the key kept here is not accepted", nil
			case err != nil:
				return "", err
			}
			return "", s.misplaced(answer.JSON(), roles)
		},
		Make: func(ctx context.Context) error {
			path := "/api/user/" + url.PathEscape(login)
			answer, err := s.as(ctx, s.adminKey, upstream.Request{Path: path})
			switch {
			case upstream.ReasonOf(err) == upstream.NotFound:
				err = s.post(ctx, s.adminKey, "/api/user", map[string]any{"login": login, "name": full, "organization": s.settings.Organisation, "roles": roles})
			case err == nil:
				err = s.misplaced(answer.JSON(), roles)
			}
			if err != nil {
				return err
			}
			key, err := s.keyOf(ctx, path)
			if err != nil {
				return err
			}
			return s.ring.Put(keyName, key)
		},
	}
}

// misplaced is the error for a user who is in another organisation, or lacks a
// role: logins are unique in the whole of Cortex.
func (s *Server) misplaced(user gjson.Result, roles []string) error {
	login := user.Get("id").String()
	if in := user.Get("organization").String(); in != s.settings.Organisation {
		return errors.New("the user " + login + " is in the organisation " + in + ": rename that one, or set ORGANISATION")
	}
	held := user.Get("roles")
	for _, role := range roles {
		if !held.Get(`#(=="` + role + `")`).Exists() {
			return errors.New("the user " + login + " lacks the role " + role + ": give it in Cortex")
		}
	}
	return nil
}

// keyOf gives a user's key, and a new one only where there is none: another
// program may use the one that is there. What Cortex says of a user without one
// stands at saysNoKey.
func (s *Server) keyOf(ctx context.Context, user string) (secret.Text, error) {
	answer, err := s.as(ctx, s.adminKey, upstream.Request{Path: user + "/key", Accept: saysNoKey()})
	if err == nil && slices.Contains(saysNoKey(), answer.Status) {
		answer, err = s.as(ctx, s.adminKey, upstream.Request{Method: http.MethodPost, Path: user + "/key/renew", JSON: map[string]any{}})
	}
	if err != nil {
		return secret.Text{}, err
	}
	return keyIn(answer)
}

// saysNoKey are the statuses with which Cortex tells that a user has no key. Each of
// its ways to log in is asked, and the last one answers: 400 "hasn't key" where that
// is the one by key, 403 "Get API key is not supported" where passwords are (auth.provider
// = [local], the default). Nobody is harmed where 403 means that it was not allowed: then
// a new key is not, either.
func saysNoKey() []int { return []int{http.StatusBadRequest, http.StatusForbidden} }

// keyIn reads a key, which Cortex sends as plain text.
func keyIn(answer *upstream.Response) (secret.Text, error) {
	key := strings.TrimSpace(string(answer.Body))
	if key == "" || strings.ContainsAny(key, "<{ \n") {
		return secret.Text{}, &upstream.Error{Service: service, Reason: upstream.Failure, Status: answer.Status,
			Message: "its answer is not a key", Next: "check the URL: is Cortex what answers there?"}
	}
	return secret.New(key), nil
}

func bearer(key secret.Text) http.Header {
	return http.Header{"Authorization": {"Bearer " + key.Reveal()}}
}

// as sends a request with a key that an earlier step has made.
func (s *Server) as(ctx context.Context, whose func() (secret.Text, error), r upstream.Request) (*upstream.Response, error) {
	key, err := whose()
	if err != nil {
		return nil, err
	}
	if !key.Set() {
		return nil, step.ErrWaits
	}
	r.Header = bearer(key)
	return s.http.Do(ctx, r)
}

func (s *Server) post(ctx context.Context, whose func() (secret.Text, error), path string, body any) error {
	_, err := s.as(ctx, whose, upstream.Request{Method: http.MethodPost, Path: path, JSON: body})
	return err
}
