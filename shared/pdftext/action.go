package pdftext

import (
	"context"
	"maps"
	"slices"
	"strings"
	"unicode/utf16"
)

// Action is something that a PDF file does (ISO 32000-1, 12.6).
type Action struct {
	Kind   string `json:"kind"`             // JavaScript, Launch, URI, SubmitForm, GoToR, GoToE, ImportData, Rendition …
	Target string `json:"target,omitempty"` // address, file or program, with its parameters
	Code   string `json:"code,omitempty"`   // of JavaScript, the first 64 KiB
	Opens  bool   `json:"opens,omitempty"`  // it happens by itself, and not for a click
}

// Active is what a PDF file holds beside what it shows.
type Active struct {
	Actions   []Action // each once; at most 1,000
	Files     []string // names of embedded files; at most 1,000
	Forms     bool     // it has XFA forms, which may hold scripts
	Encrypted bool     // then targets and code are not readable, and are left out
}

const (
	mostActions = 1000
	mostCode    = 64 << 10
)

// kinds are the actions that reach beyond the document.
var kinds = []name{"JavaScript", "Launch", "URI", "SubmitForm", "GoToR", "GoToE", "ImportData", "Rendition", "RichMediaExecute"}

// Actions gives what a PDF file does, wherever in it that stands. The errors are
// those of [Text]; with [ErrLimit] it is what was found until then.
func Actions(ctx context.Context, data []byte, limits Limits) (active Active, err error) {
	if !Is(data) {
		return active, ErrNotPDF
	}
	b := &budget{ctx: ctx, limits: limits.withDefaults()}
	a := &actions{}
	defer func() {
		active = a.Active
		switch r := recover().(type) {
		case nil:
		case stop:
			err = r.error
		default:
			panic(r)
		}
	}()
	a.document = open(data, b)
	a.Encrypted = a.encrypted
	a.opening(a.catalog["OpenAction"])
	for _, id := range slices.Sorted(maps.Keys(a.objects)) {
		v := a.get(id)
		if s, ok := v.(stream); ok {
			v = s.dict
		}
		a.walk(v, false, 0)
	}
	return active, nil
}

// actions looks for actions in a document.
type actions struct {
	*document
	Active
}

// walk looks through a value, but for what it refers to: all objects are walked.
func (a *actions) walk(v any, opens bool, depth int) {
	a.budget.spend(1)
	if depth > maxDepth {
		return
	}
	switch v := v.(type) {
	case []any:
		for _, one := range v {
			a.walk(one, opens, depth+1)
		}
	case dict:
		a.see(v, opens)
		for _, key := range slices.Sorted(maps.Keys(v)) {
			one := v[key]
			a.walk(one, opens || key == "OpenAction", depth+1)
			if key == "AA" { // actions for events, such as that a page is shown
				events := a.dict(one)
				for _, event := range slices.Sorted(maps.Keys(events)) {
					a.opening(events[event])
				}
			}
		}
	}
}

// opening notes the actions that start with one that starts by itself.
func (a *actions) opening(v any) {
	for range maxDepth {
		one := a.dict(v)
		if one == nil {
			return
		}
		a.see(one, true)
		if v = one["Next"]; v == nil {
			return
		}
	}
}

// see notes what a dictionary is.
func (a *actions) see(v dict, opens bool) {
	if v["XFA"] != nil {
		a.Forms = true
	}
	if v["EF"] != nil {
		a.file(v)
	}
	kind, ok := v["S"].(name)
	if !ok || !slices.Contains(kinds, kind) {
		return
	}
	one := Action{Kind: string(kind), Opens: opens}
	if !a.encrypted {
		one.Code, one.Target = a.code(v["JS"]), a.target(v, 0)
	}
	if i := slices.IndexFunc(a.Active.Actions, func(have Action) bool {
		return have.Kind == one.Kind && have.Target == one.Target && have.Code == one.Code
	}); i >= 0 {
		a.Active.Actions[i].Opens = a.Active.Actions[i].Opens || opens
	} else if len(a.Active.Actions) < mostActions {
		a.Active.Actions = append(a.Active.Actions, one)
	}
	a.budget.spend(len(a.Active.Actions))
}

// code gives a script, which is a string or a stream.
func (a *actions) code(v any) string {
	switch v := a.get(v).(type) {
	case string:
		return words(v[:min(len(v), mostCode)])
	case stream:
		data, _ := a.decode(v)
		return words(string(data[:min(len(data), mostCode)]))
	}
	return ""
}

// target gives what an action leads to: an address, or a file, which may be named
// within dictionaries (7.11), with the parameters of a program.
func (a *actions) target(v dict, depth int) string {
	for _, key := range []name{"URI", "UF", "F", "Win"} {
		switch to := a.get(v[key]).(type) {
		case string:
			parameters, _ := a.get(v["P"]).(string)
			return strings.TrimSpace(words(to) + " " + words(parameters))
		case dict:
			if depth == 3 {
				return ""
			}
			if text := a.target(to, depth+1); text != "" {
				return text
			}
		}
	}
	return ""
}

// file notes an embedded file by its name (7.11.4).
func (a *actions) file(v dict) {
	for _, key := range []name{"UF", "F"} {
		if text, ok := a.get(v[key]).(string); ok && len(a.Files) < mostActions {
			if text = words(text); !a.encrypted && !slices.Contains(a.Files, text) {
				a.Files = append(a.Files, text)
			}
			return
		}
	}
}

// words gives a text string as UTF-8 (7.9.2.2): UTF-16 if it says so.
func words(s string) string {
	if len(s) >= 2 && s[0] == 0xFE && s[1] == 0xFF {
		var units []uint16
		for i := 2; i+1 < len(s); i += 2 {
			units = append(units, uint16(s[i])<<8|uint16(s[i+1]))
		}
		return clean(string(utf16.Decode(units)))
	}
	return clean(s)
}
