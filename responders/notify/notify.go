// Package notify is the responder that tells people of a case, an alert, an
// observable, a task or a log, in the channels that the admin chose: Slack,
// Discord, Teams, Mattermost, Telegram, Matrix, ntfy, Gotify, or any webhook.
//
// A channel is one address and gets nothing above its TLP. The message is plain
// text of templates; values are defanged, and escaped as the service wants it.
//
// An object is told once in a channel: a tag says so (waggle:notified-case=soc).
// Where TheHive keeps no tags, on tasks and logs, a second run sends a second
// message, unless the service itself knows the first.
package notify

import (
	"context"
	_ "embed"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/waggle-cti/waggle/shared/cortex"
	"github.com/waggle-cti/waggle/shared/notice"
	"github.com/waggle-cti/waggle/shared/thehive"
	"github.com/waggle-cti/waggle/shared/upstream"
)

//go:embed long.html
var long string

// Responder is the worker.
var Responder = cortex.NewResponder(cortex.Definition{
	Name:        "Waggle_Notify",
	Version:     "1.0",
	Description: "Tells people in Slack, Teams, Mattermost, Discord, Telegram, Matrix, ntfy, Gotify or by any webhook",
	DataTypes:   []string{"thehive:case", "thehive:alert", "thehive:case_artifact", "thehive:case_task", "thehive:case_task_log"},
	Service: cortex.Service{Name: "chat services", Homepage: "https://github.com/waggle-cti/waggle/tree/main/responders#notify",
		Hosts: []string{"hooks.slack.com", "discord.com", "*.logic.azure.com", "*.api.powerplatform.com", "api.telegram.org", "ntfy.sh"}},
	LongTemplate: long,
}, run)

// Config is what the admin sets.
type Config struct {
	Channels     []string `cortex:"channels_secret" required:"true" secret:"true" description:"addresses of the channels, as the README of the responders says: https://hooks.slack.com/services/…#name=soc&tlp=green"`
	TLP          string   `cortex:"channel_tlp" default:"amber" oneof:"clear,green,amber,amber+strict,red" description:"highest TLP of a channel that does not say its own; max_tlp holds as well"`
	Title        string   `cortex:"title" description:"template of the title, over the fields in the README"`
	Body         string   `cortex:"body" text:"true" description:"template of the text, over the fields in the README"`
	TheHiveURL   string   `cortex:"thehive_url" description:"TheHive's address, as a browser has it, for links and the IoCs of cases and alerts"`
	TheHiveKey   string   `cortex:"thehive_key" secret:"true" description:"API key of a user of TheHive who may read the cases and alerts; without it messages list no IoCs of them"`
	Organisation string   `cortex:"thehive_organisation" description:"that user's organisation in TheHive, if there are several"`
	VerifyTLS    bool     `cortex:"verify_tls" default:"true" description:"check the certificates of all; better than false: name their authority in cacerts"`
	OnlyIOCs     bool     `cortex:"only_iocs" default:"true" description:"list only observables that are flagged as IoC"`
	Most         int      `cortex:"most_iocs" default:"20" description:"how many IoCs a message lists"`
}

func run(ctx context.Context, job *cortex.Job, cfg Config) (cortex.Report, error) {
	channels, err := parseChannels(cfg.Channels, cfg.TLP)
	if err != nil {
		return cortex.Report{}, err
	}
	for _, c := range channels {
		for _, s := range c.secrets() {
			job.Hide(s)
		}
	}
	templates, err := notice.Parse(cfg.Title, cfg.Body)
	if err != nil {
		return cortex.Report{}, err
	}
	n, err := cfg.notice(ctx, job)
	if err != nil {
		return cortex.Report{}, err
	}
	f := newFull(cfg, n)
	var failed error
	for _, c := range channels {
		tag := c.tag(n)
		switch {
		case tag != "" && tagged(job, tag):
			f.add(c, told, "the tag "+tag+" says so; take it off to tell it again")
		case n.Level > c.tlp:
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
	return cortex.Report{Full: f, Operations: f.tags(job, n)}, nil
}

// notice reads the object, and where TheHive may be asked its IoCs and its page.
func (cfg Config) notice(ctx context.Context, job *cortex.Job) (notice.Notice, error) {
	if cfg.TheHiveURL == "" || cfg.TheHiveKey == "" {
		n := notice.Read(job.DataType, job.Object, thehive.Version{})
		return n, job.Permit("the "+n.Kind+" or its case", n.Level, 0)
	}
	hive, err := cortex.Connect(job, thehive.Over, thehive.Options{URL: cfg.TheHiveURL, Key: cfg.TheHiveKey, Organisation: cfg.Organisation,
		HTTP: upstream.Options{InsecureSkipVerify: !cfg.VerifyTLS}})
	if err != nil {
		return notice.Notice{}, err
	}
	version, err := hive.Version(ctx)
	if err != nil {
		return notice.Notice{}, err
	}
	n := notice.Read(job.DataType, job.Object, version)
	if err := job.Permit("the "+n.Kind+" or its case", n.Level, 0); err != nil {
		return notice.Notice{}, err
	}
	n.Link = n.Page(cfg.TheHiveURL, version)
	if n.Kind != thehive.KindCase && n.Kind != thehive.KindAlert {
		return n, nil
	}
	_, observables, err := hive.Handed(ctx, job.DataType, job.Object)
	if err != nil {
		return notice.Notice{}, err
	}
	observables = slices.DeleteFunc(observables, func(o thehive.Observable) bool { return cfg.OnlyIOCs && !o.IOC })
	n.Add(observables, max(cfg.Most, 0))
	return n, nil
}

// tag is the tag that says that a channel was told of an object; "" for those
// that TheHive keeps no tags on.
func (c channel) tag(n notice.Notice) string {
	if n.Kind == "task" || n.Kind == "log" {
		return ""
	}
	return "waggle:notified-" + n.Kind + "=" + c.name
}

func tagged(job *cortex.Job, tag string) bool {
	for _, t := range job.Object.Get("tags").Array() {
		if strings.EqualFold(t.String(), tag) {
			return true
		}
	}
	return false
}

// key names the telling of one object in one channel: it is the same in each run.
func key(c channel, n notice.Notice) string {
	return uuid.NewSHA1(uuid.NameSpaceURL, []byte("https://github.com/waggle-cti/waggle/notify/"+n.Kind+"/"+n.ID+"/"+c.name)).String()
}
