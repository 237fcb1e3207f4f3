package chat

import "github.com/waggle-cti/waggle/shared/upstream"

// webhook posts to any address, with an Idempotency-Key:
// https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/
func webhook() Service {
	return Service{
		Kind:     "webhook",
		Title:    "webhook",
		settings: []string{"token"},
		Limit:    60000,
		Repeats:  true,
		Escape:   same,
		Request:  toWebhook,
		Took:     anything,
	}
}

// toWebhook sends the fields of the notice, too.
func toWebhook(c Channel, m Message) upstream.Request {
	n := m.Notice
	iocs := []object{}
	for _, i := range n.IoCs {
		iocs = append(iocs, object{"type": i.Type, "value": i.Value, "message": i.Message})
	}
	r := c.post(object{"title": m.Title, "body": m.Body, "kind": n.Kind, "id": n.ID, "case": n.Number, "subject": n.Subject, "severity": n.Severity,
		"tlp": n.TLP, "pap": n.PAP, "status": n.Status, "owner": n.Owner, "tags": n.Tags, "date": n.Date, "link": n.Link, "iocs": iocs, "more_iocs": n.More})
	r.Header, r.Repeatable = bearer(c), true
	r.Header.Set("Idempotency-Key", m.Key)
	return r
}
