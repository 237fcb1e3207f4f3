package web

import (
	"net/http"

	"github.com/waggle-cti/waggle/feeder/blocks"
	"github.com/waggle-cti/waggle/feeder/report"
	"github.com/waggle-cti/waggle/feeder/waggle"
	"github.com/waggle-cti/waggle/feeder/web/openapi"
)

// call is one address of the JSON API: how it is described, and how answered.
type call struct {
	openapi.Route
	read func(*http.Request) (any, error)
}

// calls are the JSON API, which grows and does not change: a change that
// programs would notice makes a v2.
func (s *site) calls() []call {
	paged := []openapi.Parameter{{Name: "page", About: "counted from 1"}, {Name: "limit", About: "rows of a page, 1 to 200; 50 when left out"}}
	return []call{
		{openapi.Route{Path: "/api/v1/stories", Summary: "Stories, the highest score first", Answer: storyList{}, Query: append([]openapi.Parameter{
			{Name: "q", About: "words in title or text"}, {Name: "indicator", About: "a value, defanged or not"},
			{Name: "severity", About: "low, medium, high, critical: at least"}, {Name: "source", About: "name of a source of its posts"},
			{Name: "since", About: "a span such as 36h or 7d, or a date"}, {Name: "sort", About: "score, newest, posts"},
		}, paged...)}, answer(s.stories)},
		{openapi.Route{Path: "/api/v1/story/{id}", Summary: "One story", Answer: waggle.Story{}}, answer(s.story)},
		{openapi.Route{Path: "/api/v1/posts", Summary: "Posts of every fate, the newest first", Answer: postList{}, Query: append([]openapi.Parameter{
			{Name: "q", About: "words in title or text"}, {Name: "fate", About: "story, dropped, quiet, failed, pending"}, {Name: "source", About: "name of its source"},
		}, paged...)}, answer(s.posts)},
		{openapi.Route{Path: "/api/v1/post/{ref}", Summary: "One post, with all that is known of it", Answer: waggle.Record{}}, answer(s.post)},
		{openapi.Route{Path: "/api/v1/lookup", Summary: "Where a value was read, the newest posts first", Answer: lookup{}, Query: []openapi.Parameter{
			{Name: "value", About: "an indicator, defanged or not; a host is found in URLs and mail addresses, too", Example: "cdn-update-4471[.]top"},
		}}, answer(s.lookup)},
		{openapi.Route{Path: "/api/v1/sources", Summary: "How each source is doing", Answer: sourceList{}}, answer(s.sources)},
		{openapi.Route{Path: "/api/v1/blocks", Summary: "What firewalls are to keep out, the newest first", Answer: blockList{}, Writes: []openapi.Write{
			{Method: "POST", Summary: "Block values; what stands is left as it is", Body: blocks.Order{}, Answer: blocks.Changes{}},
			{Method: "DELETE", Summary: "Unblock values", Body: blocks.Order{}, Answer: blocks.Changes{}},
		}}, answer(s.blocks)},
		{openapi.Route{Path: "/api/v1/threats", Summary: "What threatens the business, and what to do", Answer: report.Report{}, Query: []openapi.Parameter{
			{Name: "since", About: "a span such as 36h or 7d, or a date; 7d when left out"},
		}}, answer(s.threats)},
	}
}

// describe answers /api/openapi.json.
func (s *site) describe(*http.Request) (any, error) {
	var routes []openapi.Route
	for _, c := range s.calls() {
		routes = append(routes, c.Route)
	}
	return openapi.Document("Waggle feeder", "1", routes), nil
}
