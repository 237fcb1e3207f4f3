package misp

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/waggle-cti/waggle/docker/setup/step"
	"github.com/waggle-cti/waggle/shared/upstream"
)

// Taxonomies are those that are enabled with all their tags: the markings, and
// what people say of events with.
func Taxonomies() []string { return []string{"tlp", "PAP", "false-positive", "workflow"} }

// Warninglists are the lists that are enabled: values that are never indicators.
// Larger ones cost MISP memory, and our analyzer Waggle_Warninglists has them.
func Warninglists() []string {
	return []string{
		"List of RFC 1918 CIDR blocks", "List of RFC 3849 CIDR blocks", "List of RFC 5735 CIDR blocks", "List of RFC 5771 multicast CIDR blocks",
		"List of RFC 6598 CIDR blocks", "List of RFC 6761 Special-Use Domain Names", "List of IPv6 link local blocks",
		"List of known IPv6 public DNS resolvers", "List of known hashes for empty files", "List of hashes for EICAR test virus",
		"List of known hashes with common false-positives (based on Florian Roth input list)", "Top 1000 website from Alexa",
		"Top 1,000 domains from Cloudflare Radar", "List of known google domains", "List of known microsoft domains", "List of known Office 365 URLs",
		"List of known Windows 10 connection endpoints", "CRL and OCSP domains", "TLDs as known by IANA",
	}
}

// tagNames are the tags that are there from the beginning, with their colours.
func tagNames() map[string]string { return map[string]string{"waggle": "#f0b400"} }

// serverSettings are those without which the loop does not run, and their reasons. Sightings
// need none: MISP 2.5 has no setting that turns them on or off.
func serverSettings() []serverSetting {
	return []serverSetting{
		{"MISP.live", "else only site admins are let in"},
	}
}

// serverSetting is a setting of MISP that has to be true.
type serverSetting struct{ name, why string }

// Content are the steps for what events are made of.
func (s *Server) Content() []step.Step {
	var out []step.Step
	for _, one := range serverSettings() {
		out = append(out, s.setting(one))
	}
	for _, name := range Taxonomies() {
		out = append(out, s.taxonomy(name))
	}
	out = append(out, s.warninglists(Warninglists()))
	for name, colour := range tagNames() {
		out = append(out, s.tag(name, colour))
	}
	for _, name := range s.settings.MISPFeeds {
		out = append(out, s.feed(name))
	}
	return out
}

func (s *Server) setting(one serverSetting) step.Step {
	return step.Step{
		Name: "setting " + one.name, Hand: "Administration, Server Settings: " + one.name + " true: " + one.why,
		Look: func(ctx context.Context) (string, error) {
			answer, err := s.send(ctx, upstream.Request{Path: "/servers/getSetting/" + one.name})
			if err != nil || answer.JSON().Get("value").Bool() {
				return "", err
			}
			return "it is off; " + one.why, nil
		},
		Make: func(ctx context.Context) error {
			_, err := s.post(ctx, "/servers/serverSettingsEdit/"+one.name, map[string]any{"value": "1"})
			return err
		},
	}
}

// taxonomy enables a taxonomy, and then makes all its tags, so that users who
// may not make tags can use them.
func (s *Server) taxonomy(name string) step.Step {
	var held gjson.Result
	return step.Step{
		Name: "taxonomy " + name, Hand: "Event Actions, List Taxonomies: " + name + ", enable, enable all tags",
		Look: func(ctx context.Context) (string, error) {
			rows, err := s.list(ctx, "/taxonomies/index")
			if err != nil {
				return "", err
			}
			held = find(rows, "Taxonomy.namespace", name)
			switch {
			case !held.Exists():
				return "", fmt.Errorf("MISP has no such taxonomy: update its taxonomies")
			case !held.Get("Taxonomy.enabled").Bool():
				return "not enabled", nil
			case held.Get("current_count").Int() < held.Get("total_count").Int():
				return "not all its tags are there", nil
			}
			return "", nil
		},
		Make: func(ctx context.Context) error {
			id := escaped(held.Get("Taxonomy.id"))
			if !held.Get("Taxonomy.enabled").Bool() {
				if _, err := s.post(ctx, "/taxonomies/enable/"+id, map[string]any{}); err != nil {
					return err
				}
			}
			_, err := s.post(ctx, "/taxonomies/addTag/"+id, map[string]any{})
			return err
		},
	}
}

// warninglists enables lists, as far as this MISP has them: their names change
// with its version.
func (s *Server) warninglists(names []string) step.Step {
	var off []string // ids
	return step.Step{
		Name: "warninglists", Hand: "Input Filters, Warninglists: update, and enable " + strings.Join(names, "; "),
		Look: func(ctx context.Context) (string, error) {
			answer, err := s.send(ctx, upstream.Request{Path: "/warninglists/index"})
			if err != nil {
				return "", err
			}
			off = nil
			known := 0
			for _, one := range answer.JSON().Get("Warninglists").Array() {
				l := one.Get("Warninglist")
				if !slices.Contains(names, l.Get("name").String()) {
					continue
				}
				known++
				if !l.Get("enabled").Bool() {
					off = append(off, l.Get("id").String())
				}
			}
			switch {
			case known == 0:
				return "", fmt.Errorf("MISP has none of them: update its warninglists")
			case len(off) > 0:
				return fmt.Sprintf("%d of %d are off", len(off), known), nil
			}
			return "", nil
		},
		Make: func(ctx context.Context) error {
			_, err := s.post(ctx, "/warninglists/toggleEnable", map[string]any{"id": off, "enabled": true})
			return err
		},
	}
}

// tag makes a tag. The search by name is that of app/Controller/TagsController.php.
func (s *Server) tag(name, colour string) step.Step {
	return step.Step{
		Name: "tag " + name, Hand: "Event Actions, Add Tag",
		Look: func(ctx context.Context) (string, error) {
			answer, err := s.send(ctx, upstream.Request{Path: "/tags/index/name:" + name + "/exclude_statistics:1"})
			if err != nil || find(answer.JSON().Get("Tag").Array(), "name", name).Exists() {
				return "", err
			}
			return "no such tag", nil
		},
		Make: func(ctx context.Context) error {
			_, err := s.post(ctx, "/tags/add", map[string]any{"name": name, "colour": colour, "exportable": true})
			return err
		},
	}
}

// feed enables a feed, after MISP has loaded its list of feeds where it lacks it.
func (s *Server) feed(name string) step.Step {
	var held gjson.Result
	look := func(ctx context.Context) error {
		rows, err := s.list(ctx, "/feeds/index")
		held = find(rows, "Feed.name", name).Get("Feed")
		return err
	}
	return step.Step{
		Name: "feed " + name, Hand: "Sync Actions, Feeds: load default feed metadata, and enable it",
		Look: func(ctx context.Context) (string, error) {
			err := look(ctx)
			switch {
			case err != nil:
				return "", err
			case held.Get("enabled").Bool():
				return "", nil
			case held.Exists():
				return "not enabled", nil
			}
			return "not in MISP's list", nil
		},
		Make: func(ctx context.Context) error {
			if !held.Exists() {
				if _, err := s.post(ctx, "/feeds/loadDefaultFeeds", map[string]any{}); err != nil {
					return err
				}
				if err := look(ctx); err != nil {
					return err
				}
			}
			if !held.Exists() {
				return fmt.Errorf("MISP offers no feed of this name: check MISP_FEEDS")
			}
			_, err := s.post(ctx, "/feeds/enable/"+escaped(held.Get("id")), map[string]any{})
			return err
		},
	}
}
