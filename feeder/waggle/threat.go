package waggle

import "slices"

// Threat is a kind of threat, in the words that readers see.
type Threat string

// The kinds of threats. Where a story speaks as much of several, the first of
// them is what it is about: the last ones are in most stories of the others, too.
const (
	Ransomware   Threat = "ransomware"
	PaymentFraud Threat = "payment fraud"
	SupplyChain  Threat = "supply chain"
	Phishing     Threat = "phishing"
	DataBreach   Threat = "data breach"
	StolenAccess Threat = "stolen access"
	DDoS         Threat = "denial of service"
	Weakness     Threat = "vulnerability"
	Malware      Threat = "malware"
	Intrusion    Threat = "intrusion"
	OtherThreat  Threat = "other" // none of them is spoken of
)

// Threats are all kinds, in the order of the constants.
func Threats() []Threat {
	return []Threat{Ransomware, PaymentFraud, SupplyChain, Phishing, DataBreach, StolenAccess, DDoS, Weakness, Malware, Intrusion, OtherThreat}
}

// prominentRansomware is the points from which a story is about ransomware, and
// does not only mention it.
const prominentRansomware = 10

// Threat is the kind of threat that a story is about: the one that its reasons
// give the most points. Intrusion is what attackers do in all the others, so it
// counts where there is none of them; and ransomware is malware, so what is
// said of malware counts for it in a story about ransomware.
func (s Story) Threat() Threat {
	sums := map[Threat]int{}
	for _, r := range s.Reasons {
		sums[r.Threat] += r.Points
	}
	if sums[Ransomware] >= prominentRansomware {
		sums[Ransomware] += sums[Malware]
		delete(sums, Malware)
	}
	all := Threats()
	named := all[:slices.Index(all, Intrusion)]
	main := slices.MaxFunc(named, func(a, b Threat) int { return sums[a] - sums[b] }) // the first of equals
	switch {
	case sums[main] > 0:
		return main
	case sums[Intrusion] > 0:
		return Intrusion
	}
	return OtherThreat
}
