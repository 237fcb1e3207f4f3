package ioc

import "golang.org/x/net/publicsuffix"

// registrable reports whether the name is what a registrar sells: one label
// before a public suffix.
func registrable(name string) bool {
	r, err := publicsuffix.EffectiveTLDPlusOne(name)
	return err == nil && r == name
}
