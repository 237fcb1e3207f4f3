package ioc

import "strings"

// Tables: rows of comma- or semicolon-separated values, RFC 4180, and those of
// Markdown and AsciiDoc. Commas and semicolons are also part of addresses, so
// that a line is only a row of such values if its neighbours are alike.

// maxRow bounds the rows that are compared.
const maxRow = 4096

// cellEnd gives the sign that ends the cell which starts at i, 0 if there is
// none: the line is no row, or i is not where a cell starts.
func (s *scanner) cellEnd(i int) byte {
	from := s.at.start
	if strings.HasPrefix(s.text[from:], byteOrderMark) {
		from += len(byteOrderMark)
	}
	for i > from && s.text[i-1] == ' ' {
		i--
	}
	sign := byte(0)
	if i > from {
		if sign = s.text[i-1]; sign != ',' && sign != ';' {
			return 0
		}
	}
	if s.rowOf == 0 {
		s.rowOf = s.rowSign()
	}
	if s.rowOf == noRow || sign != 0 && sign != s.rowOf {
		return 0
	}
	return s.rowOf
}

// byteOrderMark is what some editors begin a UTF-8 file with.
const byteOrderMark = "\uFEFF"

// noRow stands for the sign of a line that is no row.
const noRow = '\n'

// rowSign gives the sign that separates the cells of the line the scanner is
// in: there are as many of them in the line before or in the one behind.
func (s *scanner) rowSign() byte {
	t, start, end := s.text, s.at.start, s.at.end
	if end-start > maxRow {
		return noRow
	}
	for _, sign := range [...]byte{',', ';'} {
		if strings.IndexByte(t[start:end], sign) < 0 { // most lines
			continue
		}
		if n := cells(t[start:end], sign); n > 0 && (n == cells(s.lineBefore(), sign) || n == cells(s.lineBehind(), sign)) {
			return sign
		}
	}
	return noRow
}

// lineBefore gives the line before the one the scanner is in, or its last part.
func (s *scanner) lineBefore() string {
	if s.at.start == 0 {
		return ""
	}
	before := s.text[max(0, s.at.start-1-maxRow) : s.at.start-1]
	return before[strings.LastIndexByte(before, '\n')+1:]
}

// lineBehind gives the line behind the one the scanner is in, or its first part.
func (s *scanner) lineBehind() string {
	if s.at.end == len(s.text) {
		return ""
	}
	behind := s.text[s.at.end+1 : min(len(s.text), s.at.end+1+maxRow)]
	if n := strings.IndexByte(behind, '\n'); n >= 0 {
		behind = behind[:n]
	}
	return behind
}

// cells counts the signs in the row that are not in quotes.
func cells(row string, sign byte) (n int) {
	quoted := false
	for i := range len(row) {
		switch row[i] {
		case '"':
			quoted = !quoted
		case sign:
			if !quoted {
				n++
			}
		}
	}
	return n
}

// inTable follows tables by their rows: o.row is what separates the cells of
// the one that line l, the text's first or one behind it, belongs to. It reports
// whether the line is such a row, which then is no heading.
func (o *outline) inTable(l string, first bool) bool {
	if o.row != 0 {
		// A cell in quotes may have lines of its own; only an empty one ends such a table.
		if o.row != '|' || strings.IndexByte(l, o.row) >= 0 {
			return true
		}
		o.row, o.now = 0, o.around
	}
	sign := byte('|')
	if l[0] != sign {
		if !first {
			return false
		}
		if sign = headSign(l); sign == 0 {
			return false
		}
	}
	about := headRow(l, sign)
	if about == body && sign != '|' {
		return false
	}
	o.row, o.around = sign, o.now
	if about != body && o.now != refs {
		o.now = about
	}
	return true
}

// headSign guesses what separates the cells of a line that may head a table.
func headSign(l string) byte {
	for _, sign := range [...]byte{',', ';', '\t'} {
		if strings.IndexByte(l, sign) >= 0 {
			return sign
		}
	}
	return 0
}

// A table's head has cells of at most maxHeadCell bytes.
const maxHeadCell = 32

// headRow tells what a table's rows are about by its head: indicators, if a cell
// says so, or if it has values with their types as MISP exports them.
func headRow(l string, sign byte) section {
	values, types, named := false, false, false
	if len(l) > maxRow {
		return body
	}
	for cell := range strings.SplitSeq(l, string(sign)) {
		if len(cell) > maxHeadCell {
			return body
		}
		switch cell = strings.ToLower(strings.Trim(cell, " \"'*_`\r"+byteOrderMark)); cell {
		case "value":
			values = true
		case "type", "entity_type", "entity type", "category":
			types = true
		case "to_ids":
			named = true
		}
		for word := range strings.FieldsFuncSeq(cell, func(r rune) bool { return r == ' ' || r == '_' }) {
			switch word {
			case "ioc", "iocs", "indicator", "indicators", "observable", "observables":
				named = true
			}
		}
	}
	if named || values && types {
		return iocs
	}
	return body
}
