package reading

import (
	"bytes"
	"context"
	"mime"
	"net/url"
	"strings"

	"codeberg.org/readeck/go-readability/v2"
	"golang.org/x/net/html"
	"golang.org/x/net/html/charset"

	"github.com/waggle-cti/waggle/feeder/waggle"
	"github.com/waggle-cti/waggle/shared/fetch"
	"github.com/waggle-cti/waggle/shared/upstream"
)

// maxElements bounds the pages that are analysed; a long report has some ten
// thousand.
const maxElements = 100_000

const accept = "text/html, application/xhtml+xml, text/plain;q=0.9, application/pdf;q=0.8, */*;q=0.1"

// article is what was fetched, reduced to what is worth reading.
type article struct {
	url     string // after redirects
	content string
	html    bool
	lists   []list // of indicators that it links to
	note    string // what of it was not read
}

// behind is the address of the page that may say more than the post; "" when
// there is none.
func behind(post waggle.Post) string {
	switch {
	case !post.Whole:
		return post.URL
	case len(post.Links) > 0:
		return post.Links[0]
	}
	return ""
}

// article fetches a page. Errors are *upstream.Error.
func (r *Reader) article(ctx context.Context, address string) (article, error) {
	answer, err := r.fetch(ctx, fetch.Request{URL: address, Accept: accept, MaxBody: maxArticle})
	if err != nil {
		return article{}, err
	}
	media, _, err := mime.ParseMediaType(answer.ContentType)
	if err != nil {
		media = "text/html" // unsaid or unreadable: pages are what posts link to
	}
	if isPDF(answer) {
		text, note, err := textOfPDF(ctx, answer)
		return article{url: answer.URL, content: text, note: note}, err
	}
	switch media {
	case "text/html", "application/xhtml+xml":
		found, ok := extract(answer)
		if !ok {
			return article{}, unusable(answer, "no article was found in the page")
		}
		return found, nil
	case "text/plain", "text/csv", "text/markdown":
		return article{url: answer.URL, content: utf8Text(answer)}, nil
	}
	return article{}, unusable(answer, "it is "+media+", which is not read")
}

// fetch asks for an address, unless the site wants no program to.
func (r *Reader) fetch(ctx context.Context, request fetch.Request) (*fetch.Response, error) {
	if r.options.Robots != nil {
		allowed, err := r.options.Robots.Allowed(ctx, request.URL)
		if err != nil {
			return nil, err
		}
		if !allowed {
			return nil, unusable(&fetch.Response{URL: request.URL}, "its robots.txt asks programs not to read this page")
		}
	}
	return r.options.Client.Get(ctx, request)
}

// unusable is the error for an answer that arrived and does not help.
func unusable(answer *fetch.Response, message string) error {
	host := answer.URL
	if u, err := url.Parse(answer.URL); err == nil {
		host = u.Host
	}
	return &upstream.Error{Service: host, Reason: upstream.BadInput, Status: answer.Status, Message: message}
}

// extract reduces a page to its article. Readability decides what that is; the
// tables and listings that it drops are put back, because appendices of
// indicators live in them.
func extract(answer *fetch.Response) (article, bool) {
	reader, err := charset.NewReader(bytes.NewReader(answer.Body), answer.ContentType)
	if err != nil {
		return article{}, false
	}
	document, err := html.Parse(reader)
	if err != nil {
		return article{}, false
	}
	base, err := url.Parse(answer.URL)
	if err != nil {
		return article{}, false
	}
	blocks := mark(document)
	parser := readability.NewParser()
	parser.MaxElemsToParse = maxElements
	parser.DisableJSONLD = true
	found, err := parser.ParseDocument(document, base)
	if err != nil || found.Node == nil {
		return article{}, false
	}
	out := article{url: answer.URL, html: true}
	var content strings.Builder
	for i, n := range append([]*html.Node{found.Node}, missing(blocks, found.Node)...) {
		if i > 0 {
			content.WriteString("\n")
		}
		if err := html.Render(&content, n); err != nil {
			return article{}, false
		}
		out.lists = append(out.lists, listsIn(n, base)...)
	}
	out.content = content.String()
	return out, true
}

func utf8Text(answer *fetch.Response) string {
	e, _, _ := charset.DetermineEncoding(answer.Body[:min(len(answer.Body), 1024)], answer.ContentType)
	text, err := e.NewDecoder().Bytes(answer.Body)
	if err != nil {
		return strings.ToValidUTF8(string(answer.Body), "\uFFFD")
	}
	return string(text)
}
