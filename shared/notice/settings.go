package notice

import (
	"context"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/tidwall/gjson"

	"github.com/waggle-cti/waggle/shared/cortex"
	"github.com/waggle-cti/waggle/shared/thehive"
	"github.com/waggle-cti/waggle/shared/upstream"
)

// DataTypes are the objects that a notice can be made of.
func DataTypes() []string {
	return []string{"thehive:case", "thehive:alert", "thehive:case_artifact", "thehive:case_task", "thehive:case_task_log"}
}

// Settings is the part of a responder's configuration that makes its notices.
type Settings struct {
	Title        string `cortex:"title" description:"template of the title, over the fields in the README"`
	Body         string `cortex:"body" text:"true" description:"template of the text, over the fields in the README"`
	TheHiveURL   string `cortex:"thehive_url" description:"TheHive's address, as a browser has it, for links and the IoCs of cases and alerts"`
	TheHiveKey   string `cortex:"thehive_key" secret:"true" description:"API key of a user of TheHive who may read the cases and alerts; without it messages list no IoCs of them"`
	Organisation string `cortex:"thehive_organisation" description:"that user's organisation in TheHive, if there are several"`
	VerifyTLS    bool   `cortex:"verify_tls" default:"true" description:"check the certificates of all; better than false: name their authority in cacerts"`
	OnlyIOCs     bool   `cortex:"only_iocs" default:"true" description:"list only observables that are flagged as IoC"`
	Most         int    `cortex:"most_iocs" default:"20" description:"how many IoCs a message lists"`
}

// Gather makes the notice of a job's object, with its IoCs and its page where
// TheHive may be asked for them. What is marked above the admin's limits is an
// error.
func (s Settings) Gather(ctx context.Context, job *cortex.Job) (Notice, error) {
	permitted := func(n Notice) error { return job.Permit("the "+n.Kind+" or its case", n.Level, 0) }
	if s.TheHiveURL == "" || s.TheHiveKey == "" {
		n := Read(job.DataType, job.Object, thehive.Version{})
		return n, permitted(n)
	}
	hive, err := cortex.Connect(job, thehive.Over, thehive.Options{URL: s.TheHiveURL, Key: s.TheHiveKey, Organisation: s.Organisation,
		HTTP: upstream.Options{InsecureSkipVerify: !s.VerifyTLS}})
	if err != nil {
		return Notice{}, err
	}
	version, err := hive.Version(ctx)
	if err != nil {
		return Notice{}, err
	}
	n := Read(job.DataType, job.Object, version)
	if err := permitted(n); err != nil {
		return Notice{}, err
	}
	n.Link = n.Page(s.TheHiveURL, version)
	if n.Kind != thehive.KindCase && n.Kind != thehive.KindAlert {
		return n, nil
	}
	_, observables, err := hive.Handed(ctx, job.DataType, job.Object)
	if err != nil {
		return Notice{}, err
	}
	observables = slices.DeleteFunc(observables, func(o thehive.Observable) bool { return s.OnlyIOCs && !o.IOC })
	n.Add(observables, max(s.Most, 0))
	return n, nil
}

// Tag is the tag that says that the readers of a channel were told of the
// object. TheHive keeps no tags on tasks and logs: theirs is one of the case, and
// names them.
func (n Notice) Tag(channel string) string {
	tag := "waggle:notified-" + n.Kind + "=" + channel
	if n.Kind == "task" || n.Kind == "log" {
		tag += "/" + n.ID
	}
	return tag
}

// Tagged tells whether the job's object, or the case of a task or log, has a tag.
func Tagged(job *cortex.Job, tag string) bool {
	tags := job.Object.Get("tags")
	if job.DataType == "thehive:case_task" || job.DataType == "thehive:case_task_log" {
		tags = caseOf(job.DataType, job.Object).Get("tags")
	}
	return slices.ContainsFunc(tags.Array(), func(t gjson.Result) bool { return strings.EqualFold(t.String(), tag) })
}

// Remember gives the operation that leaves the tag where Tagged looks for it.
func Remember(job *cortex.Job, tag string) cortex.Operation {
	switch job.DataType {
	case "thehive:alert":
		return cortex.AddTagToAlert(tag)
	case "thehive:case_artifact":
		return cortex.AddTagToArtifact(tag)
	}
	return cortex.AddTagToCase(tag)
}

// Key names the telling of a text about the object in a channel: it is the same
// for each try, and another once there is something else to tell.
func (n Notice) Key(channel, title, body string) string {
	return uuid.NewSHA1(uuid.NameSpaceURL, []byte("https://github.com/waggle-cti/waggle/notify/"+n.Kind+"/"+n.ID+"/"+channel+"\x00"+title+"\x00"+body)).String()
}
