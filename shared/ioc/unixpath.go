package ioc

import "strings"

// unixRoots are the folders in which a path begins that is taken for one, and
// those that are folders of web sites, too.
var unixRoots = newLexicon(map[uint8]string{
	1: "tmp etc usr var dev bin sbin lib proc mnt private sdcard", webRoot: "opt home root library users applications",
})

const webRoot = 2

// unixPath reads the path that begins at i with a slash, a tilde or $HOME.
func (s *scanner) unixPath(i int) {
	t := s.text
	if i > 0 && !has(" \t\"'`(=>|[,*\n", t[i-1]) && !bracketBefore(t, i) {
		return
	}
	from, root := i, uint8(0)
	switch t[i] {
	case '~':
		from++
		if !strings.HasPrefix(t[from:], "/.") && !strings.HasPrefix(t[from:], "/Library/") {
			return
		}
	case '$':
		from += len("$HOME")
		if !strings.HasPrefix(t[i:], "$HOME/") {
			return
		}
	default:
		e := i + 1
		for e < s.at.end && e-i < maxLexeme && letter(t[e]) {
			e++
		}
		if e > i+1 && nextIs(t, e, '/') {
			root = unixRoots.find(t, i+1, e)
		}
		if root == 0 || s.requested(i) {
			return
		}
		from = e
	}
	end := s.unixEnd(from)
	if end <= from+1 || root == webRoot && webPage(t[i:end]) || nextIs(t, end, '?') {
		return
	}
	s.build.reset(t, i).source(i, end)
	s.notePath(i, end)
}

// requested reports whether the word before i is HTTP's: then a page's path
// follows.
func (s *scanner) requested(i int) bool {
	before := strings.TrimRight(s.text[max(s.at.start, i-8):i], " \"'`")
	for _, method := range [...]string{"GET", "POST", "PUT", "HEAD"} {
		if strings.HasSuffix(before, method) {
			return true
		}
	}
	return false
}

// unixEnd gives the end of the path whose second slash is at i.
func (s *scanner) unixEnd(i int) int {
	t, k, limit := s.text, i, min(s.at.end, i+maxPath)
	for k < limit && (class[t[k]]&isWord != 0 || has("/.+@~$%*{}", t[k])) {
		k++
	}
	opened := strings.IndexByte(t[i:k], '{') >= 0
	for k > i && (has(".*", t[k-1]) || t[k-1] == '}' && !opened) {
		k--
	}
	return k
}

// webPage reports whether the path ends as a page of a web site does.
func webPage(p string) bool {
	switch p[strings.LastIndexByte(p, '.')+1:] {
	case "php", "html", "htm", "asp", "aspx", "jsp", "gif", "png", "jpg", "css":
		return true
	}
	return false
}
