package ioc

import "strings"

// maxPath bounds a path in a file system, in bytes; Windows takes 260 characters
// unless told otherwise
// (https://learn.microsoft.com/windows/win32/fileio/maximum-file-path-limitation).
const maxPath = 512

// minPath is the length of a path that says something.
const minPath = len(`C:\ab`)

// drive reads the path that begins with the drive's letter at i: "C:\…".
func (s *scanner) drive(i int) {
	t := s.text
	if i > 0 && class[t[i-1]]&isWord != 0 || i+3 >= len(t) {
		return
	}
	if t[i+3] != '\\' && (endsPath(t[i+3]) || i+4 < len(t) && endsPath(t[i+4]) && t[i+4] != t[i+2]) { // it would be shorter than minPath
		return
	}
	if t[i+2] == '\\' || t[i+2] == '/' && t[i+3] != '/' && has("cCdD", t[i]) {
		s.windowsPath(i, i+2)
	}
}

// endsPath reports whether no part of a path goes on with the sign.
func endsPath(c byte) bool { return c < ' ' || c == 0x7f || has("\\/:\"|>,;`", c) }

// variable reads the path that begins with an environment variable at i:
// "%APPDATA%\…", "$env:TEMP\…".
func (s *scanner) variable(i int) {
	t, k := s.text, i+1
	if t[i] == '$' {
		if !hasFold(t, k, "env:") {
			return
		}
		k += len("env:")
	}
	name := k
	for k < s.at.end && k-name < maxLexeme && (alnum(t[k]) || has("_()", t[k])) {
		k++
	}
	if t[i] == '%' && nextIs(t, k, '%') {
		k++
	} else if t[i] == '%' {
		return
	}
	if k-name > 3 && letter(t[name]) && nextIs(t, k, '\\') {
		s.windowsPath(i, k)
	}
}

// share reads the path that begins with two backslashes at i, of a file on
// another host (UNC), or the name of a pipe.
func (s *scanner) share(i int) {
	t := s.text
	if i > 0 && (class[t[i-1]]&(isWord|isHigh) != 0 && !bracketBefore(t, i) || has("\\.:%)]}>*?/", t[i-1])) {
		return
	}
	k := i
	for k < s.at.end && t[k] == '\\' && k-i < 4 {
		k++
	}
	host := k
	for k < s.at.end && k-host < maxLexeme*2 && (alnum(t[k]) || has(".-_@?*", t[k])) {
		k++
	}
	if !nextIs(t, k, '\\') {
		return
	}
	if s.pipe(i, host, k) || host-i == 1 || host-i == 3 || !alnum(t[host]) || k-host < 3 || (host-i == 4) != nextIs(t, k+1, '\\') {
		return
	}
	s.windowsPath(i, k)
}

// bracketBefore reports whether a quotation mark beyond ASCII ends at i.
func bracketBefore(t string, i int) bool {
	return i > 2 && t[i-3] == 0xE2 && t[i-2] == 0x80
}

// windowsPath notes the path that begins at i, whose first separator behind the
// root is at k. Separators may be doubled, as in the source of a program.
func (s *scanner) windowsPath(i, k int) {
	t, sep := s.text, s.text[k]
	limit := min(s.at.end, i+maxPath)
	b := s.build.reset(t, i)
	root := k
	if sep == '\\' && nextIs(t, k+1, sep) && strings.HasPrefix(t[i:], `\\\\`) {
		b.source(i+2, k) // the host's two are doubled, too
	} else {
		b.source(i, k)
	}
	end := k
	for k < limit && t[k] == sep {
		from := k + 1
		if nextIs(t, from, sep) {
			from++
		}
		to := s.pathPart(from, limit)
		if to == from {
			break
		}
		if !nextIs(t, to, sep) || to+1 >= limit {
			if to = s.lastPathPart(i, from, to); to == from {
				break
			}
		}
		if from > k+1 { // one of two is left out
			b.text(t[k : k+1])
			b.source(from, to)
		} else {
			b.source(k, to)
		}
		k, end = to, to
	}
	if end > root && b.len() >= minPath {
		s.notePath(i, end)
	}
}

// notePath notes the path at s[i:end], which was built. What is in it is read
// by itself again: a file's name, a hash.
func (s *scanner) notePath(i, end int) {
	s.pathEnd = end
	floor := s.floor
	s.addBuilt(FilePath, i, end, false)
	s.floor = floor
}

// pathPart gives the end of the part of a Windows path that starts at i, with
// the spaces in it; i if there is none. What stands for the true text may be in
// angle brackets: "<user>".
func (s *scanner) pathPart(i, limit int) int {
	t, k := s.text, i
	for k < limit {
		c := t[k]
		switch {
		case class[c]&isWord != 0: // most
			k++
		case c == '<':
			n := strings.IndexByte(t[k:min(limit, k+maxLexeme)], '>') + 1
			if n < 3 || t[k+1] == '/' || strings.LastIndexByte(t[k:k+n], '<') > 0 || k > i && !goesOnInPath(t[k+n:limit]) {
				return partTrim(t, i, k)
			}
			k += n
		case endsPath(c), c == ' ' && (k == i || nextIs(t, k+1, ' ') || !s.whole && proseFollows(t[i:k])), c == '&' && nextIs(t, k+1, 'q'):
			return partTrim(t, i, k)
		case class[c]&isHigh != 0:
			n := highWord(t, k, false)
			if n == 0 {
				return partTrim(t, i, k)
			}
			k += n
		default:
			k++
		}
	}
	return partTrim(t, i, k)
}

// longestAbbreviation is the longest word that a full stop behind it may
// shorten in a folder's name ("Example Corp. Tools"), in bytes.
const longestAbbreviation = 4

// proseFollows reports whether the path is over with the part, behind which a
// space stands: the part is a file that malware comes with, or ends a sentence.
func proseFollows(part string) bool {
	dot := strings.LastIndexByte(part, '.')
	if dot < 0 {
		return false
	}
	if dot == len(part)-1 {
		return dot-1-strings.LastIndexByte(part[:dot], ' ') > longestAbbreviation
	}
	return malwareEnding(strings.ToLower(part[dot+1:]))
}

// goesOnInPath reports whether what stands behind a placeholder within a part of
// a path is more of it: else it is a tag.
func goesOnInPath(t string) bool {
	return t != "" && (class[t[0]]&isWord != 0 || len(t) > 1 && (t[0] == '.' || t[0] == '\\') && alnum(t[1]))
}

// partTrim drops the spaces that end a part.
func partTrim(t string, i, k int) int {
	for k > i && t[k-1] == ' ' {
		k--
	}
	return k
}

// lastPathPart gives the end of a path's last part t[from:to]. Nobody can tell a
// space in it from the one behind, unless the path is in quotes or is all there
// is; then it ends at the first.
func (s *scanner) lastPathPart(i, from, to int) int {
	if s.whole {
		return to
	}
	t := s.text
	if sp := strings.IndexByte(t[from:to], ' '); sp > 0 && !(i > 0 && t[i-1] == '"' && nextIs(t, to, '"')) {
		to = from + sp
		if open := strings.LastIndexByte(t[from:to], '<'); open >= 0 && strings.IndexByte(t[from+open:to], '>') < 0 {
			to = from + open // half of a placeholder is none
		}
	}
	for to > from && (has(" .'!?*", t[to-1]) || has(")]}", t[to-1]) && strings.IndexByte(t[from:to], opener(t[to-1])) < 0) {
		to--
	}
	return to
}
