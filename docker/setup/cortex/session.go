package cortex

import (
	"context"
	"net/http"
	"net/url"
	"slices"

	"github.com/waggle-cti/waggle/feeder/secret"
	"github.com/waggle-cti/waggle/shared/upstream"
)

// The cookie with which Cortex answers a GET of a session, and the header in
// which every further request of the session has to send its value; a key needs
// none of this.
const (
	tokenCookie = "CORTEX-XSRF-TOKEN"
	tokenHeader = "X-CORTEX-XSRF-TOKEN"
)

// keyByLogin logs in with a password, and gives the user's key; a new one only
// where there is none.
func (s *Server) keyByLogin(ctx context.Context, login string, password secret.Text) (secret.Text, error) {
	answer, err := s.http.Do(ctx, upstream.Request{Method: http.MethodPost, Path: "/api/login",
		JSON: map[string]any{"user": login, "password": password.Reveal()}})
	if err != nil {
		return secret.Text{}, err
	}
	jar := cookies(nil, answer)
	path := "/api/user/" + url.PathEscape(login) + "/key"
	answer, err = s.http.Do(ctx, upstream.Request{Path: path, Header: inSession(jar), Accept: saysNoKey()})
	if err != nil {
		return secret.Text{}, err
	}
	if slices.Contains(saysNoKey(), answer.Status) {
		jar = cookies(jar, answer)
		answer, err = s.http.Do(ctx, upstream.Request{Method: http.MethodPost, Path: path + "/renew", Header: inSession(jar), JSON: map[string]any{}})
		if err != nil {
			return secret.Text{}, err
		}
	}
	return keyIn(answer)
}

// cookies are those of a session with what an answer sets.
func cookies(held []*http.Cookie, answer *upstream.Response) []*http.Cookie {
	return append(held, (&http.Response{Header: answer.Header}).Cookies()...)
}

// inSession is the header of a request within a session. It accepts anything, as the
// token is only given to those who take a page
// (https://www.playframework.com/documentation/3.0.x/ScalaCsrf).
func inSession(jar []*http.Cookie) http.Header {
	request := http.Request{Header: http.Header{"Accept": {"*/*"}}}
	for _, c := range jar {
		request.AddCookie(&http.Cookie{Name: c.Name, Value: c.Value})
		if c.Name == tokenCookie {
			request.Header.Set(tokenHeader, c.Value)
		}
	}
	return request.Header
}
