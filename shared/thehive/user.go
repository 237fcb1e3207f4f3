package thehive

import (
	"context"

	"github.com/waggle-cti/waggle/shared/upstream"
)

// User is who a key belongs to.
type User struct {
	Login        string
	Organisation string
}

// User asks whose the key is.
// https://docs.strangebee.com/thehive/api-docs/#operation/Get%20current%20user
func (c *Client) User(ctx context.Context) (User, error) {
	answer, err := c.do(ctx, upstream.Request{Path: "/api/v1/user/current"})
	if err != nil {
		return User{}, err
	}
	user := answer.JSON()
	if user.Get("login").String() == "" {
		return User{}, answer.Strange("the answer names no user")
	}
	return User{Login: user.Get("login").String(), Organisation: user.Get("organisation").String()}, nil
}
