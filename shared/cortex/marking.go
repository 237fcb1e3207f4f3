package cortex

import (
	"errors"
	"fmt"
	"strings"

	"github.com/waggle-cti/waggle/shared/marking"
	"github.com/waggle-cti/waggle/shared/upstream"
)

// The ends of the two scales. TheHive 5.2 put AMBER+STRICT at 3 and RED at 4;
// before it, and in Cortex up to 4.1, RED is 3.
const (
	MaxTLP = marking.MaxTLP
	MaxPAP = marking.MaxPAP
)

// maxArtifactTLP is the highest TLP that Cortex takes in an artifact.
const maxArtifactTLP = 3

// TLPName names a level of the Traffic Light Protocol
// (https://www.first.org/tlp/) as messages show it: "TLP:AMBER (2)".
func TLPName(level int) string {
	note := ""
	if level == 3 {
		note = ", or RED before TheHive 5.2"
	}
	return levelName("TLP", level, MaxTLP, marking.TLP(level), note)
}

// PAPName names a level of the Permissible Actions Protocol
// (https://www.misp-project.org/taxonomies.html#_pap): "PAP:GREEN (1)".
func PAPName(level int) string { return levelName("PAP", level, MaxPAP, marking.PAP(level), "") }

func levelName(scale string, level, highest int, name, note string) string {
	if level < 0 || level > highest {
		return fmt.Sprintf("%s %d", scale, level)
	}
	return fmt.Sprintf("%s:%s (%d%s)", scale, strings.ToUpper(name), level, note)
}

// Permit tells why something that the job brings along, and that is marked
// itself, must not be used: its TLP or PAP is above what the admin allows. The
// job's own were checked already. what names it in the error: "the case".
func (j *Job) Permit(what string, tlp, pap int) error { return j.limits.permit(what, tlp, pap) }

// permit refuses what is marked above the admin's limits, before anything could
// leave the network.
func (s standard) permit(what string, tlp, pap int) error {
	if s.CheckTLP && tlp > s.MaxTLP {
		return withheld("%s is %s and this worker is allowed up to %s: nothing was sent; raise max_tlp in Cortex if that is meant",
			what, TLPName(tlp), TLPName(s.MaxTLP))
	}
	if s.CheckPAP && pap > s.MaxPAP {
		return withheld("%s is %s and this worker is allowed up to %s: nothing was sent; raise max_pap in Cortex if that is meant",
			what, PAPName(pap), PAPName(s.MaxPAP))
	}
	return nil
}

// PermitUpTo tells why a part of the work that tells more than the rest, and has
// limits of its own among the worker's items, must not be done for this job: its
// TLP or PAP is above them. what is that part: "a URL is read"; items names the
// limits: "fetch_max_tlp or fetch_max_pap".
func (j *Job) PermitUpTo(maxTLP, maxPAP int, what, items string) error {
	if j.TLP <= maxTLP && j.PAP <= maxPAP {
		return nil
	}
	return withheld("the job is %s and %s, and %s up to %s and %s: nothing was sent: raise %s in Cortex if that is meant",
		TLPName(j.TLP), PAPName(j.PAP), what, TLPName(maxTLP), PAPName(maxPAP), items)
}

// errMarking is below the errors of what a marking forbids.
var errMarking = errors.New("its marking forbids it")

// withheld is the error of what a marking forbids. Its reason is
// upstream.BadInput.
func withheld(format string, args ...any) error {
	return &upstream.Error{Reason: upstream.BadInput, Message: fmt.Sprintf(format, args...), Err: errMarking}
}
