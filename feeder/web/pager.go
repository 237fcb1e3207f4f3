package web

import (
	"net/url"
	"strconv"
)

// pager leads through the pages of a list; an empty address means there is no
// such page.
type pager struct {
	From, To, Total int // rows shown, counted from 1
	Page, Pages     int
	Previous, Next  string
}

func pagerOf(u *url.URL, offset, limit, shown, total int) pager {
	p := pager{From: offset + 1, To: offset + shown, Total: total, Page: offset/limit + 1, Pages: (total + limit - 1) / limit}
	if p.Page > 1 {
		p.Previous = with(u, map[string]string{"page": strconv.Itoa(min(p.Page-1, max(p.Pages, 1)))})
	}
	if p.Page < p.Pages {
		p.Next = with(u, map[string]string{"page": strconv.Itoa(p.Page + 1)})
	}
	return p
}

// with is the address of the same list with some filters changed; an empty
// value takes the filter away.
func with(u *url.URL, changes map[string]string) string {
	q := u.Query()
	for name, value := range changes {
		if value == "" {
			q.Del(name)
		} else {
			q.Set(name, value)
		}
	}
	for name, values := range q { // an empty field of a form says nothing
		if len(values) == 0 || values[0] == "" {
			q.Del(name)
		}
	}
	return (&url.URL{Path: u.Path, RawQuery: q.Encode()}).String()
}
