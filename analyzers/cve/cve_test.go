package cve

import (
	"testing"

	"github.com/waggle-cti/waggle/shared/cortex/cortextest"
)

// The shapes of the answers are those of NVD's JSON schema, of
// CIRCL's list of exploited vulnerabilities (GCVE-BCP-07, https://gcve.eu/bcp/gcve-bcp-07/), of
// FIRST's documentation (https://api.first.org/epss), and of CVE records of
// version 5 with CISA's container (https://github.com/cisagov/vulnrichment). How
// NVD refuses is not documented and told by those whom it refused:
// https://github.com/vehemont/nvdlib/issues/20 (404 and a field of the header
// for a wrong key), https://github.com/dependency-check/DependencyCheck/issues/6834
// (403 for too many requests). The values are invented.
func TestCases(t *testing.T) { cortextest.Run(t, Analyzer) }

func TestBadInputAndServices(t *testing.T) { cortextest.Torture(t, Analyzer, nil) }

func TestNoLeak(t *testing.T) {
	cortextest.Leaks(t, Analyzer, map[string]any{"exploited_level": "malicious"})
}
