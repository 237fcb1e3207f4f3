package store

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/waggle-cti/waggle/feeder/address"
	"github.com/waggle-cti/waggle/feeder/waggle"
	"github.com/waggle-cti/waggle/shared/ioc"
)

// Readings gives the posts that a normalised value was read in, the newest
// first. A host is also found in the URLs and mail addresses that have it.
//
// What stories tell of is found as long as they are kept, other posts only
// until they are compacted. At most waggle.MostFound posts of either are given.
func (s *Store) Readings(ctx context.Context, value string) ([]waggle.Reading, error) {
	found, err := s.toldOf(ctx, value)
	if err != nil {
		return nil, err
	}
	read, err := s.readOf(ctx, value)
	if err != nil {
		return nil, err
	}
	maps.Copy(found, read) // the finding knows of references, too
	var readings []waggle.Reading
	for some := range slices.Chunk(slices.Sorted(maps.Keys(found)), batch) {
		part, err := s.readings(ctx, some)
		if err != nil {
			return nil, err
		}
		readings = append(readings, part...)
	}
	for n, r := range readings {
		i := found[r.Ref]
		readings[n].Kind, readings[n].Value, readings[n].Role, readings[n].Why = i.Kind, i.Value, i.Role, i.Why
	}
	slices.SortFunc(readings, func(a, b waggle.Reading) int {
		return cmp.Or(b.Published.Compare(a.Published), cmp.Compare(a.Ref, b.Ref))
	})
	return readings, nil
}

// located is an indicator and the post it was read in.
type located struct {
	ref string
	ioc.Indicator
}

// toldOf finds a value among those of stories.
func (s *Store) toldOf(ctx context.Context, value string) (map[string]ioc.Indicator, error) {
	rows, err := list(ctx, s.read, func(rows *sql.Rows) (l located, err error) {
		var body string
		if err = rows.Scan(&l.ref, &body); err == nil {
			err = decode(body, &l.Indicator)
		}
		return l, err
	}, `SELECT i.ref, i.body FROM indicators i JOIN posts p ON p.ref = i.ref WHERE i.value = $1 ORDER BY `+newest+` LIMIT $2`, value, waggle.MostFound)
	found := map[string]ioc.Indicator{}
	for _, l := range rows {
		found[l.ref] = l.Indicator
	}
	return found, err
}

// readOf finds a value in what reading posts gave. The index of words says which
// posts may have it: the whole of an address but its scheme, which people
// disarm, stands in their text.
func (s *Store) readOf(ctx context.Context, value string) (map[string]ioc.Indicator, error) {
	text := value
	if _, rest, ok := strings.Cut(value, "://"); ok {
		text = rest
	}
	written, err := encode(value)
	if err != nil {
		return nil, err
	}
	f := &filter{}
	s.found(f, text, "", "")
	f.add(`c.finding LIKE ? ESCAPE '!'`, "%"+strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(written[1:len(written)-1])+"%")
	rows, err := list(ctx, s.read, func(rows *sql.Rows) (l located, err error) {
		var finding string
		var f waggle.Finding
		if err = rows.Scan(&l.ref, &finding); err == nil {
			err = decode(finding, &f)
		}
		l.Indicator = best(f.Indicators, value)
		return l, err
	}, `SELECT p.ref, c.finding FROM posts p JOIN contents c ON c.ref = p.ref`+f.where(), f.args...)
	found := map[string]ioc.Indicator{}
	for _, l := range rows {
		if l.Kind != "" {
			found[l.ref] = l.Indicator
		}
	}
	return found, err
}

// best gives the indicator that says most of a value: the value itself before a
// URL or mail address with that host, then what warns of it before what cites it.
func best(all []ioc.Indicator, value string) (found ioc.Indicator) {
	rank := func(i ioc.Indicator) int {
		switch itself, warns := i.Value == value, i.Role == ioc.Attack; {
		case !itself && hostOf(i) != value:
			return 0
		case itself && warns:
			return 4
		case itself:
			return 3
		case warns:
			return 2
		}
		return 1
	}
	most := 0
	for _, i := range all {
		if r := rank(i); r > most {
			found, most = i, r
		}
	}
	return found
}

// hostOf is the host in a URL or a mail address; "" of other kinds.
func hostOf(i ioc.Indicator) string {
	switch i.Kind {
	case ioc.URL:
		return address.Host(i.Value)
	case ioc.Email:
		return i.Value[strings.LastIndexByte(i.Value, '@')+1:]
	}
	return ""
}

// readings gives what is known of posts, without what was read in them.
func (s *Store) readings(ctx context.Context, refs []string) ([]waggle.Reading, error) {
	f := &filter{}
	f.among(`p.ref`, refs)
	all, err := list(ctx, s.read, func(rows *sql.Rows) (r waggle.Reading, err error) {
		return r, rows.Scan(&r.Ref, &r.Source, &r.URL, &r.Title, moment{&r.Published}, moment{&r.Fetched}, &r.Fate, &r.Reason, &r.Score, &r.Story)
	}, `SELECT p.ref, p.source, p.url, p.title, p.occurred, p.fetched, p.fate, p.reason, p.score, p.story FROM posts p`+f.where(), f.args...)
	if err != nil {
		return nil, fmt.Errorf("posts that hold a value: %w", err)
	}
	return all, nil
}
