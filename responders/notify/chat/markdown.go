package chat

import "strings"

// markdownEscape makes all signs of Markdown stand for themselves.
func markdownEscape(s string) string {
	var out strings.Builder
	for _, r := range s {
		if strings.ContainsRune("\\`*_{}[]()#+-!|>~<:", r) {
			out.WriteByte('\\')
		}
		out.WriteRune(r)
	}
	return out.String()
}
