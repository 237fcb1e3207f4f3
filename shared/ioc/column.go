package ioc

import "strings"

// Columns of tables, whose heading names what is in them. Rows are lines, with a
// bar, a tab or a comma between the cells.

// What is read of a table at most. A heading is looked for so many rows above
// the first that asks for it; from there on it is known.
const (
	maxColumns = 24
	maxRows    = 64
)

// cellSigns part the cells of a row.
const cellSigns = "|\t,"

// columns are the columns of the last table with the same sign, as far as their
// names say what is in them.
type columns struct {
	row   int // where the last row ends that was asked for
	any   bool
	names [maxColumns]uint8 // places in fingerprintKinds
}

// column gives what the table's heading says of the cell that begins at i, on
// the scanner's line: a place in fingerprintKinds, 0 where it stands in no table.
// Each line is looked at once in all, however many cells ask.
func (s *scanner) column(i int) uint8 {
	from := s.at.start
	sep := s.cellSign(i)
	if sep < 0 || i-from > maxRow {
		return 0
	}
	table := &s.tables[sep]
	if table.row != s.at.end {
		s.heading(table, cellSigns[sep])
	}
	if !table.any {
		return 0
	}
	n := strings.Count(s.text[from:i], cellSigns[sep:sep+1])
	if n >= maxColumns {
		return 0
	}
	return table.names[n]
}

// cellSign gives the sign between i and the cell before, by its place in
// cellSigns; -1 if there is none.
func (s *scanner) cellSign(i int) int {
	for i > s.at.start && has(" `\"'*", s.text[i-1]) {
		i--
	}
	if i == s.at.start {
		return -1
	}
	return strings.IndexByte(cellSigns, s.text[i-1])
}

// heading finds the heading of the table whose row the scanner is in.
func (s *scanner) heading(table *columns, sep byte) {
	t, last := s.text, table.row
	table.row = s.at.end
	top := s.at.start
	for range maxRows {
		if top == 0 {
			break
		}
		if top-1 == last { // the table is known
			return
		}
		from := strings.LastIndexByte(t[:top-1], '\n') + 1
		if strings.IndexByte(t[from:top-1], sep) < 0 {
			break
		}
		top = from
	}
	table.any, table.names = false, [maxColumns]uint8{}
	if top == s.at.start {
		return
	}
	end := top + strings.IndexByte(t[top:], '\n')
	n := 0
	for cell := range strings.SplitSeq(t[top:min(end, top+maxRow)], string(sep)) {
		if n == maxColumns {
			return
		}
		table.names[n] = fingerprintName(cell)
		table.any = table.any || table.names[n] > 0
		n++
	}
}
