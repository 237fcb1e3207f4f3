package cortex

import (
	"net/url"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/waggle-cti/waggle/shared/ioc"
)

// maxExtracted is how many artifacts a report may gain by extraction: enough
// for an analyst to look at.
const maxExtracted = 100

// extracted are the indicators in the texts of a report, as artifacts. Cortex
// has a switch for it (auto_extract_artifacts) and leaves the work to the
// worker. What is known to be benign, the observable itself and the service's
// own addresses are left out.
func extracted(full []byte, job *Job) []Artifact {
	var found []Artifact
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
		for _, i := range ioc.Find(v.String(), ioc.Options{}) {
			dataType := i.Kind.TheHive(i.Value)
			if dataType == otherType || i.Role == ioc.Benign || i.Value == job.Data || job.worker.owns(i) || len(found) == maxExtracted {
				continue
			}
			found = append(found, Artifact{DataType: dataType, Data: i.Value, Message: "found in the report of " + job.worker.Name})
		}
	}
	walk(gjson.ParseBytes(full))
	return found
}

// owns tells whether an indicator is an address of the worker's own service.
func (w *Worker) owns(i ioc.Indicator) bool {
	host := i.Value
	if u, err := url.Parse(i.Value); err == nil && u.Host != "" {
		host = u.Hostname()
	}
	own := w.Service.Hosts
	if u, err := url.Parse(w.Service.Homepage); err == nil && u.Host != "" {
		own = append(own[:len(own):len(own)], u.Hostname())
	}
	for _, o := range own {
		if host == o || strings.HasSuffix(host, "."+o) {
			return true
		}
	}
	return false
}
