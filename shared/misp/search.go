package misp

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/waggle-cti/waggle/shared/pattern"
	"github.com/waggle-cti/waggle/shared/upstream"
)

// searchPage is how many attributes are asked for at once.
const searchPage = 500

// Search says which attributes to find.
type Search struct {
	Values []string // any of these, whole and whatever their case; a composite as "a|b"
	Limit  int      // at most so many; 0 = 500
}

// SearchAttributes finds attributes by their values in the events that the
// user may see, with their event, its tags, and warninglists that they are on.
//
// MISP takes an empty value for none and gives everything; a leading "!"
// negates, a leading or trailing "%" stands for anything. Such values are
// errors with reason upstream.BadInput, but for paths that begin with a variable
// (`%APPDATA%\a.exe`): what MISP finds of them beyond is left out. When the role's limit of searches is
// used up the error has reason upstream.RateLimited and says when to return.
func (c *Client) SearchAttributes(ctx context.Context, s Search) ([]Attribute, error) {
	plainValues, composites, err := s.values()
	if err != nil {
		return nil, err
	}
	if s.Limit <= 0 {
		s.Limit = searchPage
	}
	var found []Attribute
	if len(plainValues) > 0 {
		if found, err = c.restSearch(ctx, s, map[string]any{"value": plainValues}); err != nil {
			return nil, err
		}
		found = slices.DeleteFunc(found, func(a Attribute) bool { return onlyLike(a.Value, plainValues) })
	}
	for _, pair := range composites { // never found by value
		more, err := c.restSearch(ctx, s, map[string]any{"value1": pair[0], "value2": pair[1]})
		if err != nil {
			return nil, err
		}
		found = append(found, more...)
	}
	known := map[string]bool{}
	out := make([]Attribute, 0, len(found))
	for _, a := range found {
		if !known[a.UUID] && len(out) < s.Limit {
			known[a.UUID] = true
			out = append(out, a)
		}
	}
	return out, nil
}

// variablePath is the beginning of a path with a variable of Windows.
var variablePath = pattern.New(`^%([\w()]+)%\\`)

// Searchable tells the values that MISP can search for: neither empty nor with a
// sign at its ends that has a meaning there, but for the variable of a path.
func Searchable(value string) bool {
	v := strings.TrimSpace(value)
	return v != "" && v[0] != '!' && v[len(v)-1] != '%' && (v[0] != '%' || variablePath().MatchString(v))
}

// onlyLike tells what was found only because MISP takes the "%" of a path for
// anything: it has the variable's name, and neither it nor a half of it is one
// of the values.
func onlyLike(found string, values []string) bool {
	first, second, _ := strings.Cut(found, "|")
	like := false
	for _, v := range values {
		if strings.EqualFold(v, found) || strings.EqualFold(v, first) || strings.EqualFold(v, second) {
			return false
		}
		name := variablePath().FindStringSubmatch(v)
		like = like || name != nil && strings.Contains(strings.ToLower(found), strings.ToLower(name[1]))
	}
	return like
}

// values makes the search safe, and parts composites.
func (s Search) values() (whole []string, composites [][2]string, err error) {
	if len(s.Values) == 0 {
		return nil, nil, invalid("nothing to search for", "give a value")
	}
	for _, v := range s.Values {
		v = strings.TrimSpace(v)
		switch {
		case v == "":
			return nil, nil, invalid("a value to search for is empty", "leave it out; MISP would give everything")
		case !Searchable(v):
			return nil, nil, invalid(`a value begins with "!", or begins or ends with "%"`, "MISP cannot search for it: these signs have a meaning there")
		}
		whole = append(whole, v)
		for _, spelt := range international(v) { // MISP searches as it is told
			if !slices.Contains(s.Values, spelt) {
				whole = append(whole, spelt)
			}
		}
		if a, b, ok := strings.Cut(v, "|"); ok && a != "" && b != "" {
			composites = append(composites, [2]string{a, b})
		}
	}
	return whole, composites, nil
}

// restSearch asks page by page, until one is not full.
func (c *Client) restSearch(ctx context.Context, s Search, by map[string]any) ([]Attribute, error) {
	body := map[string]any{
		"returnFormat": "json", "limit": min(s.Limit, searchPage),
		"includeContext": true, "includeEventTags": true, "includeWarninglistHits": 1,
	}
	for k, v := range by {
		body[k] = v
	}
	var out []Attribute
	for page := 1; ; page++ {
		body["page"] = page
		answer, err := c.searchRequest(ctx, body)
		if err != nil {
			return nil, err
		}
		rows := answer.JSON().Get("response.Attribute").Array()
		for _, r := range rows {
			out = append(out, readAttribute(r))
		}
		if len(rows) < min(s.Limit, searchPage) || len(out) >= s.Limit {
			return out, nil
		}
	}
}

// searchRequest sends a search; MISP says in a header of its own when the limit
// of searches ends.
func (c *Client) searchRequest(ctx context.Context, body map[string]any) (*upstream.Response, error) {
	answer, err := c.do(ctx, upstream.Request{Method: http.MethodPost, Path: "/attributes/restSearch", JSON: body,
		Accept: []int{http.StatusTooManyRequests}, Repeatable: true})
	if err != nil {
		return nil, err
	}
	if answer.Status == http.StatusTooManyRequests {
		seconds, _ := strconv.Atoi(answer.Header.Get("X-Rate-Limit-Reset"))
		wait := time.Duration(seconds) * time.Second
		return nil, &upstream.Error{Service: service, Reason: upstream.RateLimited, Status: answer.Status, RetryAfter: wait,
			Message: "the role's limit of searches is used up", Next: "wait " + wait.String() + ", or raise the limit of the user's role"}
	}
	if !answer.JSON().Get("response.Attribute").IsArray() {
		return nil, answer.Strange("the answer to a search holds no attributes")
	}
	return answer, nil
}
