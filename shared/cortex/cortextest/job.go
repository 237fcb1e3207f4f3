package cortextest

import (
	"encoding/json"
	"maps"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/shared/cortex"
)

// Secret is the value of every secret item in the jobs that this package makes.
// It needs escaping in URLs, JSON and HTML, so that a leak can't hide in one.
const Secret = `s3cr3t+/"<&>=torture 0123456789`

// attachment is the name that Cortex might give a job's file.
const attachment = "attachment12345678901234567890"

// job makes a job that the worker should take: its first data type, every
// required item set, and every other one null as Cortex sends it. config
// replaces items.
func job(w *cortex.Worker, config map[string]any) map[string]any {
	dataType := w.DataTypes[0]
	in := map[string]any{
		"dataType": dataType, "tlp": 0, "pap": 0, "message": "",
		"parameters": map[string]any{"organisation": "demo", "user": "analyst@example.com"},
		"config":     configuration(w, config),
	}
	switch {
	case w.Kind == cortex.Responder:
		in["data"] = object(dataType)
	case dataType == "file":
		in["file"], in["filename"], in["contentType"] = attachment, "report.txt", "text/plain"
	default:
		in["data"] = observable(dataType)
	}
	return in
}

func configuration(w *cortex.Worker, config map[string]any) map[string]any {
	c := map[string]any{
		"proxy_http": nil, "proxy_https": nil, "cacerts": nil, "jobTimeout": 30,
		"check_tlp": nil, "max_tlp": nil, "check_pap": nil, "max_pap": nil,
	}
	for _, i := range w.Items() {
		c[i.Name] = nil
		switch {
		case i.Secret:
			c[i.Name] = Secret
		case i.Name == resolverItem:
			c[i.Name] = nobody // and not the system's
		case i.Required:
			c[i.Name] = setting(i)
		}
	}
	maps.Copy(c, config)
	return c
}

// setting is a value that an item would take.
func setting(i cortex.Item) any {
	var v any
	switch {
	case len(i.OneOf) > 0:
		v = i.OneOf[0]
	case i.Type == cortex.Number:
		v = 1
	case i.Type == cortex.Boolean:
		v = true
	case strings.Contains(strings.ToLower(i.Name), "url"):
		v = "https://service.example.com"
	default:
		v = "example"
	}
	if i.Multi {
		return []any{v}
	}
	return v
}

// observable is a value of a data type.
func observable(dataType string) string {
	known := map[string]string{
		"ip": "198.51.100.7", "domain": "example.com", "fqdn": "www.example.com", "hostname": "www.example.com",
		"url": "http://www.example.com/a?b=c", "mail": "someone@example.com", "filename": "invoice.exe",
		"hash":              "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
		"autonomous-system": "AS64496", "cve": "CVE-2024-0001", "vulnerability": "CVE-2024-0001",
	}
	if v, ok := known[dataType]; ok {
		return v
	}
	return "Seen at hxxp://www.example[.]com and 198.51.100[.]7"
}

// object is an object of TheHive, reduced to what every one has.
func object(dataType string) map[string]any {
	theCase := map[string]any{
		"_id": "~40960", "id": "~40960", "_type": "case", "caseId": 3, "title": "A case", "description": "It began with a mail.",
		"severity": 2, "startDate": 1795424044869, "tags": []any{"a"}, "flag": false, "tlp": 0, "pap": 0, "status": "Open",
		"owner": "analyst@example.com", "customFields": map[string]any{}, "createdBy": "analyst@example.com", "createdAt": 1795424044886,
		"updatedBy": nil, "updatedAt": nil, "endDate": nil, "summary": nil, "stats": map[string]any{}, "permissions": []any{},
	}
	own := map[string]any{"_id": "~8192", "id": "~8192", "_type": strings.TrimPrefix(dataType, "thehive:"), "createdAt": 1795424044886}
	switch dataType {
	case "thehive:case":
		return theCase
	case "thehive:alert":
		maps.Copy(own, map[string]any{
			"type": "waggle", "source": "blog", "sourceRef": "ref-1", "title": "An alert", "description": "Read in a post.", "severity": 2,
			"date": 1795424037492, "tags": []any{"a"}, "tlp": 0, "pap": 0, "status": "New", "case": nil, "artifacts": []any{},
			"customFields": map[string]any{}, "externalLink": nil,
		})
	case "thehive:case_artifact":
		maps.Copy(own, map[string]any{
			"dataType": "ip", "data": "198.51.100.7", "tlp": 0, "tags": []any{}, "ioc": true, "sighted": false, "message": "seen",
			"startDate": 1795424045038, "reports": map[string]any{}, "case": theCase,
		})
	case "thehive:case_task":
		maps.Copy(own, map[string]any{"title": "A task", "status": "InProgress", "description": "", "case": theCase})
	default:
		maps.Copy(own, map[string]any{
			"message": "a log line", "startDate": 1795424046559, "status": "Ok",
			"case_task": map[string]any{"_id": "~20688", "id": "~20688", "_type": "case_task", "title": "A task", "case": theCase},
		})
	}
	return own
}

// encoded writes a job as input.json.
func encoded(t testing.TB, job any) []byte {
	t.Helper()
	raw, err := json.Marshal(job)
	require.NoError(t, err)
	return raw
}
