package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/waggle-cti/waggle/feeder/waggle"
	"github.com/waggle-cti/waggle/shared/harmless"
	"github.com/waggle-cti/waggle/shared/ioc"
)

// storyList is /api/v1/stories.
type storyList struct {
	Total   int            `json:"total"` // of all pages
	Offset  int            `json:"offset"`
	Limit   int            `json:"limit"`
	Stories []waggle.Story `json:"stories"`
}

func (s *site) stories(r *http.Request) (storyList, error) {
	q, err := storyQuery(r.URL, s.Now())
	if err != nil {
		return storyList{}, err
	}
	stories, total, err := s.Store.Stories(r.Context(), q)
	return storyList{total, q.Offset, q.Limit, append([]waggle.Story{}, stories...)}, err
}

func (s *site) story(r *http.Request) (waggle.Story, error) {
	return s.Store.Story(r.Context(), r.PathValue("id"))
}

// storiesView is what the list of stories shows.
type storiesView struct {
	storyList
	listing
	Rows []storyRow
}

// storyRow is one story of the list.
type storyRow struct {
	waggle.Story
	From  []string // names of the sources, each once
	Alert alertState
}

func (s *site) storiesPage(r *http.Request) (view, error) {
	list, err := s.stories(r)
	if err != nil {
		return view{}, err
	}
	around, err := s.listing(r, list.Offset, list.Limit, len(list.Stories), list.Total)
	if err != nil {
		return view{}, err
	}
	v := storiesView{storyList: list, listing: around}
	for _, story := range list.Stories {
		v.Rows = append(v.Rows, storyRow{story, sourcesOf(story), s.alertState(story)})
	}
	return view{Title: "Stories", Here: "stories", Refresh: around.Waiting(), Data: v}, nil
}

func sourcesOf(story waggle.Story) []string {
	var names []string
	for _, p := range story.Posts {
		if !slices.Contains(names, p.Source) {
			names = append(names, p.Source)
		}
	}
	return names
}

// storyView is what the page of one story shows.
type storyView struct {
	waggle.Story
	Members []memberRow
	Groups  []group
	State   alertState
}

// memberRow is a post of a story; Link is empty when it must not be followed.
type memberRow struct {
	waggle.Member
	Link string
}

func (s *site) storyPage(r *http.Request) (view, error) {
	story, err := s.story(r)
	if err != nil {
		return view{}, err
	}
	v := storyView{Story: story, Groups: groupByKind(story.Indicators), State: s.alertState(story)}
	var found []ioc.Indicator
	for _, i := range story.Indicators {
		found = append(found, i.Indicator)
	}
	for _, p := range story.Posts {
		v.Members = append(v.Members, memberRow{p, harmless.Publication(p.URL, found)})
	}
	return view{Title: story.Title, Here: "stories", Data: v}, nil
}

// alertState is how far a story's alert has come, in words.
type alertState struct {
	Class string // local, waiting, failing, behind, partial, delivered
	Short string // in a list
	Long  string // on the story
	Error string
	Link  string // to the alert in TheHive, where it is known
}

func (s *site) alertState(story waggle.Story) alertState {
	d := story.Alert
	state := alertState{Error: d.Error, Link: s.alertLink(d.ID)}
	switch {
	case d.ID == "" && d.Revision == 0 && s.TheHiveURL == "":
		state.Class, state.Short = "local", "kept here"
		state.Long = "No TheHive is configured. The story stays on this page and is delivered once one is."
	case d.Revision == story.Revision && d.Error != "":
		state.Class, state.Short = "partial", "in TheHive, in part"
		state.Long = "TheHive holds the story, but not all of its values."
	case d.Error != "":
		state.Class, state.Short = "failing", "delivery failing"
		state.Long = "The last delivery to TheHive failed. It is tried again by itself."
	case d.Revision == 0:
		state.Class, state.Short = "waiting", "waiting for TheHive"
		state.Long = "The alert waits to be delivered to TheHive."
	case d.Revision < story.Revision:
		state.Class, state.Short = "behind", "update waiting"
		state.Long = "TheHive holds revision " + strconv.Itoa(d.Revision) + " of " + strconv.Itoa(story.Revision) +
			"; the update waits to be delivered."
	default:
		state.Class, state.Short = "delivered", "in TheHive"
		state.Long = "TheHive holds the whole story."
	}
	return state
}

// alertLink is the address of an alert in TheHive's own page. TheHive 4 has no
// page for one alert, so there it is the list of alerts.
func (s *site) alertLink(id string) string {
	u, err := url.Parse(s.TheHiveURL)
	if id == "" || err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	u.User = nil
	base, id := strings.TrimSuffix(u.String(), "/"), url.PathEscape(id)
	if s.TheHiveVersion != nil && strings.HasPrefix(s.TheHiveVersion(), "5") {
		return base + "/alerts/" + id + "/details"
	}
	return base + "/index.html#!/alert/list"
}
