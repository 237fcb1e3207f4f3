package rss

import (
	"bytes"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/mmcdole/gofeed"
	"github.com/mmcdole/gofeed/rss"
)

// A feed of 16 MiB can hold millions of empty items, each of which costs some
// hundred bytes once read. From these numbers on only the first are read.
const (
	maxItems   = 20_000
	maxObjects = 100_000 // of a JSON Feed: items, authors and attachments
)

// parsed is what a body held.
type parsed struct {
	items   []*gofeed.Item
	ttl     time.Duration // how long the feed says it stays as it is
	damaged int           // items that could not be read
	unread  int           // items beyond maxItems
}

var (
	errEmpty     = errors.New("it is empty")
	errTooMany   = errors.New("it has more than 100,000 objects")
	errOtherJSON = errors.New("it is JSON, but no JSON Feed")
)

// parse reads a feed of any kind. XML that breaks off or is broken somewhere is
// read item by item, so that one bad item costs only itself.
func parse(body []byte, contentType string) (*parsed, error) {
	body = rooted(toUTF8(body, contentType))
	if len(body) == 0 {
		return nil, errEmpty
	}
	if objects := bytes.Count(body, []byte("{")); body[0] == '{' && objects > maxObjects {
		return nil, errTooMany
	}
	if n := bytes.Count(body, []byte("<item")) + bytes.Count(body, []byte("<entry")); n > maxItems {
		items, damaged := salvage(body)
		return &parsed{items: items, damaged: damaged, unread: n - len(items) - damaged}, nil
	}
	reader := gofeed.NewParser()
	reader.KeepOriginalFeed = true
	whole, err := reader.Parse(bytes.NewReader(body))
	if err == nil && whole.FeedType == "json" && whole.FeedVersion == "" && len(whole.Items) == 0 {
		return nil, errOtherJSON
	}
	if err == nil {
		return &parsed{items: whole.Items, ttl: ttl(whole)}, nil
	}
	items, damaged := salvage(body)
	if len(items) == 0 {
		return nil, err
	}
	return &parsed{items: items, damaged: damaged}, nil
}

// rooted drops what stands before the root element (space, comments, processing
// instructions, a doctype): gofeed looks for the root in the first 4 KiB only,
// and some publishers put longer licences there.
func rooted(body []byte) []byte {
	for {
		body = bytes.TrimLeft(body, " \t\r\n\ufeff\x00")
		end := ""
		switch {
		case bytes.HasPrefix(body, []byte("<?")):
			end = "?>"
		case bytes.HasPrefix(body, []byte("<!--")):
			end = "-->"
		case len(body) > 9 && bytes.EqualFold(body[:9], []byte("<!DOCTYPE")) && !bytes.HasPrefix(bytes.ToLower(body[9:min(len(body), 20)]), []byte(" html")):
			end = doctypeEnd(body)
		default:
			return body
		}
		at := bytes.Index(body, []byte(end))
		if at < 0 {
			return body
		}
		body = body[at+len(end):]
	}
}

// doctypeEnd is what closes the document type declaration at the start of body.
func doctypeEnd(body []byte) string {
	if open := bytes.IndexByte(body, '['); open >= 0 && open < bytes.IndexByte(body, '>') {
		return "]>"
	}
	return ">"
}

// ttl is RSS 2.0's <ttl>, in minutes.
func ttl(f *gofeed.Feed) time.Duration {
	original, ok := f.OriginalFeed().(*rss.Feed)
	if !ok {
		return 0
	}
	minutes, err := strconv.ParseUint(strings.TrimSpace(original.TTL), 10, 16)
	if err != nil {
		return 0
	}
	return time.Duration(minutes) * time.Minute
}
