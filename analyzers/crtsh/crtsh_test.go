package crtsh

import (
	"testing"

	"github.com/waggle-cti/waggle/shared/cortex/cortextest"
)

// crt.sh documents no API. The shape of its JSON is the one that is shown in
// https://github.com/ronin-rb/ronin-recon/issues/149: a list of certificates,
// whose name_value has a name in each line; empty, [], for none. That it answers
// 502 and pages is told in https://github.com/az7rb/crt.sh/issues/8 and
// https://github.com/SSC-ICT-Innovatie/nl-kat-coordination/issues/3911. The
// values are invented.
func TestCases(t *testing.T) { cortextest.Run(t, Analyzer) }

func TestBadInputAndServices(t *testing.T) { cortextest.Torture(t, Analyzer, nil) }
