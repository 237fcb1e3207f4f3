// Package marking names the levels of the Traffic Light Protocol 2.0
// (https://www.first.org/tlp/) and of the Permissible Actions Protocol
// (https://www.misp-project.org/taxonomies.html#_pap), which TheHive, Cortex
// and we count from 0.
package marking

import "slices"

// The ends of the two scales: RED.
const (
	MaxTLP = 4
	MaxPAP = 3
)

// TLP names a level: clear, green, amber, amber+strict, red. What is off the
// scale is red. TheHive counts so since 5.2; see package thehive for before.
func TLP(level int) string { return name(tlp(), level) }

// TLPLevel is the level of a name; of a text that is none it is that of clear.
func TLPLevel(name string) int { return max(0, slices.Index(tlp(), name)) }

// PAP names a level: clear, green, amber, red. What is off the scale is red.
func PAP(level int) string { return name(pap(), level) }

// IsTLP tells whether a level has that name.
func IsTLP(name string) bool { return slices.Contains(tlp(), name) }

func tlp() []string { return []string{"clear", "green", "amber", "amber+strict", "red"} }

func pap() []string { return []string{"clear", "green", "amber", "red"} }

func name(names []string, level int) string {
	if level < 0 || level >= len(names) {
		return names[len(names)-1]
	}
	return names[level]
}
