package cortex

import (
	"net/url"

	"github.com/tidwall/gjson"

	"github.com/waggle-cti/waggle/shared/ioc"
)

// maxExtracted is how many artifacts a report may gain by extraction: enough
// for an analyst to look at.
const maxExtracted = 100

// extracted are the indicators in the texts of a report, as artifacts. Cortex
// has a switch for it (auto_extract_artifacts) and leaves the work to the
// worker. The observable itself and the service's own addresses are left out.
func extracted(full []byte, job *Job) []Artifact {
	var found []Artifact
	options := ioc.Options{Own: job.worker.ownHosts()}
	var walk func(gjson.Result)
	walk = func(v gjson.Result) {
		if v.IsObject() || v.IsArray() {
			v.ForEach(func(_, e gjson.Result) bool {
				walk(e)
				return len(found) < maxExtracted
			})
			return
		}
		if v.Type != gjson.String {
			return
		}
		for _, i := range ioc.Find(v.String(), options) {
			dataType := i.Kind.TheHive(i.Value)
			if i.Role == ioc.Attack && dataType != "other" && i.Value != job.Data && len(found) < maxExtracted {
				found = append(found, Artifact{DataType: dataType, Data: i.Value, Message: "found in the report of " + job.worker.Name})
			}
		}
	}
	walk(gjson.ParseBytes(full))
	return found
}

// ownHosts are the hosts of the service, whose addresses in a report are
// references.
func (w *Worker) ownHosts() []string {
	hosts := w.Service.Hosts
	if u, err := url.Parse(w.Service.Homepage); err == nil && u.Host != "" {
		hosts = append(hosts[:len(hosts):len(hosts)], u.Hostname())
	}
	return hosts
}
