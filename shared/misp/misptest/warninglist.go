package misptest

import (
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/waggle-cti/waggle/shared/misp"
)

// Warninglist is a warninglist of the server. Without an ID it gets one, without
// a type its entries are strings, without attributes it is for all of them.
type Warninglist struct {
	misp.Warninglist
	Disabled bool
}

// warninglistsOf fills in what MISP gives a list that does not say it.
func warninglistsOf(given []Warninglist) []Warninglist {
	lists := slices.Clone(given)
	for i := range lists {
		l := &lists[i]
		if l.ID == "" {
			l.ID = strconv.Itoa(i + 1)
		}
		if l.Type == "" {
			l.Type = "string"
		}
		if l.Category == "" {
			l.Category = "false_positive"
		}
		if len(l.Attributes) == 0 {
			l.Attributes = []string{"ALL"}
		}
	}
	return lists
}

// indexWarninglists answers all of them, the newest first.
func (s *Server) indexWarninglists(call) answer {
	out := []object{}
	for _, l := range slices.Backward(s.lists) {
		one := l.show()
		one["warninglist_entry_count"] = strconv.Itoa(len(l.Entries))
		one["valid_attributes"] = strings.Join(l.Attributes, ", ")
		out = append(out, object{"Warninglist": one})
	}
	return answer{status: 200, body: object{"Warninglists": out}}
}

func (s *Server) viewWarninglist(c call) answer {
	id := c.PathValue("id")
	at := slices.IndexFunc(s.lists, func(l Warninglist) bool { return l.ID == id })
	if at < 0 {
		return said(c, 404, "Warninglist not found.")
	}
	l := s.lists[at]
	entries, types := []object{}, []object{}
	for i, value := range l.Entries {
		entries = append(entries, object{"id": strconv.Itoa(i + 1), "value": value, "warninglist_id": id, "comment": nil})
	}
	for i, typ := range l.Attributes {
		types = append(types, object{"id": strconv.Itoa(i + 1), "type": typ, "warninglist_id": id})
	}
	one := l.show()
	one["WarninglistEntry"], one["WarninglistType"] = entries, types
	return answer{status: 200, body: object{"Warninglist": one}}
}

func (l Warninglist) show() object {
	return object{"id": l.ID, "name": l.Name, "type": l.Type, "description": l.Name, "version": strconv.FormatInt(l.Version, 10),
		"enabled": !l.Disabled, "default": true, "category": l.Category}
}

// checkWarninglists answers an object, or an empty list when nothing hits. It
// asks each list, whatever types it is for.
func (s *Server) checkWarninglists(c call) answer {
	asked := unwrapped(c.body, `\[\]`)
	out := object{}
	for _, v := range asked.Array() {
		var hits []object
		for _, hit := range s.hits("", strings.TrimSpace(v.String())) {
			hits = append(hits, object{"id": hit.list.ID, "name": hit.list.Name, "matched": hit.match})
		}
		if hits != nil {
			out[strings.TrimSpace(v.String())] = hits
		}
	}
	if len(out) == 0 {
		return answer{status: 200, body: []any{}}
	}
	return answer{status: 200, body: out}
}

// listHit is an enabled list that holds a value, and its entry.
type listHit struct {
	list         Warninglist
	match, value string
}

// hits asks the enabled lists that are for the type; for none, all of them. Of
// a composite value one half is enough.
func (s *Server) hits(typ, value string) []listHit {
	values := []string{value}
	if strings.Contains(typ, "|") {
		values = strings.SplitN(value, "|", 2)
	}
	var out []listHit
	for _, l := range s.lists {
		if l.Disabled || typ != "" && !slices.Contains(l.Attributes, "ALL") && !slices.Contains(l.Attributes, typ) {
			continue
		}
		for _, v := range values {
			if match, ok := l.match(v); ok {
				out = append(out, listHit{l, match, v})
				break
			}
		}
	}
	return out
}

// match compares as app/Model/Warninglist.php does: case counts, and the host of
// a URL keeps its port.
// https://github.com/MISP/MISP/blob/2.5/app/Model/Warninglist.php
func (l Warninglist) match(value string) (match string, ok bool) {
	switch l.Type {
	case "hostname":
		return l.matchHost(value)
	case "cidr":
		return l.matchRange(value)
	}
	for _, entry := range l.Entries {
		switch {
		case l.Type == "string" && entry == value,
			l.Type == "substring" && strings.Contains(value, entry),
			l.Type == "regex" && regexp.MustCompile(strings.Trim(entry, "/")).MatchString(value):
			return entry, true
		}
	}
	return "", false
}

func (l Warninglist) matchHost(value string) (match string, ok bool) {
	if _, rest, found := strings.Cut(value, "//"); found {
		value = rest
	}
	host, _, _ := strings.Cut(value, "/")
	labels := strings.Split(strings.TrimRight(host, "."), ".")
	for from := range slices.Backward(labels) {
		name := strings.Join(labels[from:], ".")
		if slices.ContainsFunc(l.Entries, func(entry string) bool { return strings.ToLower(strings.Trim(entry, ".")) == name }) {
			return name, true
		}
	}
	return "", false
}

func (l Warninglist) matchRange(value string) (match string, ok bool) {
	address, bits, ranged := strings.Cut(value, "/")
	a, err := netip.ParseAddr(address)
	if err != nil {
		return "", false
	}
	for _, entry := range l.Entries {
		if !strings.Contains(entry, "/") {
			entry += fmt.Sprintf("/%d", a.BitLen())
		}
		p, err := netip.ParsePrefix(entry)
		if err != nil || !p.Contains(a) || a.Is4() && p != p.Masked() { // IPv4 ranges are looked up by their text
			continue
		}
		return entry, !ranged || integer(bits) >= p.Bits()
	}
	return "", false
}
