package ioc

// FindHTML reads all values in an HTML document. Offsets are in the text that
// Text gives for it; a link's target that is not visible is a reference.
func FindHTML(html string, o Options) []Indicator { return Find(Text(html), o) }
