package reading

import (
	"context"
	"fmt"
	"html"
	"mime"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"

	nethtml "golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/waggle-cti/waggle/shared/fetch"
	"github.com/waggle-cti/waggle/shared/upstream"
)

// Limits of the lists that are read with one article.
const (
	maxLists = 3
	maxList  = 1 << 20 // bytes of one that is text
)

// list is a file of indicators that an article links to.
type list struct{ name, url string }

// promises is what the name of a list of indicators, or the link to it, says.
// Other files are not fetched: a link to a sample would be one, too.
var promises = regexp.MustCompile(`(?i)(^|[^a-z])(iocs?|indicators?|observables?|hashes|c2s?|c&c|domains|ips|blocklist)([^a-z]|$)`)

// listEnds are the endings of files that are read.
var listEnds = []string{".txt", ".csv", ".tsv", ".json", ".md", ".ioc", ".pdf"}

// listsIn gives the lists that a part of an article links to: text files on the
// article's own host, on GitHub, and pastes.
func listsIn(n *nethtml.Node, base *url.URL) []list {
	var out []list
	for d := range n.Descendants() {
		if d.DataAtom != atom.A {
			continue
		}
		href, _ := attribute(d, "href")
		link, err := base.Parse(strings.TrimSpace(href))
		if err != nil {
			continue
		}
		name := path.Base(link.Path)
		if !promises.MatchString(name) && !promises.MatchString(textOf(d)) {
			continue
		}
		if raw := rawText(link, base.Host); raw != "" {
			out = append(out, list{name: name, url: raw})
		}
	}
	return out
}

// rawText is where the bare text of a linked list is; "" where the link is to
// nothing that is read.
func rawText(link *url.URL, own string) string {
	if link.Scheme != "https" && link.Scheme != "http" {
		return ""
	}
	isText := slices.Contains(listEnds, strings.ToLower(path.Ext(link.Path)))
	parts := strings.Split(strings.Trim(link.Path, "/"), "/")
	switch host := strings.TrimPrefix(link.Host, "www."); {
	case isText && (host == strings.TrimPrefix(own, "www.") || host == "raw.githubusercontent.com"):
		return link.String()
	case host == "github.com" && isText && len(parts) > 4 && (parts[2] == "blob" || parts[2] == "raw"):
		return "https://raw.githubusercontent.com/" + path.Join(append(parts[:2:2], parts[3:]...)...)
	case host == "gist.githubusercontent.com":
		return link.String()
	case host == "gist.github.com" && len(parts) == 2:
		return "https://gist.githubusercontent.com/" + path.Join(parts[0], parts[1], "raw")
	case host == "pastebin.com" && len(parts) == 1 && parts[0] != "":
		return "https://pastebin.com/raw/" + parts[0]
	}
	return ""
}

func textOf(n *nethtml.Node) string {
	var out strings.Builder
	for d := range n.Descendants() {
		if d.Type == nethtml.TextNode && out.Len() < 200 {
			out.WriteString(d.Data)
		}
	}
	return out.String()
}

// appendix fetches the lists that an article links to and gives what is to
// stand behind it. It fails where trying again later may give more, unless
// this is the last try; a list that cannot be had for good is named in note.
func (r *Reader) appendix(ctx context.Context, page article, last bool) (text, note string, err error) {
	var out strings.Builder
	var missed []string
	seen := map[string]bool{page.url: true}
	for _, l := range page.lists {
		if seen[l.url] || len(seen) > maxLists {
			continue
		}
		seen[l.url] = true
		body, note, err := r.list(ctx, l)
		if ctx.Err() != nil {
			return "", "", ctx.Err()
		}
		if err != nil && upstream.Temporary(err) && !last {
			return "", "", fmt.Errorf("linked list: %w", err)
		}
		if err != nil {
			missed = append(missed, "linked list "+l.name+": "+err.Error())
			continue
		}
		if note != "" {
			missed = append(missed, "linked list "+l.name+": "+note)
		}
		fmt.Fprintf(&out, "\n<h2>Indicators of compromise: %s</h2>\n<pre>%s</pre>\n", html.EscapeString(l.name), html.EscapeString(body))
	}
	return out.String(), strings.Join(missed, "; "), nil
}

// list fetches a list. The note says what of it was not read.
func (r *Reader) list(ctx context.Context, l list) (text, note string, err error) {
	most := int64(maxList)
	if strings.EqualFold(path.Ext(l.name), ".pdf") {
		most = maxArticle // pictures and fonts take most of it
	}
	answer, err := r.fetch(ctx, fetch.Request{URL: l.url, Accept: "text/plain, text/csv, application/json, */*;q=0.1", MaxBody: most})
	if err != nil {
		return "", "", err
	}
	if isPDF(answer) {
		return textOfPDF(ctx, answer)
	}
	media, _, _ := mime.ParseMediaType(answer.ContentType)
	if media == "text/html" || strings.HasPrefix(media, "image/") || strings.ContainsRune(string(answer.Body), 0) {
		return "", "", unusable(answer, "it is no text")
	}
	return utf8Text(answer), "", nil
}
