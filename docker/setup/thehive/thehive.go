// Package thehive sets a TheHive 4.1 or 5 up: the organisation, its users with
// their keys, what alerts and cases are made of, dashboards, and the connectors to
// Cortex, MISP and the feeder.
//
// Sources of 4.1: https://docs.thehive-project.org/thehive/api/, and where that is
// silent its source (https://github.com/TheHive-Project/TheHive,
// thehive/app/org/thp/thehive/controllers and conf/reference.conf); what follows
// the source alone and no running server says so. Sources of 5: see five.
package thehive

import (
	"context"
	"encoding/base64"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/waggle-cti/waggle/docker/setup/config"
	"github.com/waggle-cti/waggle/docker/setup/keyring"
	"github.com/waggle-cti/waggle/docker/setup/step"
	client "github.com/waggle-cti/waggle/shared/thehive"
	"github.com/waggle-cti/waggle/shared/upstream"
)

const service = "TheHive"

// Where keys are kept, by their names in the ring.
const (
	AdminPassword  = "thehive-admin-password"
	PersonPassword = "thehive-analyst-password"
	PeopleKey      = "thehive-setup-key"     // org-admin
	FeederKey      = "feeder/thehive-key"    // profile waggle-feeder, or analyst
	ResponderKey   = "thehive-responder-key" // read-only
)

// Server is the TheHive that is set up. Its steps can be asked for once it has
// been reached.
type Server struct {
	settings *config.Settings
	ring     *keyring.Ring
	http     *upstream.Client
	client   *client.Client // for its version
	edition  *edition
	as       http.Header // of the administrator, once known
}

// New makes a Server. It asks TheHive nothing yet.
func New(s *config.Settings, ring *keyring.Ring) (*Server, error) {
	hc, err := upstream.New(upstream.Options{Service: service, BaseURL: s.TheHive.URL, CACerts: s.CACerts,
		InsecureSkipVerify: s.TheHive.AnyCertificate, Timeout: time.Minute})
	if err != nil {
		return nil, err
	}
	return &Server{settings: s, ring: ring, http: hc, client: client.Over(hc, client.Options{})}, nil
}

// errVersion is the error for a TheHive that is not known here.
var errVersion = errors.New("this is neither TheHive 4.1 nor TheHive 5: update it, or connect it by hand: docker/README.md, Wiring by hand")

// Reach asks once whether TheHive answers and is of a version that is known here.
func (s *Server) Reach(ctx context.Context) error {
	v, err := s.client.Version(ctx)
	switch {
	case errors.Is(err, client.ErrVersion):
		return errVersion
	case err != nil:
		return err
	case v.Major >= 5:
		s.edition = five()
	case strings.HasPrefix(v.Text, "4.1."):
		s.edition = four()
	default:
		return errVersion
	}
	return nil
}

// Final tells whether waiting longer changes nothing about an error of Reach.
func Final(err error) bool { return errors.Is(err, errVersion) }

// bearer is the header of a key, in the organisation.
func (s *Server) bearer(key, organisation string) http.Header {
	return http.Header{"Authorization": {"Bearer " + key}, "X-Organisation": {organisation}}
}

// basic is the header of a login with password. conf/reference.conf has the
// provider "basic" on by default, and so says authType of /api/status. An
// administrator who is in other organisations, too, must name the one meant.
func basic(login, password string) http.Header {
	return http.Header{"Authorization": {"Basic " + base64.StdEncoding.EncodeToString([]byte(login+":"+password))}, "X-Organisation": {adminOrganisation}}
}

// defaultPassword is that of admin@thehive.local in a new TheHive.
// https://docs.thehive-project.org/thehive/installation-and-configuration/installation/step-by-step-guide/
const defaultPassword = "secret"

// adminHeader finds a way in as administrator: the key or the password that was
// given, the one that was made here, or that of a new TheHive.
func (s *Server) adminHeader(ctx context.Context) (http.Header, error) {
	if s.as != nil {
		return s.as, nil
	}
	made, err := s.ring.Get(AdminPassword)
	if err != nil {
		return nil, err
	}
	var ways []http.Header
	if key := s.settings.TheHive.Key; key.Set() {
		ways = append(ways, s.bearer(key.Reveal(), adminOrganisation))
	}
	for _, password := range []string{s.settings.TheHive.Password.Reveal(), made.Reveal(), defaultPassword} {
		if password != "" {
			ways = append(ways, basic(s.settings.TheHive.Login, password))
		}
	}
	for _, way := range ways {
		var held bool
		if held, err = s.accepted(ctx, way); err != nil {
			return nil, err
		}
		if held {
			s.as = way
			return way, nil
		}
	}
	return nil, &upstream.Error{Service: service, Reason: upstream.Auth, Message: "no key or password of its administrator is accepted",
		Next: "set THEHIVE_ADMIN_KEY, or THEHIVE_ADMIN and THEHIVE_ADMIN_PASSWORD"}
}

// adminOrganisation is where TheHive's administrators are.
const adminOrganisation = "admin"

// accepted tells whether a header lets anybody in.
func (s *Server) accepted(ctx context.Context, as http.Header) (bool, error) {
	_, err := s.http.Do(ctx, upstream.Request{Path: "/api/v1/user/current", Header: as})
	if upstream.ReasonOf(err) == upstream.Auth {
		return false, nil
	}
	return err == nil, err
}

// admin sends a request as administrator.
func (s *Server) admin(ctx context.Context, r upstream.Request) (*upstream.Response, error) {
	as, err := s.adminHeader(ctx)
	if err != nil {
		return nil, err
	}
	r.Header = as
	return s.http.Do(ctx, r)
}

// member sends a request as the organisation's org-admin, whom the set-up made.
func (s *Server) member(ctx context.Context, r upstream.Request) (*upstream.Response, error) {
	key, err := s.ring.Get(PeopleKey)
	if err != nil {
		return nil, err
	}
	if !key.Set() {
		return nil, step.ErrWaits
	}
	r.Header = s.bearer(key.Reveal(), s.settings.Organisation)
	return s.http.Do(ctx, r)
}

// sender is admin or member.
type sender func(context.Context, upstream.Request) (*upstream.Response, error)
