package ioc

import "strings"

// userAgent judges what a program calls itself in HTTP. What browsers say is also
// what malware says to look like one, which tells it from nobody.
func (j *judge) userAgent(m *mark, e *entry) verdict {
	listed := j.lines[m.line].section == iocs
	switch {
	case !j.attack:
		return verdict{Reference, 40, "nothing says that it is malicious"}
	case listed:
		return verdict{Attack, 50, "listed in a text about an attack"}
	case strings.HasPrefix(e.value, "Mozilla/"):
		return verdict{Reference, 50, "what browsers call themselves"}
	}
	return verdict{Attack, 45, "in a text about an attack"}
}
