package misp

// String names a threat level as MISP's pages do, in lower case; "" for none of
// MISP's.
func (l ThreatLevel) String() string {
	return map[ThreatLevel]string{High: "high", Medium: "medium", Low: "low", Undefined: "undefined"}[l]
}

// ThreatOf gives the threat level for a severity as TheHive counts it, 1 low
// to 4 critical.
func ThreatOf(severity int) ThreatLevel {
	switch {
	case severity >= 3:
		return High
	case severity == 2:
		return Medium
	case severity == 1:
		return Low
	}
	return Undefined
}
