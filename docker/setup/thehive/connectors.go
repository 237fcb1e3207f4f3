package thehive

import (
	"context"
	"net/http"
	"slices"

	"github.com/waggle-cti/waggle/docker/setup/step"
	"github.com/waggle-cti/waggle/feeder/secret"
	"github.com/waggle-cti/waggle/shared/upstream"
)

// Cortex is the step that connects TheHive with Cortex; key is the name of the
// key of TheHive's user there.
func (s *Server) Cortex(key string) step.Step {
	return s.entry(s.edition.cortexes, "connection to Cortex", func() (map[string]any, error) {
		held, err := s.kept(key)
		return map[string]any{
			"name": entryName, "url": s.settings.Cortex.Inside, "auth": map[string]any{"type": "bearer", "key": held.Reveal()},
			"includedTheHiveOrganisations": []any{"*"}, "excludedTheHiveOrganisations": []any{},
		}, err
	})
}

// MISP is the step that connects TheHive with MISP; key is the name of the key
// of TheHive's user there. Its form is that of TheHiveMispClientConfig in the
// source of 4.1; what TheHive imports must not be what it has exported.
func (s *Server) MISP(key string) step.Step {
	return s.entry(s.edition.misps, "connection to MISP", func() (map[string]any, error) {
		held, err := s.kept(key)
		entry := map[string]any{
			"name": entryName, "url": s.settings.MISP.Inside, "auth": map[string]any{"type": "key", "key": held.Reveal()},
			"purpose": s.settings.Purpose, "exportCaseTags": true, "exportObservableTags": true,
			"exclusion":                    map[string]any{"organisations": []any{s.settings.Organisation}},
			"includedTheHiveOrganisations": []any{s.settings.Organisation}, "excludedTheHiveOrganisations": []any{},
		}
		if s.settings.MISP.AnyCertificate {
			entry["wsConfig"] = map[string]any{"ssl": map[string]any{"loose": map[string]any{"acceptAnyCertificate": true, "disableHostnameVerification": true}}}
		}
		return s.edition.misp(entry), err
	})
}

// Webhook are the steps by which TheHive tells the feeder of what analysts do.
func (s *Server) Webhook() []step.Step {
	if s.edition.webhooks == nil {
		text := "TheHive's API has no public way to make one. By hand: " + s.edition.handWebhook
		return []step.Step{{Name: "webhook to the feeder", Look: func(context.Context) (string, error) { return "", step.LeftOut(text) }}}
	}
	endpoint := s.entry(s.edition.webhooks, "webhook to the feeder", func() (map[string]any, error) {
		return map[string]any{
			"name": entryName, "url": s.settings.Feeder.Inside + "/hooks/thehive", "version": 0, "wsConfig": map[string]any{},
			"includedTheHiveOrganisations": []any{"*"}, "excludedTheHiveOrganisations": []any{},
		}, nil
	})
	return []step.Step{endpoint, s.notification()}
}

// notification has the organisation's events sent to the webhook.
func (s *Server) notification() step.Step {
	const path = "/api/config/organisation/notification"
	var held []row
	return step.Step{
		Name: "notification of the webhook", Hand: s.edition.webhooks.hand,
		Look: func(ctx context.Context) (string, error) {
			answer, err := s.member(ctx, upstream.Request{Path: path})
			if err != nil {
				return "", err
			}
			held = answer.JSON().Get("value").Array()
			if slices.ContainsFunc(held, func(r row) bool { return r.Get("notifier.endpoint").String() == entryName }) {
				return "", nil
			}
			return "the organisation's events are not sent", nil
		},
		Make: func(ctx context.Context) error {
			_, err := s.member(ctx, upstream.Request{Method: http.MethodPut, Path: path, JSON: map[string]any{"value": with(held, map[string]any{
				"delegate": false, "trigger": map[string]any{"name": "AnyEvent"}, "notifier": map[string]any{"name": "webhook", "endpoint": entryName}})}})
			return err
		},
	}
}

// kept gives a key that an earlier step has made.
func (s *Server) kept(name string) (secret.Text, error) {
	key, err := s.ring.Get(name)
	if err == nil && !key.Set() {
		err = step.ErrWaits
	}
	return key, err
}
