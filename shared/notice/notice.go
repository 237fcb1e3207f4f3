// Package notice makes messages for people of TheHive's objects: a title and a
// body, from templates. Whatever came from elsewhere is one line, defanged, and
// escaped for the service that shows it; what the template itself says is not.
package notice

import (
	"strconv"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"github.com/waggle-cti/waggle/shared/harmless"
	"github.com/waggle-cti/waggle/shared/ioc"
	"github.com/waggle-cti/waggle/shared/marking"
	"github.com/waggle-cti/waggle/shared/thehive"
)

// Bounds of what a notice holds, in characters.
const (
	maxTitle = 300
	maxText  = 1000
	maxValue = 300
)

// Notice is what a message tells. Templates use its fields.
type Notice struct {
	Kind     string // case, alert, observable, task or log
	ID       string // TheHive's, of the object itself
	Number   string // of its case, as people call it; "" for an alert
	Title    string // the case's or the alert's
	Subject  string // the observable's type and value, the task's title; "" for others
	Text     string // description or message
	Severity string // low, medium, high, critical
	TLP, PAP string // clear, green, amber, amber+strict, red
	Status   string
	Owner    string
	Tags     []string
	Date     time.Time // when it began
	Link     string    // the page in TheHive; "" = not known
	IoCs     []IoC
	More     int // IoCs beside those

	// Level is TLP on TheHive's newer scale: 0 clear, 3 amber+strict, 4 red.
	Level int

	record string // id of the case or alert
}

// IoC is an indicator of the object, defanged.
type IoC struct {
	Type    string // TheHive's data type
	Value   string
	Message string
}

// Read makes a notice of an object as TheHive hands it to a responder; dataType
// is the job's. It is marked as the object or its case is, whichever is higher.
//
// A TLP of 3 is RED before TheHive 5.2 and AMBER+STRICT since; v says which. Of
// a version that is not known (the zero one) it is taken for RED.
func Read(dataType string, object gjson.Result, v thehive.Version) Notice {
	owner := caseOf(dataType, object)
	n := Notice{
		Kind: kindOf(dataType), ID: object.Get("_id").String(), Number: owner.Get("caseId").String(),
		Title: line(owner.Get("title"), maxTitle), Severity: severity(owner.Get("severity").Int()),
		Status: line(object.Get("status"), maxTitle), Owner: line(owner.Get("owner"), maxTitle),
		Text: line(object.Get("description"), maxText), PAP: marking.PAP(level(owner.Get("pap"))),
	}
	n.record = owner.Get("_id").String()
	n.Level = max(level(owner.Get("tlp")), level(object.Get("tlp")))
	if dataType == "thehive:case_task" || dataType == "thehive:case_task_log" { // which are not marked themselves
		n.Level = level(owner.Get("tlp"))
	}
	if n.Level == 3 && v.Major < 5 {
		n.Level = marking.MaxTLP
	}
	n.TLP = marking.TLP(n.Level)
	for _, tag := range object.Get("tags").Array() {
		n.Tags = append(n.Tags, line(tag, maxTitle))
	}
	switch n.Kind {
	case "observable":
		o := n.ioc(object.Get("dataType").String(), object.Get("data").String(), object.Get("attachment.name").String(), object.Get("message").String())
		n.Subject, n.Text, n.IoCs = o.Type+" "+o.Value, o.Message, []IoC{o}
	case "task":
		n.Subject = line(object.Get("title"), maxTitle)
	case "log":
		n.Subject, n.Text = line(object.Get("case_task.title"), maxTitle), line(object.Get("message"), maxText)
	}
	for _, name := range []string{"startDate", "date", "createdAt"} {
		if ms := object.Get(name).Int(); n.Date.IsZero() && ms > 0 {
			n.Date = time.UnixMilli(ms).UTC()
		}
	}
	return n
}

// Add lists observables, at most so many; the others are counted. It leaves out
// those that are marked higher than the notice.
func (n *Notice) Add(observables []thehive.Observable, most int) {
	for _, o := range observables {
		name := ""
		if o.Attachment != nil {
			name = o.Attachment.Name
		}
		switch {
		case o.TLP > n.Level:
		case len(n.IoCs) >= most:
			n.More++
		default:
			n.IoCs = append(n.IoCs, n.ioc(o.DataType, o.Data, name, o.Message))
		}
	}
}

func (n *Notice) ioc(dataType, data, file, message string) IoC {
	value := data
	if value == "" {
		value = file
	}
	shown := harmless.Plain(value, maxValue)
	if i, ok := ioc.Parse(value); ok {
		shown = harmless.Line(ioc.Defang(i.Value), maxValue)
	}
	return IoC{Type: harmless.Plain(dataType, maxTitle), Value: shown, Message: harmless.Plain(message, maxTitle)}
}

// Escaped gives the notice with every text of strangers passed through escape.
func (n Notice) Escaped(escape func(string) string) Notice {
	for _, text := range []*string{&n.Title, &n.Subject, &n.Text, &n.Status, &n.Owner} {
		*text = escape(*text)
	}
	tags := make([]string, len(n.Tags))
	for i, tag := range n.Tags {
		tags[i] = escape(tag)
	}
	iocs := make([]IoC, len(n.IoCs))
	for i, o := range n.IoCs {
		iocs[i] = IoC{escape(o.Type), escape(o.Value), escape(o.Message)}
	}
	n.Tags, n.IoCs = tags, iocs
	return n
}

func kindOf(dataType string) string {
	switch kind := strings.TrimPrefix(dataType, "thehive:"); kind {
	case "case_artifact":
		return "observable"
	case "case_task":
		return "task"
	case "case_task_log":
		return "log"
	default:
		return kind
	}
}

// caseOf gives the case that an object is in; a case and an alert themselves.
func caseOf(dataType string, object gjson.Result) gjson.Result {
	switch dataType {
	case "thehive:case_artifact", "thehive:case_task":
		return object.Get("case")
	case "thehive:case_task_log":
		return object.Get("case_task.case")
	}
	return object
}

func line(r gjson.Result, n int) string { return harmless.Plain(r.String(), n) }

// level reads a TLP or PAP; TheHive's default is AMBER.
func level(r gjson.Result) int {
	if r.Type != gjson.Number {
		return 2
	}
	return int(r.Int())
}

func severity(n int64) string {
	names := []string{"low", "medium", "high", "critical"}
	if n < 1 || n > int64(len(names)) {
		return "severity " + strconv.FormatInt(n, 10)
	}
	return names[n-1]
}

// Page is the address of the page in TheHive that shows the object, or its case;
// "" if there is none. base is TheHive's address.
func (n Notice) Page(base string, v thehive.Version) string {
	r := thehive.Record{Kind: thehive.KindCase, ID: n.record}
	if n.Kind == thehive.KindAlert {
		r.Kind = thehive.KindAlert
	}
	if r.ID == "" {
		return ""
	}
	return r.Page(base, v)
}
