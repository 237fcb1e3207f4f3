package ioc

import "strings"

// place is where on its line a value stands.
type place struct {
	alone bool // a list item or table cell of its own
	paren bool // in round brackets, as a link's target is in running text
	table bool
	says  section // what the word before it says
	typed bool    // the row's first cell names its kind, the second is it
	mail  bool    // in a mail header
}

// lookBehind bounds how far before a value its line is read.
const lookBehind = 80

// place looks at the line around a mark.
func (j *judge) place(m *mark) (p place) {
	l := &j.lines[m.line]
	t := j.text
	start, end := m.at()
	from := max(l.start, start-lookBehind)
	k := start
	for k > from && opens(t[k-1]) {
		k--
	}
	_, e := port(t, end)
	for e < l.end && shuts(t[e]) && t[e] != l.row {
		e++
	}
	first := k == l.start || k > from && cell(t, k-1) || bullet(t, l.start, k)
	last := e >= l.end || cell(t, e) || e-end > 0 && t[e-1] == '\t' || t[e] == '(' || t[e] == '-' || t[e] == '#' || hasFold(t, e, "port ")
	p.table = k > from && (t[k-1] == '|' || t[k-1] == '\t') && !soleCell(t, l, k, e)
	p.alone = first && last
	p.paren = start > l.start && t[start-1] == '('
	p.says = says(t[from:k])
	if k == l.start && l.start > 1 {
		p.says = goesOn(t[max(0, l.start-lookBehind) : l.start-1])
	}
	p.typed = k > l.start && (t[k-1] == ',' || t[k-1] == ';') && typeCell(t[l.start:k-1])
	p.mail = mailHeader(t[l.start:min(l.end, l.start+24)])
	return p
}

func opens(c byte) bool {
	return c == ' ' || c == '"' || c == '\'' || c == '`' || c == '<' || c == '[' || c == '(' || c == 0xC2 || c == 0xA0
}
func shuts(c byte) bool {
	return c == ' ' || c == '"' || c == '\'' || c == '`' || c == '>' || c == ']' || c == ')' || c == ',' || c == ';' || c == '\r' || c == 0xC2 || c == 0xA0 || c == '\\'
}

// soleCell reports whether t[k:e] is the only cell of the table's row that the
// line is: a list in the shape of a table.
func soleCell(t string, l *line, k, e int) bool {
	for ; k > l.start; k-- {
		if t[k-1] != '|' && !opens(t[k-1]) {
			return false
		}
	}
	for ; e < l.end; e++ {
		if t[e] != '|' && !shuts(t[e]) {
			return false
		}
	}
	return true
}

func cell(t string, i int) bool { return t[i] == '|' || t[i] == '\t' || t[i] == ',' || t[i] == ';' }

// bullet reports whether only a list item's sign stands in t[i:end].
func bullet(t string, i, end int) bool {
	for ; i < end; i++ {
		switch t[i] {
		case ' ', '\t', '-', '*', '+', '>', 0xE2, 0x80, 0xA2, 0xC2, 0xB7, 0xA0:
		default:
			return false
		}
	}
	return true
}

// says tells what the last words before a value say of it.
func says(t string) section {
	end := len(t)
	for n := 0; n < 3 && end > 0; n++ {
		for end > 0 && !alnum(t[end-1]) {
			if n > 0 && t[end-1] == '|' { // it speaks of another cell
				return body
			}
			end--
		}
		i := end
		for i > 0 && letters[t[i-1]] != 0 {
			i--
		}
		if i == end {
			return body
		}
		if n == 0 && t[i:end] == "value" && (nextIs(t, end, '"') || i > 0 && (t[i-1] == ':' || t[i-1] == '.')) { // in JSON, in STIX' patterns
			return iocs
		}
		if n == 1 && hasFold(t, i, "common") && hasFold(t, end, " name") {
			return iocs
		}
		if s := section(labelWords.find(t, i, end)); s != body {
			return s
		}
		if n == 0 && end < len(t) && !assigns(t, end) {
			return body
		}
		end = i
	}
	return body
}

// assigns reports whether the sign at i, perhaps behind a space, gives what is
// named before it a value.
func assigns(t string, i int) bool {
	if t[i] == ' ' && i+1 < len(t) {
		i++
	}
	return t[i] == ':' || t[i] == '='
}

// typeCell reports whether a table's cell is but the name of a kind of indicator.
func typeCell(t string) bool {
	t = strings.Trim(strings.TrimPrefix(t, byteOrderMark), " \"'")
	return t != "" && len(t) <= maxLexeme && letter(t[0]) && typeNames.find(t, 0, len(t)) != 0
}

// typeNames are the names of kinds that begin a row of an indicator list.
var typeNames = newLexicon(map[uint8]string{
	1: "ip ips ipv4 ipv6 ipaddress domain domains host hostname fqdn url urls uri md5 sha1 sha-1 sha256 sha-256 hash email mail",
})

// goesOn tells what the line before says of a value that starts a line: if it
// ends in the middle of a sentence, the value is cited.
func goesOn(before string) section {
	before = strings.TrimRight(before, " \r")
	if before == "" || !small(before[len(before)-1]) {
		return body
	}
	before = before[strings.LastIndexByte(before, '\n')+1:]
	last := before[strings.LastIndexByte(before, ' ')+1:]
	if len(last) == len(before) || last == "" {
		return body
	}
	for k := range len(last) {
		if !small(last[k]) {
			return body
		}
	}
	if says(before) == refs {
		return refs
	}
	return body
}

// labelWords are the words in front of a value that say what it is.
var labelWords = newLexicon(map[uint8]string{
	uint8(iocs): "c2 c2s c&c cnc ioc iocs ip ips domain domains url urls host hosts server payload dropper download " +
		"sha256 sha1 md5 hash panel opendir phishing cn",
	uint8(refs): "see via source report blog article reference ref more at vt visit sample link analysis commit version " +
		"available on post paper whitepaper",
})

// mailHeader reports whether the line is a mail header's.
func mailHeader(t string) bool {
	i := 0
	for i < len(t) && !alnum(t[i]) {
		i++
	}
	if i == len(t) || strings.IndexByte("rftmxsb", t[i]|0x20) < 0 { // none begins so
		return false
	}
	for _, h := range [...]string{"received:", "from:", "to:", "reply-to:", "return-path:", "message-id:", "x-", "sender:", "by ", "for "} {
		if hasFold(t, i, h) {
			return true
		}
	}
	return false
}
