package source

import (
	"regexp"
	"strings"
	"time"
)

// layouts are the forms that standards know.
var layouts = []string{
	time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02T15:04-07:00", "2006-01-02T15:04", "2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02",
	time.RFC1123Z, time.RFC1123, time.RFC850, time.ANSIC,
}

// oddLayouts are forms that people write and no standard knows,
// after tidy has brought them to English and dropped the decoration.
var oddLayouts = []string{
	"Jan 2 2006 3:04pm", "Jan 2 2006 3pm", "Jan 2 2006 15:04:05", "Jan 2 2006 15:04", "Jan 2 2006",
	"2 Jan 2006 15:04:05 -0700", "2 Jan 2006 15:04 -0700", "2 Jan 2006 15:04:05", "2 Jan 2006 15:04", "2 Jan 2006 3:04pm", "2 Jan 2006",
	"2006/01/02 15:04:05", "2006/01/02 15:04", "2006/01/02", "2006.01.02 15:04", "2006.01.02",
	"02.01.2006 15:04:05", "02.01.2006 15:04", "02.01.2006", "20060102150405", "20060102",
}

// Date reads a date as people write it on pages and into feeds; zero where it
// is none. Without a zone it is taken for UTC.
func Date(text string) time.Time {
	text = strings.TrimSpace(text)
	if text == "" || len(text) > 100 {
		return time.Time{}
	}
	for _, layout := range layouts {
		if t, err := time.Parse(layout, text); err == nil {
			return t.UTC()
		}
	}
	text = tidy(text)
	for _, layout := range oddLayouts {
		if t, err := time.Parse(layout, text); err == nil {
			return t.UTC()
		}
	}
	return time.Time{}
}

// Sane gives the time if it can be that of a publication: not before the web
// began, and not more than a day after now. Else it gives the zero time.
func Sane(t, now time.Time) time.Time {
	if t.Year() < 1991 || !t.Before(now.Add(24*time.Hour)) {
		return time.Time{}
	}
	return t.UTC()
}

var (
	word    = regexp.MustCompile(`\pL+\.?`)
	ordinal = regexp.MustCompile(`\b(\d{1,2})(st|nd|rd|th|er|\.)(\s)`)
	halfDay = regexp.MustCompile(`(\d)\s+(am|pm)\b`)
)

// tidy brings a date to English month names of three letters and drops week
// days, ordinals, commas and words between ("at", "um", "à", "de").
func tidy(text string) string {
	text = strings.ToLower(strings.NewReplacer(",", " ", "a.m.", "am", "p.m.", "pm", "Z", " +0000").Replace(text))
	text = ordinal.ReplaceAllString(text, "$1$3")
	text = word.ReplaceAllStringFunc(text, func(w string) string {
		w = strings.TrimSuffix(w, ".")
		switch w {
		case "am", "pm":
			return w
		case "gmt", "utc", "ut":
			return "+0000"
		}
		return month(w)
	})
	text = halfDay.ReplaceAllString(text, "$1$2")
	return strings.Join(strings.Fields(text), " ")
}

// month gives the English short form of a month's name in the languages of the
// feeds we meet most; "" for any other word.
func month(w string) string {
	months := [12][]string{
		{"january", "jan", "janvier", "janv", "januar", "jänner", "enero", "ene", "gennaio", "gen", "januari", "janeiro", "styczeń", "stycznia"},
		{"february", "feb", "février", "févr", "fév", "februar", "febrero", "febbraio", "februari", "fevereiro", "fev", "luty", "lutego"},
		{"march", "mar", "mars", "märz", "mär", "mrz", "marzo", "maart", "mrt", "março", "marzec", "marca"},
		{"april", "apr", "avril", "avr", "abril", "abr", "aprile", "kwiecień", "kwietnia"},
		{"may", "mai", "mayo", "maggio", "mag", "mei", "maio", "maj", "maja"},
		{"june", "jun", "juin", "juni", "junio", "giugno", "giu", "junho", "czerwiec", "czerwca"},
		{"july", "jul", "juillet", "juil", "juli", "julio", "luglio", "lug", "julho", "lipiec", "lipca"},
		{"august", "aug", "août", "agosto", "ago", "augustus", "sierpień", "sierpnia"},
		{"september", "sept", "sep", "septembre", "septiembre", "settembre", "set", "setembro", "wrzesień", "września"},
		{"october", "oct", "octobre", "oktober", "okt", "octubre", "ottobre", "ott", "outubro", "out", "październik", "października"},
		{"november", "nov", "novembre", "noviembre", "novembro", "listopad", "listopada"},
		{"december", "dec", "décembre", "déc", "dezember", "dez", "diciembre", "dic", "dicembre", "dezembro", "grudzień", "grudnia"},
	}
	for m, names := range months {
		for _, name := range names {
			if w == name {
				return time.Month(m + 1).String()[:3]
			}
		}
	}
	return ""
}
