// Package tweetfeed follows TweetFeed, which collects the indicators that
// researchers share on X (https://tweetfeed.live, CC0). One post on X, with all
// its indicators, makes a post here.
package tweetfeed

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/waggle-cti/waggle/feeder/source"
	"github.com/waggle-cti/waggle/feeder/waggle"
	"github.com/waggle-cti/waggle/shared/fetch"
)

// URL is the API, below which the indicators of today and of the week are.
const URL = "https://api.tweetfeed.live/v1/"

// Limits of one poll.
const (
	maxBody = 32 << 20 // bytes
	maxRows = 100_000
)

type feed struct {
	spec   source.Spec
	getter source.Getter
}

// New makes a source of the API, or of a CSV or JSON file in its form, where
// the spec's address is that of one.
func New(spec source.Spec, getter source.Getter) (source.Source, error) {
	return &feed{spec: spec, getter: getter}, nil
}

// cursor remembers the day of the last answer.
type cursor struct {
	Day string `json:"day"` // UTC
}

// row is one indicator.
type row struct {
	Date  string   `json:"date"` // 2026-11-19 08:12:11, UTC
	User  string   `json:"user"`
	Type  string   `json:"type"` // url, domain, ip, sha256, md5
	Value string   `json:"value"`
	Tags  []string `json:"tags"` // with their #
	Tweet string   `json:"tweet"`
}

// Poll fetches the indicators of today, or of the week where the last answer
// is not of today: what was shared between would be missing.
func (f *feed) Poll(ctx context.Context, last json.RawMessage) (source.Batch, error) {
	var was cursor
	if len(last) > 0 {
		// A cursor that cannot be read is as good as none: the week is read.
		_ = json.Unmarshal(last, &was)
	}
	now := time.Now().UTC()
	today := now.Format(time.DateOnly)
	address := f.spec.URL
	switch {
	case !strings.HasSuffix(address, "/"):
	case was.Day == today:
		address += "today"
	default:
		address += "week"
	}
	answer, err := f.getter.Get(ctx, fetch.Request{URL: address, Accept: "application/json, text/csv", MaxBody: maxBody})
	if err != nil {
		return source.Batch{}, err
	}
	rows, err := f.rows(answer)
	if err != nil {
		return source.Batch{}, err
	}
	note := ""
	if len(rows) == maxRows {
		note = fmt.Sprintf("indicators left out, because only the first %d of an answer are read", maxRows)
	}
	next, err := json.Marshal(cursor{Day: today})
	return source.Batch{Posts: gather(rows, now), Cursor: next, Wait: max(answer.RetryAfter, answer.MaxAge), Note: note}, err
}

// rows reads an answer, which is JSON or CSV.
func (f *feed) rows(answer *fetch.Response) ([]row, error) {
	body := bytes.TrimSpace(bytes.TrimPrefix(answer.Body, []byte("\ufeff")))
	if bytes.HasPrefix(body, []byte("[")) || bytes.HasPrefix(body, []byte("{")) {
		var rows []row
		err := source.ReadJSON(f.spec, answer, "a list of indicators", &rows)
		return rows[:min(len(rows), maxRows)], err
	}
	reader := csv.NewReader(bytes.NewReader(body))
	reader.FieldsPerRecord, reader.ReuseRecord = 6, true
	var rows []row
	for len(rows) < maxRows {
		r, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return rows, nil // before the first of a day there are none
		}
		if err != nil {
			return nil, source.Unreadable(f.spec, answer, "a list of indicators", err)
		}
		rows = append(rows, row{Date: r[0], User: r[1], Type: r[2], Value: r[3], Tags: strings.Fields(r[4]), Tweet: r[5]})
	}
	return rows, nil
}

// gather puts the rows of each post on X together.
func gather(rows []row, now time.Time) []waggle.Post {
	var order []string
	groups := map[string][]row{}
	for _, r := range rows {
		if r.Tweet == "" || strings.TrimSpace(r.Value) == "" {
			continue
		}
		if _, ok := groups[r.Tweet]; !ok {
			order = append(order, r.Tweet)
		}
		groups[r.Tweet] = append(groups[r.Tweet], r)
	}
	posts := make([]waggle.Post, 0, len(order))
	for _, tweet := range order {
		posts = append(posts, post(tweet, groups[tweet], now))
	}
	return posts
}

// post says what was shared, by whom and as what.
func post(tweet string, rows []row, now time.Time) waggle.Post {
	var tags, values []string
	for _, r := range rows {
		for _, t := range r.Tags {
			if t = source.Line(strings.TrimPrefix(t, "#")); t != "" && !slices.Contains(tags, t) && len(tags) < source.MaxLinks {
				tags = append(tags, t)
			}
		}
		if v := source.Line(r.Value); !slices.Contains(values, v) && len(values) < 500 {
			values = append(values, v)
		}
	}
	user := source.Line(rows[0].User)
	about := ""
	if len(tags) > 0 {
		about = ": " + strings.Join(tags, ", ")
	}
	p := waggle.Post{
		ID: source.ID(source.Clean(tweet)), URL: source.Absolute("", tweet), Author: user,
		Title:       source.Line("Indicators shared by " + user + about),
		ContentType: "text/plain", Whole: true, Categories: tags,
		Published: source.Sane(source.Date(rows[0].Date), now), Fetched: now,
	}
	p.Content = p.Title + "\n\nIndicators of compromise:\n" + strings.Join(values, "\n") + "\n"
	return p
}
