package thehive

import (
	"context"
	"fmt"
	"net/http"
	"slices"

	"github.com/tidwall/gjson"

	"github.com/waggle-cti/waggle/docker/setup/step"
	"github.com/waggle-cti/waggle/feeder/secret"
	"github.com/waggle-cti/waggle/shared/upstream"
)

// row is an element of a list.
type row = gjson.Result

// entryName is what this set-up calls its entry in each of TheHive's lists.
const entryName = "waggle"

// Cortex is the step that connects TheHive with Cortex; key is the name of the
// key of TheHive's user there.
func (s *Server) Cortex(key string) step.Step {
	return s.entry("cortex.servers", "connection to Cortex", "docker/README.md, Wiring by hand", nil, func() (map[string]any, error) {
		held, err := s.kept(key)
		return map[string]any{
			"name": entryName, "url": s.settings.Cortex.Inside, "auth": map[string]any{"type": "bearer", "key": held.Reveal()},
			"includedTheHiveOrganisations": []any{"*"}, "excludedTheHiveOrganisations": []any{},
		}, err
	})
}

// MISP is the step that connects TheHive with MISP; key is the name of the key
// of TheHive's user there. Its form is that of TheHiveMispClientConfig in the
// source; what TheHive imports must not be what it has exported.
//
// TheHive does not show all of what it holds of a MISP server, so a list with
// others in it cannot be written back without losing some of theirs.
func (s *Server) MISP(key string) step.Step {
	alone := func(others []row) error {
		if len(others) == 0 {
			return nil
		}
		return fmt.Errorf("TheHive has %d other MISP servers, and changing the list through its API would lose their filters", len(others))
	}
	return s.entry("misp.servers", "connection to MISP", "add it to misp.servers in TheHive's application.conf", alone, func() (map[string]any, error) {
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
		return entry, err
	})
}

// Webhook are the steps by which TheHive tells the feeder of what analysts do.
func (s *Server) Webhook() []step.Step {
	endpoint := s.entry("notification.webhook.endpoints", "webhook to the feeder", "docker/README.md, Wiring by hand", nil, func() (map[string]any, error) {
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
		Name: "notification of the webhook", Hand: "docker/README.md, Wiring by hand",
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
			_, err := s.member(ctx, upstream.Request{Method: http.MethodPut, Path: path, JSON: value(held, map[string]any{
				"delegate": false, "trigger": map[string]any{"name": "AnyEvent"}, "notifier": map[string]any{"name": "webhook", "endpoint": entryName}})})
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

// entry is a step that puts our entry into a list of TheHive's configuration.
// Those that others made stay. An entry is the same if the key and the address
// are; the rest an administrator may have changed.
func (s *Server) entry(path, name, hand string, mayChange func(others []row) error, want func() (map[string]any, error)) step.Step {
	path = "/api/config/" + path
	var others []row
	return step.Step{
		Name: name, Hand: hand,
		Look: func(ctx context.Context) (string, error) {
			entry, err := want()
			if err != nil {
				return "", err
			}
			answer, err := s.admin(ctx, upstream.Request{Path: path})
			if err != nil {
				return "", err
			}
			all := answer.JSON().Get("value").Array()
			ours := named(all, "name", entryName)
			others = slices.DeleteFunc(slices.Clone(all), func(r row) bool { return r.Get("name").String() == entryName })
			if len(ours) == 0 {
				return "no such entry", nil
			}
			if same(ours[0], entry) {
				return "", nil
			}
			return "its address or key is another", nil
		},
		Make: func(ctx context.Context) error {
			entry, err := want()
			if err != nil {
				return err
			}
			if mayChange != nil {
				if err := mayChange(others); err != nil {
					return err
				}
			}
			_, err = s.admin(ctx, upstream.Request{Method: http.MethodPut, Path: path, JSON: value(others, entry), Repeatable: true})
			return err
		},
	}
}

func same(held row, want map[string]any) bool {
	auth, _ := want["auth"].(map[string]any)
	key, _ := auth["key"].(string)
	return held.Get("url").String() == want["url"] && held.Get("auth.key").String() == key
}

// value is a list as TheHive's configuration takes it: what was there, and one
// more.
func value(held []row, more map[string]any) map[string]any {
	list := make([]any, 0, len(held)+1)
	for _, r := range held {
		list = append(list, r.Value())
	}
	return map[string]any{"value": append(list, more)}
}
