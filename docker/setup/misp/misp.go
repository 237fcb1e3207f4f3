// Package misp sets a MISP 2.5 up: the organisation, a role, users with their
// keys, taxonomies, warninglists, feeds, tags and settings.
//
// Sources: https://www.misp-project.org/openapi/, and where that is silent the
// source of MISP 2.5 (https://github.com/MISP/MISP, app/Controller); what follows
// the source alone and no running server says so.
package misp

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"time"

	"github.com/tidwall/gjson"

	"github.com/waggle-cti/waggle/docker/setup/config"
	"github.com/waggle-cti/waggle/docker/setup/keyring"
	"github.com/waggle-cti/waggle/feeder/secret"
	"github.com/waggle-cti/waggle/shared/upstream"
)

const service = "MISP"

// Where keys are kept, by their names in the ring.
const (
	FeederKey  = "feeder/misp-key"
	CortexKey  = "misp-cortex-key"
	TheHiveKey = "misp-thehive-key"
)

// Server is the MISP that is set up.
type Server struct {
	settings *config.Settings
	ring     *keyring.Ring
	http     *upstream.Client
}

// New makes a Server. It asks MISP nothing yet.
func New(s *config.Settings, ring *keyring.Ring) (*Server, error) {
	client, err := upstream.New(upstream.Options{Service: service, BaseURL: s.MISP.URL, CACerts: s.CACerts, InsecureSkipVerify: s.MISP.AnyCertificate,
		Timeout: 2 * time.Minute, Secrets: []string{s.MISP.Key.Reveal()}})
	if err != nil {
		return nil, err
	}
	return &Server{settings: s, ring: ring, http: client}, nil
}

// Reach asks once whether MISP answers, and lets the administrator in.
func (s *Server) Reach(ctx context.Context) error {
	answer, err := s.send(ctx, upstream.Request{Path: "/servers/getVersion"})
	if err == nil && answer.JSON().Get("version").String() == "" {
		err = answer.Strange("the answer tells no version of MISP")
	}
	return err
}

// Final tells whether waiting longer changes nothing about an error of Reach: a
// key that MISP refuses stays refused. While it starts, its web server answers
// 502 and 503. The stack's own knows its key only at the end of its first start,
// minutes after its web server answers (misp-docker, core/files/configure_misp.sh).
func (s *Server) Final(err error) bool {
	return upstream.ReasonOf(err) == upstream.Auth && !s.settings.MISP.OfStack
}

// header is that of a key: bare, and with Accept, without which MISP redirects
// to its login page.
func header(key secret.Text) http.Header {
	return http.Header{"Authorization": {key.Reveal()}, "Accept": {"application/json"}}
}

// send sends a request as the administrator.
func (s *Server) send(ctx context.Context, r upstream.Request) (*upstream.Response, error) {
	r.Header = header(s.settings.MISP.Key)
	answer, err := s.http.Do(ctx, r)
	return answer, explain(err)
}

// explain makes a login page what it means, and MISP's own words the message.
func explain(err error) error {
	var e *upstream.Error
	if !errors.As(err, &e) || e.Status == 0 {
		return err
	}
	told := *e
	body := gjson.ParseBytes(e.Body)
	if reasons := body.Get("errors"); reasons.Exists() {
		told.Message = reasons.Raw
	}
	switch {
	case e.Status/100 == 3:
		told.Reason, told.Next = upstream.Auth, "check the URL and the key: MISP asks to log in"
	case e.Status == http.StatusForbidden && !body.Get("errors").Exists():
		told.Reason, told.Next = upstream.Auth, "set MISP_ADMIN_KEY to the auth key of a site admin, which may be used from this address"
	}
	return &told
}

// list gives the rows of an index.
func (s *Server) list(ctx context.Context, path string) ([]gjson.Result, error) {
	answer, err := s.send(ctx, upstream.Request{Path: path})
	if err != nil {
		return nil, err
	}
	if !answer.JSON().IsArray() {
		return nil, answer.Strange("the answer is no list")
	}
	return answer.JSON().Array(), nil
}

// post sends a body, and gives the answer.
func (s *Server) post(ctx context.Context, path string, body any) (gjson.Result, error) {
	answer, err := s.send(ctx, upstream.Request{Method: http.MethodPost, Path: path, JSON: body})
	if err != nil {
		return gjson.Result{}, err
	}
	return answer.JSON(), nil
}

// find gives the row whose field has a value, or one that does not exist.
func find(rows []gjson.Result, field, value string) gjson.Result {
	for _, r := range rows {
		if r.Get(field).String() == value {
			return r
		}
	}
	return gjson.Result{}
}

func escaped(id gjson.Result) string { return url.PathEscape(id.String()) }
