package relevance

import (
	"slices"
	"strings"
	"unicode"
)

// languages are those that are told apart, by their ISO 639-1 code, with the
// name that reasons use and, where the script does not tell, little words that
// every text has.
var languages = map[string]struct{ name, words string }{
	"en": {"English", "the and of to in is that for with on by from are this was as it has have be"},
	"de": {"German", "der die das und ist nicht mit von den auf für ein eine wird sich werden im des zu bei"},
	"fr": {"French", "le la les des et est une dans pour que qui sur par avec au du cette sont plus pas"},
	"es": {"Spanish", "el la los las de que y en una por con para es del se su como más fue al"},
	"it": {"Italian", "il la di che e per una sono con del della nel alla gli non è dei più le un"},
	"pt": {"Portuguese", "o a os as de que e em uma por com para é do da não no na ao dos"},
	"nl": {"Dutch", "de het een van en is dat op te met voor niet zijn aan die er bij worden ook door"},
	"pl": {"Polish", "w i na się z do nie jest to że o jak przez od po są oraz dla ich tym"},
	"sv": {"Swedish", "och att det som är på av för en med den till inte har om ett de kan från men"},
	"tr": {"Turkish", "ve bir bu için ile de da olarak olan çok daha en gibi sonra kadar her ne var ise veya"},
	"ru": {"Russian", ""}, "uk": {"Ukrainian", ""}, "ja": {"Japanese", ""}, "zh": {"Chinese", ""}, "ko": {"Korean", ""},
	"ar": {"Arabic", ""}, "he": {"Hebrew", ""}, "el": {"Greek", ""}, "th": {"Thai", ""},
}

// codes gives the codes of all languages in order.
func codes() []string {
	var out []string
	for code := range languages {
		out = append(out, code)
	}
	slices.Sort(out)
	return out
}

// maxHeard bounds the words by which a language is told.
const maxHeard = 300

// language tells what a text is written in; "" if that is not clear, as of
// short texts.
func language(d document) string {
	words := append(slices.Clone(d.titleWords), d.textWords...)
	words = words[:min(len(words), maxHeard)]
	scripts := map[string]int{}
	for _, w := range words {
		if s := script([]rune(w.text)[0]); s != "" {
			scripts[s]++
		}
	}
	if scripts["ja"] > len(words)/20 {
		return "ja" // with many characters that Chinese has, too
	}
	for s, n := range scripts {
		if n <= len(words)/2 || n < 8 {
			continue
		}
		if s == "ru" && strings.ContainsAny(d.title+d.text, "іїєґ") {
			return "uk"
		}
		if s != "latin" {
			return s
		}
		return byWords(words)
	}
	return ""
}

// script gives the language that a letter's script is of; "latin" is of many.
func script(r rune) string {
	for _, s := range []struct {
		language string
		table    *unicode.RangeTable
	}{
		{"latin", unicode.Latin}, {"ru", unicode.Cyrillic}, {"ja", unicode.Hiragana}, {"ja", unicode.Katakana}, {"zh", unicode.Han}, {"ko", unicode.Hangul},
		{"ar", unicode.Arabic}, {"he", unicode.Hebrew}, {"el", unicode.Greek}, {"th", unicode.Thai},
	} {
		if unicode.Is(s.table, r) {
			return s.language
		}
	}
	return ""
}

// byWords tells languages in Latin script by their little words: one must have
// many, and clearly more than any other.
func byWords(words []token) string {
	best, most, next := "", 0, 0
	for _, code := range codes() {
		little := strings.Fields(languages[code].words)
		n := 0
		for _, w := range words {
			if slices.Contains(little, w.text) {
				n++
			}
		}
		if n > most {
			best, most, next = code, n, most
		} else {
			next = max(next, n)
		}
	}
	if most*8 < len(words) || most < 4 || most*2 < next*3 {
		return ""
	}
	return best
}

// judgeLanguage takes points off what nobody here can read.
func (p *Profile) judgeLanguage(t *tally, d document) {
	if len(p.languages) == 0 {
		return
	}
	if code := language(d); code != "" && !slices.Contains(p.languages, code) {
		t.add(-12, "written in "+languages[code].name+", which your profile does not list")
	}
}
