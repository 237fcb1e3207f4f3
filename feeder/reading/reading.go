// Package reading turns a post into a finding: the text worth reading, which
// may be that of the article the post links to, and the values in it.
package reading

import (
	"context"
	"fmt"
	"html"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/waggle-cti/waggle/feeder/address"
	"github.com/waggle-cti/waggle/feeder/waggle"
	"github.com/waggle-cti/waggle/shared/fetch"
	"github.com/waggle-cti/waggle/shared/ioc"
	"github.com/waggle-cti/waggle/shared/upstream"
)

// Getter fetches hostile public addresses; *fetch.Client is one.
type Getter interface {
	Get(ctx context.Context, r fetch.Request) (*fetch.Response, error)
}

// Robots says whether a site lets programs read an address; *robots.Checker is
// one. Errors are *upstream.Error.
type Robots interface {
	Allowed(ctx context.Context, address string) (bool, error)
}

// Policy says whether the page that a post links to is read.
type Policy string

// The policies.
const (
	Auto   Policy = "auto"   // when the post is only a summary
	Always Policy = "always" // whatever the post carries
	Never  Policy = "never"  // the post is all there is
)

// Limits, in bytes.
const (
	maxText    = 1 << 20 // of a finding's text
	maxArticle = 8 << 20 // of an article's page
)

// Options are what a Reader works with.
type Options struct {
	Client Getter // nil: articles are never fetched
	Robots Robots // nil: nobody is asked
	// Known says whether a value is known to be benign, and by which list. Nil means the
	// built-in list.
	Known func(kind, value string) (list string, ok bool)
	// Note says which lists hold a value without making it benign: an indicator
	// on one stays one, and says so. Nil means none.
	Note func(kind, value string) string
}

// Terms are what the caller knows of a post beside the post.
type Terms struct {
	Article Policy // "" is Auto
	Home    string // the source's own address: its host is the publisher's
	Files   bool   // lists of indicators that the article links to are read, too
	// Last means that the caller will not try again: an article that cannot be
	// had just now counts as one that cannot be had.
	Last bool
	// Own means that nothing is to be fetched: where the article is wanted, the
	// error is an *Elsewhere.
	Own bool
}

// Elsewhere is the error of reading a post's own text where that will not do.
type Elsewhere struct {
	Page string // the article's address
}

func (e *Elsewhere) Error() string { return "the article behind the post is to be read" }

// Reader reads posts. It keeps no state and is safe for concurrent use.
type Reader struct{ options Options }

// New makes a Reader.
func New(o Options) *Reader { return &Reader{options: o} }

// Read reads a post and, as the terms say, the article behind it. It fails only
// where trying again later may give more: an *upstream.Error that is Temporary,
// or the context's error; and with an *Elsewhere, if the terms ask for it.
// Whatever else goes wrong with an article, the post's own text is read and the
// finding's Note says why.
func (r *Reader) Read(ctx context.Context, post waggle.Post, terms Terms) (waggle.Finding, error) {
	own := r.hosts(post, terms)
	text := post.Content
	if !post.Whole { // a title of its own
		text = withTitle(post.Title, post.Content, isHTML(post))
	}
	summary := r.find(text, isHTML(post), own)
	if !r.wanted(post, terms, summary) {
		return summary, nil
	}
	if terms.Own {
		return waggle.Finding{}, &Elsewhere{behind(post)}
	}
	page, err := r.article(ctx, behind(post))
	if ctx.Err() != nil {
		return waggle.Finding{}, ctx.Err()
	}
	if err != nil {
		if upstream.Temporary(err) && !terms.Last {
			return waggle.Finding{}, fmt.Errorf("article: %w", err)
		}
		return noted(summary, "article: "+err.Error()+"; the post's own text was read"), nil
	}
	document := withTitle(post.Title, page.content, page.html)
	if post.Whole {
		document = withPost(post, page)
	}
	note := page.note
	if terms.Files && page.html {
		lists, missed, err := r.appendix(ctx, page, terms.Last)
		if err != nil {
			return waggle.Finding{}, err
		}
		document += lists
		note = missed
	}
	found := r.find(document, page.html, append(own, address.Host(page.url)))
	if len(found.Text) < len(summary.Text) {
		return noted(summary, "article: its page holds less text than the post; the post's own text was read"), nil
	}
	found.Article = page.url
	return noted(found, note), nil
}

// wanted decides whether the article is to be fetched.
func (r *Reader) wanted(post waggle.Post, terms Terms, summary waggle.Finding) bool {
	page := behind(post)
	if r.options.Client == nil || page == "" || terms.Article == Never {
		return false
	}
	if accused(summary.OfRole(ioc.Attack), page) {
		return false
	}
	return terms.Article == Always || isSummary(summary)
}

// accused tells whether a post calls the host of an address hostile, or one
// above it. It is then not visited, whatever links to it.
func accused(indicators []ioc.Indicator, page string) bool {
	host := address.Host(page)
	return slices.ContainsFunc(indicators, func(i ioc.Indicator) bool {
		named := i.Value
		if i.Kind == ioc.URL {
			named = address.Host(i.Value)
		}
		return named != "" && (host == named || strings.HasSuffix(host, "."+named))
	})
}

// find reads the values in a document and bounds its text.
func (r *Reader) find(document string, isHTML bool, own []string) waggle.Finding {
	o := ioc.Options{Own: own}
	if r.options.Known != nil {
		o.Known = func(kind ioc.Kind, value string) (string, bool) { return r.options.Known(string(kind), value) }
	}
	if !isHTML {
		return bounded(document, r.flag(ioc.Find(document, o)))
	}
	return bounded(ioc.Text(document), r.flag(ioc.FindHTML(document, o)))
}

// bounded keeps the first maxText bytes of the text and the values in them.
func bounded(text string, indicators []ioc.Indicator) waggle.Finding {
	if len(text) <= maxText {
		return waggle.Finding{Text: text, Indicators: indicators}
	}
	end := maxText
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	var inside []ioc.Indicator
	for _, i := range indicators {
		if i.End <= end {
			inside = append(inside, i)
		}
	}
	return waggle.Finding{
		Text: text[:end], Indicators: inside,
		Note: fmt.Sprintf("the text is %d bytes long; the first %d were read", len(text), end),
	}
}

// hosts are the publisher's own: links to them cite, they do not accuse.
func (r *Reader) hosts(post waggle.Post, terms Terms) []string {
	var own []string
	for _, a := range []string{post.URL, terms.Home} {
		if host := address.Host(a); host != "" {
			own = append(own, strings.TrimPrefix(host, "www."))
		}
	}
	return own
}

// withPost puts the text of a post that is whole before the page it links to:
// both say something of their own.
func withPost(post waggle.Post, page article) string {
	content := post.Content
	switch {
	case page.html && !isHTML(post):
		content = strings.ReplaceAll(html.EscapeString(content), "\n", "<br>\n")
	case !page.html && isHTML(post):
		content = strings.TrimSpace(ioc.Text(content))
	}
	if page.html {
		return "<div>" + content + "</div>\n" + page.content
	}
	return content + "\n\n" + page.content
}

func isHTML(post waggle.Post) bool { return post.ContentType == "text/html" }

func noted(f waggle.Finding, note string) waggle.Finding {
	if note == "" {
		return f
	}
	if f.Note != "" {
		note = f.Note + "; " + note
	}
	f.Note = note
	return f
}
