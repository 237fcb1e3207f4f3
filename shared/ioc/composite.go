package ioc

// What stands beside a value and belongs to it: a port, a file's name in the
// same row as its hash, an address in the same row as its host.

// What is looked at beside a value: so many marks to each side, and so many
// bytes between two of them.
const (
	maxBeside       = 6
	maxBetweenMarks = 16
)

// complete gives the indicator of mark n what belongs to it.
func (s *scanner) complete(i *Indicator, n int) {
	m := &s.marks[n]
	i.Port, i.With = 0, ""
	if m.link || m.encoded {
		return
	}
	switch i.Kind {
	case IP, Domain:
		if at, e := port(s.text, int(m.end)); e > int(m.end) {
			n, _ := number(s.text, at)
			i.Port = uint16(n)
		}
		if i.Kind == Domain {
			i.With = s.beside(n, IP)
		}
	case MD5, SHA1, SHA224, SHA256, SHA384, SHA512, SSDeep, TLSH, Imphash, Authentihash, PEHash, VHash:
		i.With = s.beside(n, Filename)
	}
}

// beside gives the value of that kind in the row of mark n: the only one, and the
// mark's value the only one of its own kind. Only signs and other values stand
// between them.
func (s *scanner) beside(n int, k Kind) string {
	found := int32(-1)
	own := s.values.all[s.marks[n].of].kind
	for _, step := range [...]int{-1, 1} {
		near := true
		for o := n + step; o >= 0 && o < len(s.marks) && (o-n)*step <= maxBeside; o += step {
			m := &s.marks[o]
			if m.line != s.marks[n].line || m.link {
				break
			}
			near = near && s.rowBetween(min(o, o-step), max(o, o-step))
			switch s.values.all[m.of].kind {
			case own:
				if m.of != s.marks[n].of {
					return ""
				}
			case k:
				if !near || found >= 0 && found != m.of {
					return ""
				}
				found = m.of
			}
		}
	}
	if found < 0 {
		return ""
	}
	return s.values.all[found].value
}

// rowBetween reports whether only signs stand between two marks that follow each
// other, a port aside.
func (s *scanner) rowBetween(a, b int) bool {
	from, to := int(s.marks[a].end), int(s.marks[b].start)
	if k := s.values.all[s.marks[a].of].kind; k == IP || k == Domain {
		_, from = port(s.text, from)
	}
	if to-from > maxBetweenMarks {
		return false
	}
	for ; from < to; from++ {
		if alnum(s.text[from]) {
			return false
		}
	}
	return true
}
