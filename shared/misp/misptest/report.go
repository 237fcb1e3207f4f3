package misptest

import (
	"strings"

	"github.com/tidwall/gjson"
)

// mergeReport adds or changes an event report, as app/Model/EventReport.php
// does with one that stands in an event: what was deleted stays deleted, and one
// without a name is dropped.
// https://github.com/MISP/MISP/blob/2.5/app/Model/EventReport.php (captureReport, editReport)
func (s *Server) mergeReport(e *event, given gjson.Result) {
	id, name := strings.ToLower(given.Get("uuid").String()), given.Get("name").String()
	if strings.TrimSpace(name) == "" || !valid(id) {
		return
	}
	var held *report
	for _, r := range e.reports {
		if r.uuid == id {
			held = r
		}
	}
	if held == nil {
		if s.taken(id) {
			return
		}
		held = &report{id: s.id(), uuid: s.newUUID(id, nil)}
		e.reports = append(e.reports, held)
	}
	held.name, held.content, held.distribution, held.timestamp = name, given.Get("content").String(), given.Get("distribution").String(), s.now()
}

func (r *report) show(e *event) object {
	return object{"id": r.id, "uuid": r.uuid, "event_id": e.id, "name": r.name, "content": r.content, "distribution": r.distribution,
		"sharing_group_id": "0", "timestamp": itoa(r.timestamp), "deleted": r.deleted}
}
