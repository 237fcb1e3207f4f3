// Package taxonomy has what a line of an analyzer's short report says of a
// value: its level, the word that Cortex and TheHive colour it by.
// https://docs.strangebee.com/cortex/api/how-to-create-an-analyzer/
package taxonomy

import "slices"

// Level is what a taxonomy says of a value. TheHive discards all of a report's
// taxonomies when it does not know the level of one.
type Level string

// The levels that TheHive knows.
const (
	Info       Level = "info"
	Safe       Level = "safe"
	Suspicious Level = "suspicious"
	Malicious  Level = "malicious"
)

// Worse tells whether a level counts for more than another where both are said
// of one value: malicious, suspicious, safe, info, and last what is none of them.
// Safe counts for more than info because info says nothing.
func (l Level) Worse(than Level) bool { return l.weight() > than.weight() }

func (l Level) weight() int { return slices.Index([]Level{Info, Safe, Suspicious, Malicious}, l) }
