package thehive

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/waggle-cti/waggle/shared/upstream"
)

// Version is what a TheHive says of itself.
type Version struct {
	Text  string // "4.1.24-1"
	Major int    // 4 or 5
}

// ErrVersion is within the error for a TheHive older than 4 or newer than 5.
var ErrVersion = errors.New("unknown version of TheHive")

// Version asks TheHive for its version, once: later calls give the first
// answer. It needs no key. An answer that tells no version, as one of another
// service would be, is an error with reason upstream.Failure; a version older
// than 4 or newer than 5 one with upstream.BadInput, and ErrVersion within.
func (c *Client) Version(ctx context.Context) (Version, error) {
	if v := c.known(); v.Major != 0 {
		return v, nil
	}
	unlock, err := c.order.Lock(ctx, "version")
	if err != nil {
		return Version{}, err
	}
	defer unlock()
	if v := c.known(); v.Major != 0 {
		return v, nil
	}
	v, err := c.askVersion(ctx)
	if err != nil {
		return Version{}, err
	}
	c.mu.Lock()
	c.version = v
	c.mu.Unlock()
	return v, nil
}

func (c *Client) known() Version {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.version
}

// askVersion reads /api/status, and where that is gone TheHive 5's
// /api/v1/status/public.
func (c *Client) askVersion(ctx context.Context) (Version, error) {
	answer, err := c.do(ctx, upstream.Request{Method: http.MethodGet, Path: "/api/status"})
	if upstream.ReasonOf(err) == upstream.NotFound {
		answer, err = c.do(ctx, upstream.Request{Method: http.MethodGet, Path: "/api/v1/status/public"})
	}
	if err != nil {
		return Version{}, err
	}
	text := answer.JSON().Get("versions.TheHive").String()
	if text == "" {
		text = answer.JSON().Get("version").String()
	}
	digits, _, _ := strings.Cut(text, ".")
	major, err := strconv.Atoi(digits)
	if err != nil {
		return Version{}, answer.Strange("the answer tells no version of TheHive")
	}
	if major != 4 && major != 5 {
		return Version{}, &upstream.Error{Service: service, Reason: upstream.BadInput, Message: "version " + cut(text, 40) + " is not supported",
			Next: "use TheHive 4.1 or 5", Err: ErrVersion}
	}
	return Version{Text: text, Major: major}, nil
}
