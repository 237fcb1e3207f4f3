package ioc

import "strings"

// pipe notes the named pipe whose two backslashes are at i, the host behind them
// at t[host:k]: "\\.\pipe\name", with separators doubled or not
// (https://learn.microsoft.com/windows/win32/ipc/pipe-names). It reports whether
// there is one.
func (s *scanner) pipe(i, host, k int) bool {
	t := s.text
	if hasFold(t, host, "pipe") && k == host+len("pipe") {
		k = host
	} else {
		for nextIs(t, k, '\\') {
			k++
		}
	}
	if !hasFold(t, k, "pipe\\") {
		return false
	}
	k += len("pipe")
	for nextIs(t, k, '\\') {
		k++
	}
	end := k
	for end < s.at.end && end-k < maxPath && (class[t[end]]&isWord != 0 || has(".{}$#@()+", t[end])) {
		end++
	}
	for end > k && (has(".", t[end-1]) || t[end-1] == ')' && strings.IndexByte(t[k:end], '(') < 0) {
		end--
	}
	if end == k {
		return false
	}
	b := s.build.reset(t, i)
	b.text(`\\.\pipe\`)
	b.source(k, end)
	s.pathEnd = end
	s.addBuilt(NamedPipe, i, end, false)
	return true
}
