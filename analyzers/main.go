// Command analyzers holds every analyzer; see shared/cortex for how one is
// started.
package main

import (
	"github.com/waggle-cti/waggle/analyzers/abuseipdb"
	"github.com/waggle-cti/waggle/analyzers/asn"
	"github.com/waggle-cti/waggle/analyzers/attack"
	"github.com/waggle-cti/waggle/analyzers/crtsh"
	"github.com/waggle-cti/waggle/analyzers/cve"
	"github.com/waggle-cti/waggle/analyzers/dns"
	"github.com/waggle-cti/waggle/analyzers/eml"
	"github.com/waggle-cti/waggle/analyzers/extract"
	"github.com/waggle-cti/waggle/analyzers/feedlookup"
	"github.com/waggle-cti/waggle/analyzers/fileinfo"
	"github.com/waggle-cti/waggle/analyzers/hashlookup"
	"github.com/waggle-cti/waggle/analyzers/internetdb"
	"github.com/waggle-cti/waggle/analyzers/iocs"
	"github.com/waggle-cti/waggle/analyzers/malwarebazaar"
	"github.com/waggle-cti/waggle/analyzers/misp"
	"github.com/waggle-cti/waggle/analyzers/otx"
	"github.com/waggle-cti/waggle/analyzers/rdap"
	"github.com/waggle-cti/waggle/analyzers/spamhaus"
	"github.com/waggle-cti/waggle/analyzers/threatfox"
	"github.com/waggle-cti/waggle/analyzers/tor"
	"github.com/waggle-cti/waggle/analyzers/urlhaus"
	"github.com/waggle-cti/waggle/analyzers/virustotal"
	"github.com/waggle-cti/waggle/analyzers/warninglists"
	"github.com/waggle-cti/waggle/shared/cortex"
)

func main() { cortex.Main("analyzers", workers(), extract.Command()) }

// workers is the list. A new analyzer goes here and into its own folder.
func workers() []*cortex.Worker {
	return []*cortex.Worker{
		abuseipdb.Analyzer,
		asn.Analyzer,
		attack.Analyzer,
		crtsh.Analyzer,
		cve.Analyzer,
		dns.Analyzer,
		eml.Analyzer,
		feedlookup.Analyzer,
		fileinfo.Analyzer,
		hashlookup.Analyzer,
		internetdb.Analyzer,
		iocs.Analyzer,
		malwarebazaar.Analyzer,
		misp.Analyzer,
		otx.Analyzer,
		rdap.Analyzer,
		spamhaus.Analyzer,
		threatfox.Analyzer,
		tor.Analyzer,
		urlhaus.Analyzer,
		virustotal.Analyzer,
		warninglists.Analyzer,
	}
}
