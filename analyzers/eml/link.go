package eml

import (
	"context"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/publicsuffix"

	"github.com/waggle-cti/waggle/shared/cortex"
	"github.com/waggle-cti/waggle/shared/harmless"
	"github.com/waggle-cti/waggle/shared/ioc"
	"github.com/waggle-cti/waggle/shared/message"
)

// link is a URL that the message leads to.
type link struct {
	URL    string `json:"url"`
	Shown  string `json:"shown,omitempty"` // what the reader sees in its place
	Benign bool   `json:"benign,omitempty"`
	Form   bool   `json:"form,omitempty"` // what is typed into a form goes there
}

// readBody reads the texts that the reader sees.
func (f *full) readBody(ctx context.Context, parts []message.Part) {
	for _, p := range parts {
		if !p.IsText() || ctx.Err() != nil {
			continue
		}
		text := p.Text()
		if p.Type == "text/html" {
			page := message.ReadPage(text)
			for _, t := range page.Targets {
				f.addTarget(t)
			}
			f.Pictures += page.Pictures
			text = ioc.Text(text) // what the reader sees
		}
		f.linksIn(text)
		if f.Body == "" && p.Within == "" {
			f.Body = harmless.Cut(strings.TrimSpace(text), mostBody)
		}
	}
}

// linksIn notes the URLs in a text.
func (f *full) linksIn(text string) {
	for _, in := range ioc.Find(text, ioc.Options{}) {
		if in.Kind == ioc.URL {
			f.addLink(link{URL: in.Value, Benign: in.Role == ioc.Benign})
		}
	}
}

// addTarget notes a link by where it leads, and judges it by what it shows.
func (f *full) addTarget(t message.Target) {
	target, lower := t.URL, strings.ToLower(t.URL)
	switch {
	case strings.HasPrefix(lower, "javascript:"), strings.HasPrefix(lower, "data:"):
		f.find(cortex.Suspicious, "link with code", "A link carries its content with it, as scripts and pages that hide do.", harmless.Cut(target, 200))
		return
	case !strings.HasPrefix(lower, "http://") && !strings.HasPrefix(lower, "https://"):
		return
	}
	one := link{URL: target, Shown: harmless.Cut(strings.Join(strings.Fields(t.Shown), " "), mostText), Form: t.Form}
	for _, in := range ioc.Find(target, ioc.Options{}) {
		if in.Kind == ioc.URL && in.Start == 0 {
			one.URL, one.Benign = in.Value, in.Role == ioc.Benign
		}
	}
	if t.Form {
		f.find(cortex.Suspicious, "form", "The message asks for something in a form of its own.", target)
	}
	if other := anotherHost(target, one.Shown); other != "" {
		f.find(cortex.Suspicious, "link shows another host", "A link shows "+other+" and leads elsewhere.", target)
	}
	f.addLink(one)
}

// anotherHost gives the host that a link shows, if that is of another owner than
// the one it leads to.
func anotherHost(target, shown string) string {
	if strings.ContainsAny(shown, " \t") {
		return ""
	}
	to, err := url.Parse(target)
	if err != nil {
		return ""
	}
	for _, in := range ioc.Find(shown, ioc.Options{}) {
		host := in.Value
		switch in.Kind {
		case ioc.URL:
			u, err := url.Parse(in.Value)
			if err != nil {
				continue
			}
			host = u.Hostname()
		case ioc.Domain:
		default:
			continue
		}
		if in.Start == 0 && owner(host) != owner(to.Hostname()) {
			return host
		}
	}
	return ""
}

// owner is the part of a host's name that is registered.
func owner(host string) string {
	if name, err := publicsuffix.EffectiveTLDPlusOne(strings.ToLower(host)); err == nil {
		return name
	}
	return strings.ToLower(host)
}

// addLink notes a link once, with the first text that is shown for it.
func (f *full) addLink(one link) {
	if i := slices.IndexFunc(f.Links, func(l link) bool { return l.URL == one.URL }); i >= 0 {
		f.Links[i].Form = f.Links[i].Form || one.Form
		if f.Links[i].Shown == "" {
			f.Links[i].Shown = one.Shown
		}
		return
	}
	if len(one.URL) > 4*mostText {
		return
	}
	f.LinksTotal++
	if len(f.Links) < most {
		f.Links = append(f.Links, one)
	}
}
