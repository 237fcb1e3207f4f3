package misp

import "context"

// AddTag attaches a tag to an event or an attribute, by its UUID. A tag that is
// on it already is no error. local tags stay on this server, and do not
// unpublish. A tag that is new, and not for this user to make, is an error with
// reason Permission.
func (c *Client) AddTag(ctx context.Context, uuid, name string, local bool) error {
	name = tag(name)
	if name == "" {
		return invalid("the tag has no name", "give it one")
	}
	_, err := c.post(ctx, "/tags/attachTagToObject", map[string]any{"uuid": uuid, "tag": name, "local": local})
	return err
}
