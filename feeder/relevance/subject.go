package relevance

// Subjects names what a text speaks of in the built-in vocabulary of security
// news, in the order of appearance: "ransomware", "a zero-day", "an event".
func Subjects(text string) []string {
	common, err := vocabularyOnce()
	if err != nil {
		return nil // a test reads the built-in vocabulary
	}
	var out []string
	for _, m := range mentions(common, newDocument("", text)) {
		out = append(out, m.entry.Name)
	}
	return out
}
