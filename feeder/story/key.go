// Package story tells which posts are about the same threat. All of it is
// pure: keys are made of a post, and matched against the keys of stories.
package story

import (
	"slices"
	"strings"

	"golang.org/x/net/publicsuffix"

	"github.com/waggle-cti/waggle/feeder/address"
	"github.com/waggle-cti/waggle/feeder/waggle"
	"github.com/waggle-cti/waggle/shared/ioc"
)

// Key is something that posts about one threat have in common.
type Key struct{ Kind, Value string }

// The kinds of keys.
const (
	kindOwn    = "own"    // canonical address of the post itself
	kindPage   = "page"   // canonical address of the post, or of another site's page that it links to
	kindStrong = "strong" // an indicator of which one in common is enough: a hash, a wallet, a URL with a path
	kindWeak   = "weak"   // an indicator of which it takes two: a domain, an IP address, a mutex
	kindCVE    = "cve"
	kindWord   = "word" // a telling word of the title
	kindBand   = "band" // a part of the text's sketch; near-identical texts have at least one in common
	kindSketch = "sketch"
)

// Limits of the keys of one post.
const (
	maxIndicators = 400
	maxPages      = 30
	maxWords      = 30
	// maxCVEs is how many CVE ids a post about one threat names. More is a
	// roundup, whose ids stand beside each other by date only.
	maxCVEs = 6
	// minConfidence is how sure an indicator must be to join stories.
	minConfidence = 50
)

// Lookup keeps the keys by which stories are to be looked up. Words are too
// common for that: they only confirm.
func Lookup(keys []Key) []Key {
	return slices.DeleteFunc(slices.Clone(keys), func(k Key) bool {
		return k.Kind == kindWord || k.Kind == kindOwn || k.Kind == kindSketch
	})
}

// Compared keeps the keys that a story is compared by once it is found. Bands
// only find.
func Compared(keys []Key) []Key {
	return slices.DeleteFunc(slices.Clone(keys), func(k Key) bool { return k.Kind == kindBand })
}

// Keys gives the keys of a post, without repeats, in a stable order.
func Keys(post waggle.Post, finding waggle.Finding) []Key {
	s := newSet()
	digest := isDigest(post.Title)
	s.pages(post, finding, digest)
	if !digest {
		s.indicators(finding)
		s.vulnerabilities(post, finding)
		for _, w := range tellingWords(post.Title) {
			s.add(kindWord, w, maxWords)
		}
	}
	for _, k := range sketchKeys(finding.Text) {
		s.add(k.Kind, k.Value, bands+1)
	}
	return s.keys
}

// set collects keys, at most a number of each kind.
type set struct {
	keys  []Key
	seen  map[Key]bool
	count map[string]int
}

func newSet() *set { return &set{seen: map[Key]bool{}, count: map[string]int{}} }

func (s *set) add(kind, value string, most int) {
	k := Key{kind, value}
	if value == "" || s.seen[k] || s.count[kind] >= most {
		return
	}
	s.seen[k] = true
	s.count[kind]++
	s.keys = append(s.keys, k)
}

// pages notes the post's own address and the pages of other sites that it
// links to. Links within a site are left out: there they mean "read also".
func (s *set) pages(post waggle.Post, finding waggle.Finding, digest bool) {
	site := registrable(post.URL)
	for _, own := range []string{post.URL, finding.Article} {
		if page := pageOf(own); page != "" {
			// Some sites keep many posts on one page.
			page += address.Fragment(own)
			s.add(kindOwn, page, 2)
			s.add(kindPage, page, maxPages)
		}
	}
	if digest {
		return // it links to everything
	}
	for _, link := range append(slices.Clone(post.Links), references(finding)...) {
		if registrable(link) != site {
			s.add(kindPage, pageOf(link), maxPages)
		}
	}
}

func references(f waggle.Finding) []string {
	var out []string
	for _, i := range f.OfRole(ioc.Reference) {
		if i.Kind == ioc.URL {
			out = append(out, i.Value)
		}
	}
	return out
}

// pageOf is the canonical address of a page; "" for a site's front page, which
// is about nothing in particular.
func pageOf(raw string) string {
	page := address.Canonical(raw)
	_, rest, _ := strings.Cut(page, "://")
	if !strings.ContainsAny(rest, "/?") {
		return ""
	}
	return page
}

// registrable is the domain that the address' owner registered: blog.example.com
// and www.example.com are one site. The host itself where there is none.
func registrable(raw string) string {
	host := address.Host(raw)
	if domain, err := publicsuffix.EffectiveTLDPlusOne(host); err == nil {
		return domain
	}
	return host
}

// indicators notes what the post presents as malicious, by how telling one
// value in common is.
func (s *set) indicators(finding waggle.Finding) {
	for _, i := range finding.OfRole(ioc.Attack) {
		if i.Confidence < minConfidence {
			continue
		}
		switch {
		case i.Kind == ioc.URL:
			// http and https, with and without slash, are one place.
			if page := pageOf(i.Value); page != "" {
				s.add(kindStrong, "url:"+page, maxIndicators)
			}
		case strong(i.Kind):
			s.add(kindStrong, string(i.Kind)+":"+i.Value, maxIndicators)
		case weak(i.Kind):
			s.add(kindWeak, string(i.Kind)+":"+i.Value, maxIndicators)
		}
	}
}

// strong tells the kinds whose values are one file's or one person's.
func strong(k ioc.Kind) bool {
	switch k {
	case ioc.Email, ioc.SSDeep, ioc.TLSH, ioc.Authentihash:
		return true
	}
	return k.Hash() || k.Wallet()
}

// weak tells those whose values several attacks may share: a host that is let to
// anyone, what programs of one maker have in common.
func weak(k ioc.Kind) bool {
	switch k {
	case ioc.Domain, ioc.IP, ioc.Imphash, ioc.PEHash, ioc.VHash, ioc.Mutex, ioc.NamedPipe:
		return true
	}
	return false
}

// vulnerabilities notes the CVE ids of a post that is about a few of them, and
// those in the title in any case.
func (s *set) vulnerabilities(post waggle.Post, finding waggle.Finding) {
	var all, titled []string
	title := strings.ToUpper(post.Title)
	for _, i := range finding.Indicators {
		if i.Kind != ioc.CVE {
			continue
		}
		all = append(all, i.Value)
		if strings.Contains(title, i.Value) {
			titled = append(titled, i.Value)
		}
	}
	slices.Sort(all)
	if all = slices.Compact(all); len(all) > maxCVEs {
		all = titled
	}
	for _, id := range all {
		s.add(kindCVE, id, maxCVEs)
	}
}
