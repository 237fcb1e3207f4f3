package blocking

import (
	"fmt"
	"time"
)

// mostRows bounds the values that a report lists; it counts them all.
const mostRows = 1000

// Full is the report of both.
type Full struct {
	Message string         `json:"message"` // what TheHive shows first
	Changed bool           `json:"changed"` // false: the lists are as they were
	Counts  map[string]int `json:"counts"`  // by state
	Rows    []Row          `json:"rows"`
	LeftOut int            `json:"left_out"` // observables of the case, for their flags
	Note    string         `json:"note,omitempty"`
}

// Row is what became of a value. The states are the feeder's: blocked, stood,
// prolonged, refused, removed, absent.
type Row struct {
	Value string    `json:"value"`
	Type  string    `json:"type,omitempty"`
	State string    `json:"state"`
	Until time.Time `json:"until,omitzero"`
	Why   string    `json:"why,omitempty"`
}

func newFull(a Account) *Full {
	f := &Full{Counts: map[string]int{}, Rows: []Row{}}
	if !a.VerifyTLS {
		f.Note = "The certificates of the feeder and TheHive were not checked (verify_tls)."
	}
	return f
}

func (f *Full) add(r Row) {
	f.Counts[r.State]++
	f.Changed = f.Changed || r.State == "blocked" || r.State == "prolonged" || r.State == "removed"
	if len(f.Rows) < mostRows {
		f.Rows = append(f.Rows, r)
	}
}

func (f *Full) sentence() string {
	text := "The lists were changed"
	if !f.Changed {
		text = "The lists are as they were"
	}
	sign := ": "
	add := func(count int, what string) {
		if count > 0 {
			text += fmt.Sprintf("%s%d %s", sign, count, what)
			sign = ", "
		}
	}
	add(f.Counts["blocked"], "newly blocked")
	add(f.Counts["prolonged"], "blocked for longer")
	add(f.Counts["stood"], "blocked already")
	add(f.Counts["removed"], "unblocked")
	add(f.Counts["absent"], "not blocked before")
	add(f.Counts["refused"], "refused")
	add(f.LeftOut, "left out for their flags")
	return text + "."
}
