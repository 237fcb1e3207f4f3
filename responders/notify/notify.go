// Package notify is the responder that tells people of a case, an alert, an
// observable, a task or a log, in the channels that the admin chose: Slack,
// Discord, Teams, Mattermost, Telegram, Matrix, ntfy, Gotify, or any webhook.
//
// A channel is one address and gets nothing above its TLP. The message is plain
// text of templates; values are defanged, and escaped as the service wants it.
//
// An object is told once in a channel: a tag says so (waggle:notified-case=soc),
// for tasks and logs one of their case. TheHive sets it once the job's report is
// in: what was sent before a job was killed, or an answer lost, is sent again,
// unless the service itself knows the first.
package notify

import (
	"context"

	"github.com/waggle-cti/waggle/responders/notify/chat"
	"github.com/waggle-cti/waggle/shared/cortex"
	"github.com/waggle-cti/waggle/shared/notice"
)

// Responder is the worker.
var Responder = cortex.NewResponder(cortex.Definition{
	Name:        "Waggle_Notify",
	Version:     "1.0",
	Description: "Tells people in Slack, Teams, Mattermost, Discord, Telegram, Matrix, ntfy, Gotify or by any webhook",
	DataTypes:   notice.DataTypes(),
	Service: cortex.Service{Name: "chat services", Homepage: "https://github.com/waggle-cti/waggle/tree/main/responders#notify",
		Hosts: []string{"hooks.slack.com", "discord.com", "*.logic.azure.com", "*.api.powerplatform.com", "api.telegram.org", "ntfy.sh"}},
}, run, probe)

// Config is what the admin sets.
type Config struct {
	Channels []string `cortex:"channels_secret" required:"true" secret:"true" description:"addresses of the channels, as the README of the responders says: https://hooks.slack.com/services/…#name=soc&tlp=green"`
	TLP      string   `cortex:"channel_tlp" default:"amber" oneof:"clear,green,amber,amber+strict,red" description:"highest TLP of a channel that does not say its own; max_tlp holds as well"`
	notice.Settings
}

func run(ctx context.Context, job *cortex.Job, cfg Config) (cortex.Report, error) {
	channels, err := chat.Parse(cfg.Channels, cfg.TLP)
	if err != nil {
		return cortex.Report{}, err
	}
	for _, c := range channels {
		for _, s := range c.Secrets() {
			job.Hide(s)
		}
	}
	templates, err := notice.Parse(cfg.Title, cfg.Body)
	if err != nil {
		return cortex.Report{}, err
	}
	n, err := cfg.Gather(ctx, job)
	if err != nil {
		return cortex.Report{}, err
	}
	f := newFull(cfg, n)
	var failed error
	for _, c := range channels {
		tag := n.Tag(c.Name)
		switch {
		case notice.Tagged(job, tag):
			f.add(c, told, "the tag "+tag+" says so; take it off to tell it again")
		case n.Level > c.TLP:
			f.add(c, withheld, "TLP:"+n.TLP+" is above what this channel may have")
		default:
			if err := f.send(ctx, job, cfg, c, templates, n); err != nil {
				failed = err
			}
		}
	}
	if failed != nil && f.Sent == 0 {
		return cortex.Report{}, failed
	}
	f.Message = f.sentence()
	return cortex.Report{Full: f, Operations: f.remember(job, n)}, nil
}
