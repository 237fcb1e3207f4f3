package ioc

import "strings"

// telegram notes the account or channel that the URL with the scanner's host
// leads to, if that is Telegram's: "t.me/name"
// (https://core.telegram.org/api/links#public-username-links).
func (s *scanner) telegram(path, end int, fanged bool) {
	c := &s.host
	if c.n != len("t.me") && c.n != len("telegram.me") {
		return
	}
	if h := string(c.name()); h != "t.me" && h != "telegram.me" || !nextIs(s.text, path, '/') {
		return
	}
	from := path + 1
	if strings.HasPrefix(s.text[from:end], "s/") {
		from += len("s/")
	}
	to := from
	for to < end && (alnum(s.text[to]) || s.text[to] == '_') {
		to++
	}
	switch s.text[from:to] {
	case "joinchat", "share", "addstickers", "proxy", "addtheme", "setlanguage", "iv", "socks", "login":
		return
	}
	if !telegramName(s.text[from:to]) {
		return
	}
	b := s.build.reset(s.text, from)
	b.text("@")
	b.source(from, to)
	for i := range b.b {
		b.b[i] = lower(b.b[i])
	}
	s.addBuilt(Telegram, from, to, fanged)
}

// telegramName reports whether the word can be a user name: five to 32 letters,
// digits and underscores, the first a letter.
func telegramName(w string) bool {
	if len(w) < 5 || len(w) > 32 || !letter(w[0]) {
		return false
	}
	for i := range len(w) {
		if !alnum(w[i]) && w[i] != '_' {
			return false
		}
	}
	return true
}

// account judges a name that someone goes by.
func (j *judge) account(m *mark) verdict {
	switch {
	case m.fanged:
		return verdict{Attack, 80, "disarmed spelling"}
	case !j.attack || j.lines[m.line].section == refs || lastMeaning(j.text[j.lines[m.line].start:m.start], invitations) > 0:
		return verdict{Reference, 60, "an account that is named"}
	case atLabel(j.text, int(m.start)) || j.lines[m.line].section == iocs:
		return verdict{Attack, 50, "named in a text about an attack"}
	}
	return verdict{Reference, 60, "an account that is named"}
}

// invitations are what publishers say before their own accounts.
var invitations = newLexicon(map[uint8]string{1: "follow join our us subscribe chat contact community me my"})

// atLabel reports whether the value at i is written with its at sign, not as
// part of an address.
func atLabel(t string, i int) bool { return nextIs(t, i, '@') }
