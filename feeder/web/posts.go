package web

import (
	"net/http"
	"net/url"
	"slices"

	"github.com/waggle-cti/waggle/feeder/waggle"
	"github.com/waggle-cti/waggle/shared/harmless"
	"github.com/waggle-cti/waggle/shared/ioc"
)

// postList is /api/v1/posts.
type postList struct {
	Total  int             `json:"total"` // of all pages
	Offset int             `json:"offset"`
	Limit  int             `json:"limit"`
	Posts  []waggle.Record `json:"posts"`
}

func (s *site) posts(r *http.Request) (postList, error) {
	q, err := postQuery(r.URL)
	if err != nil {
		return postList{}, err
	}
	posts, total, err := s.Store.Posts(r.Context(), q)
	return postList{total, q.Offset, q.Limit, append([]waggle.Record{}, posts...)}, err
}

func (s *site) post(r *http.Request) (waggle.Record, error) {
	return s.Store.Post(r.Context(), r.PathValue("ref"))
}

// retry lets a post that failed go on, and leads back to it.
func (s *site) retry(w http.ResponseWriter, r *http.Request) {
	ref := r.PathValue("ref")
	if err := s.Retry(r.Context(), ref); err != nil {
		code, text := status(err)
		s.report(r, code, err)
		http.Error(w, text, code)
		return
	}
	http.Redirect(w, r, "/post/"+url.PathEscape(ref), http.StatusSeeOther)
}

// postsView is what the list of posts shows.
type postsView struct {
	postList
	listing
	Tabs  []tab
	Retry bool // posts that failed may be tried again
}

// tab leads to the posts of one fate, keeping the other filters.
type tab struct {
	fateName
	Address string
	Here    bool
}

func (s *site) postsPage(r *http.Request) (view, error) {
	list, err := s.posts(r)
	if err != nil {
		return view{}, err
	}
	around, err := s.listing(r, list.Offset, list.Limit, len(list.Posts), list.Total)
	if err != nil {
		return view{}, err
	}
	return view{Title: "Posts", Here: "posts", Refresh: around.Waiting(), Data: postsView{list, around, tabsOf(r.URL), s.Retry != nil}}, nil
}

func tabsOf(u *url.URL) []tab {
	here := fateOf(waggle.Fate(u.Query().Get("fate"))).Fate
	var tabs []tab
	for _, f := range append([]fateName{{"", "All", "Every post."}}, fates...) {
		tabs = append(tabs, tab{f, with(u, map[string]string{"fate": string(f.Fate), "page": ""}), f.Fate == here})
	}
	return tabs
}

// postView is what the page of one post shows.
type postView struct {
	waggle.Record
	Link    string // to the publication
	Article string // to the article that was read, when it is another
	Roles   []roleTable
	Text    []segment
	Cut     bool // the text goes on
	Retry   bool // it failed and may be tried again
}

// roleTable is a post's indicators of one role.
type roleTable struct {
	Role        ioc.Role
	Name, About string
	Rows        []indicatorRow
}

type indicatorRow struct {
	ioc.Indicator
	Name  string // of the kind
	Wrote string // the spelling in the text where it says more than what is shown
}

func (s *site) postPage(r *http.Request) (view, error) {
	record, err := s.post(r)
	if err != nil {
		return view{}, err
	}
	v := postView{Record: record, Retry: s.Retry != nil && record.Fate == waggle.Failed}
	var found []ioc.Indicator
	if f := record.Finding; f != nil {
		found = f.Indicators
		v.Roles = rolesOf(found)
		v.Text, v.Cut = segments(f.Text, found)
		if f.Article != record.URL {
			v.Article = harmless.Publication(f.Article, found)
		}
	}
	v.Link = harmless.Publication(record.URL, found)
	return view{Title: record.Title, Here: "posts", Data: v}, nil
}

func rolesOf(found []ioc.Indicator) []roleTable {
	tables := []roleTable{
		{Role: ioc.Attack, Name: "Indicators", About: "what the post warns of; these go into the story"},
		{Role: ioc.Reference, Name: "References", About: "cited by the post, not part of an attack"},
		{Role: ioc.Benign, Name: "Benign", About: "known-good, private or reserved values"},
	}
	for _, i := range found {
		name, _ := i.Kind.Names()
		row := indicatorRow{Indicator: i, Name: name}
		if ioc.Defang(i.Raw) != ioc.Defang(i.Value) {
			row.Wrote = i.Raw
		}
		for t := range tables {
			if tables[t].Role == i.Role {
				tables[t].Rows = append(tables[t].Rows, row)
			}
		}
	}
	return slices.DeleteFunc(tables, func(t roleTable) bool { return len(t.Rows) == 0 })
}
