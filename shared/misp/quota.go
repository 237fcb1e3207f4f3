package misp

import (
	"net/http"
	"strconv"
)

// Quota is what MISP lets a user search for in a window of 15 minutes. A role has
// one only where an admin limits it; the zero value means that MISP told of none.
// https://github.com/MISP/MISP/blob/2.5/app/Controller/Component/RateLimitComponent.php
type Quota struct {
	Limit     int64 `json:"limit"`     // searches in the window
	Remaining int64 `json:"remaining"` // searches left in it
}

// Quota gives what the latest search told of the user's quota.
func (c *Client) Quota() Quota {
	if q := c.quota.Load(); q != nil {
		return *q
	}
	return Quota{}
}

// note keeps what the header of an answer tells of the quota.
func (c *Client) note(header http.Header) {
	limit, err := strconv.ParseInt(header.Get("X-Rate-Limit-Limit"), 10, 64)
	remaining, err2 := strconv.ParseInt(header.Get("X-Rate-Limit-Remaining"), 10, 64)
	if err == nil && err2 == nil && limit > 0 {
		c.quota.Store(&Quota{Limit: limit, Remaining: min(max(remaining, 0), limit)})
	}
}
