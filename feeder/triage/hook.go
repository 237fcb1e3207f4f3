package triage

import (
	"io"
	"net/http"
)

// maxHook bounds how much of a webhook's body is taken off the line.
const maxHook = 1 << 20

// Hook answers TheHive's webhooks: each is a hint that something happened, and
// nudges the learner, which then asks TheHive itself. So nothing in a request
// is believed or even read, and who forges one makes the feeder look sooner,
// at most once in a few seconds.
//
// https://docs.strangebee.com/thehive/user-guides/organization/configure-organization/manage-notifications/http-request/
func (l *Learner) Hook() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost {
			w.Header().Set("Allow", http.MethodPost)
			http.Error(w, "TheHive's webhooks are POST", http.StatusMethodNotAllowed)
			return
		}
		_, _ = io.Copy(io.Discard, http.MaxBytesReader(w, r.Body, maxHook))
		l.Nudge()
		w.WriteHeader(http.StatusNoContent)
	})
}
