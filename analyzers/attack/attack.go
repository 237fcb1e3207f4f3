// Package attack is the analyzer that says what an id of MITRE ATT&CK means: a
// technique's name, tactics, mitigations and detections, who uses it; what a
// group or a software is known to do. It asks nobody: nothing leaves the
// machine, at any TLP and PAP.
//
// The level is always info: an id says what was done, and not how bad it was.
package attack

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"github.com/waggle-cti/waggle/shared/attack"
	"github.com/waggle-cti/waggle/shared/cortex"
	"github.com/waggle-cti/waggle/shared/pattern"
	"github.com/waggle-cti/waggle/shared/upstream"
)

//go:embed long.html
var long string

// Analyzer is the worker.
var Analyzer = cortex.NewAnalyzer(cortex.Definition{
	Name:         "Waggle_Attack",
	Version:      "1.0",
	Description:  "Says what an id of MITRE ATT&CK means: name, tactics, mitigations, detections, and who uses it",
	DataTypes:    []string{"other"},
	Service:      cortex.Service{Homepage: "https://attack.mitre.org"},
	MaxTLP:       new(cortex.MaxTLP),
	MaxPAP:       new(cortex.MaxPAP),
	LongTemplate: long,
}, run)

// Config is what the admin sets.
type Config struct {
	File string `cortex:"attack" description:"path of an attack.json.gz that 'feeder lists update' compiled, as the worker sees it: in a container it must be part of the image; unset: the built-in table of names and tactics"`
}

func run(_ context.Context, job *cortex.Job, cfg Config) (cortex.Report, error) {
	id, err := read(job.Data)
	if err != nil {
		return cortex.Report{}, err
	}
	f := full{Level: cortex.Info, ID: id, Kind: attack.KindOf(id), Link: attack.Page(id), Notice: attack.Notice}
	if cfg.File == "" {
		f.Entry, f.Found = attack.Builtin(id)
		f.Source = "the built-in table"
		return f.report(), nil
	}
	e, head, found, err := attack.Find(cfg.File, id)
	if err != nil {
		return cortex.Report{}, unusable(err)
	}
	f.Entry, f.Found = e, found
	f.Source = "ATT&CK as MITRE last changed it on " + head.Changed.Format(time.DateOnly)
	if head.Changed.IsZero() {
		f.Source = "ATT&CK as compiled on " + head.Made.Format(time.DateOnly)
	}
	return f.report(), nil
}

// unusable says what the admin can do about a file that cannot be read.
func unusable(err error) error {
	e := &upstream.Error{Reason: upstream.BadInput, Message: "configuration: attack: " + err.Error(), Next: "compile it again with feeder lists update", Err: err}
	if errors.Is(err, fs.ErrNotExist) {
		e.Next = "give a path as the worker sees it, or leave attack unset: a container has only the files of its image"
	}
	return e
}

// id is an id of ATT&CK where it may stand: by itself, in a tag of Sigma
// (attack.t1059.001), a tag of MISP (…="PowerShell - T1059.001"), an address of
// ATT&CK's pages (…/techniques/T1059/001/).
var id = pattern.New(`(?i)\b(TA\d{4}|[GSM]\d{4}|T\d{4}(?:[./]\d{3})?)\b`)

// longest is the longest text, in bytes, that an id is looked for in.
const longest = 300

// read finds the one id in an observable.
func read(data string) (string, error) {
	var found []string
	if len(data) <= longest {
		for _, one := range id().FindAllString(data, 2) {
			found = append(found, strings.ToUpper(strings.ReplaceAll(one, "/", ".")))
		}
	}
	if len(found) != 1 && (len(found) != 2 || found[0] != found[1]) {
		return "", &upstream.Error{Reason: upstream.BadInput, Message: fmt.Sprintf("%.80q is not one id of ATT&CK", data),
			Next: "ask for a technique (T1059.001), tactic (TA0002), mitigation (M1038), group (G0016) or software (S0154)"}
	}
	return found[0], nil
}
