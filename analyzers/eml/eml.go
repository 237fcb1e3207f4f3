// Package eml is the analyzer that takes a mail message apart, be it a file
// .eml or Outlook's .msg: who says to have sent it and by which servers it came,
// what those say of SPF, DKIM and DMARC, where its links lead, and its
// attachments, which become artifacts. It asks nobody: nothing leaves the machine, at any TLP and PAP.
//
// Nothing is called malicious. Suspicious is what mail made to deceive has: a
// link that shows another host than the one it leads to, a program that is
// attached, a sender that DMARC refuses or whose name is an address of somebody
// else. All that a message says can be a lie, the servers' results too, but for
// those of one's own server.
package eml

import (
	"context"
	_ "embed"
	"errors"

	"github.com/waggle-cti/waggle/shared/cortex"
	"github.com/waggle-cti/waggle/shared/message"
	"github.com/waggle-cti/waggle/shared/upstream"
)

//go:embed long.html
var long string

// Analyzer is the worker.
var Analyzer = cortex.NewAnalyzer(cortex.Definition{
	Name:         "Waggle_EML",
	Version:      "1.0",
	Description:  "Takes a mail message apart: sender, servers on the way, SPF, DKIM and DMARC, links, attachments as files",
	DataTypes:    []string{"file"},
	MaxTLP:       new(cortex.MaxTLP),
	MaxPAP:       new(cortex.MaxPAP),
	LongTemplate: long,
}, run)

// Config is what the admin sets.
type Config struct {
	Attachments bool `cortex:"attachments" default:"true" description:"return the attachments as files; their hashes are returned in any case"`
}

func run(ctx context.Context, job *cortex.Job, cfg Config) (cortex.Report, error) {
	data, err := job.File.Read()
	if err != nil {
		return cortex.Report{}, err
	}
	mail, err := message.Read(data, message.Limits{})
	if errors.Is(err, message.ErrNotMessage) {
		return cortex.Report{}, &upstream.Error{Service: "Waggle_EML", Reason: upstream.BadInput,
			Message: "the file is no mail message: it begins with no header, and is no message of Outlook", Next: "save the message as .eml or .msg"}
	}
	if err != nil {
		return cortex.Report{}, err
	}
	f := &full{Notes: mail.Notes}
	f.readHeader(mail.Header)
	f.readBody(ctx, mail.Parts)
	f.readAttachments(mail.Parts)
	f.Level = f.Findings.Worst()
	artifacts := f.artifacts()
	if cfg.Attachments {
		files, err := f.save(job)
		if err != nil {
			return cortex.Report{}, err
		}
		artifacts = append(files, artifacts...)
	}
	return cortex.Report{Full: f, Taxonomies: f.labels(), Artifacts: artifacts[:min(most, len(artifacts))]}, ctx.Err()
}
