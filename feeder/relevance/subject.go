package relevance

// Subjects names what a text speaks of in the built-in vocabulary of security
// news and of names: "ransomware", "a zero-day", "an event", "known malware".
func Subjects(text string) []string {
	common, err := vocabularyOnce()
	if err != nil {
		return nil // a test reads the built-in vocabulary
	}
	d := newDocument("", text)
	var out []string
	for _, m := range mentions(common, d) {
		out = append(out, m.entry.Name)
	}
	for _, m := range mentionsOf(builtinNames(), d, means) {
		out = append(out, kindInWords(m.entry.of.Kind))
	}
	return out
}
