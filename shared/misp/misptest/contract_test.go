package misptest

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/shared/captured"
	"github.com/waggle-cti/waggle/shared/misp"
)

// TestAsTheRealOne sends what was sent to a MISP 2.5.1 to the fake, in the
// order in which it was, and compares statuses and the shapes of the answers,
// MISP's sentences, and the values of attributes.
func TestAsTheRealOne(t *testing.T) {
	captured.Load(t, "misp", "version") // skip here when there are none
	r := replay{server: Start(t, Options{
		Now:          func() time.Time { return time.Unix(1795422240, 0) }, // a little before the captures
		Tags:         []string{"tlp:amber", "tlp:green", "tlp:clear", "tlp:red", "tlp:amber+strict", "admin-created:tag5"},
		Warninglists: enabledThere(),
	}), ids: map[string]string{}}
	for _, name := range []string{
		"version", "version_json_suffix", "version_user", "version_noaccept", "trailing", "accept_star_get", "accept_star", "accept_missing",
		"accept_json_params", "accept_xml", "auth_none", "auth_none_no_accept", "auth_bad", "auth_bad_no_accept", "auth_bearer", "auth_bad_post",
		"path_unknown", "path_unknown_action",
		"event_add", "event_add_unwrapped_user", "event_add_min", "event_add_noinfo", "event_add_array", "event_add_bad_date", "event_add_bad_tl",
		"event_add_readonly", "event_add_emptybody", "event_add_uuid_bad", "event_add_uuid_first", "event_add_uuid_again",
		"event_add_uuid_again_otheruser", "event_add_badjson", "event_view", "event_view_uuid", "event_view_missing", "event_view_missing_uuid", "head_event", "head_event_missing",
		"attr_add_ok", "attr_add_by_event_uuid", "attr_add_dup", "attr_add_same_value_diff_comment", "attr_add_same_value_other_type", "attr_add_same_value_other_cat",
		"attr_add_invalid_ip", "attr_add_invalid_type", "attr_add_type_cat_mismatch", "attr_add_invalid_cat", "attr_add_bad_hash", "attr_add_emptyvalue",
		"attr_add_novalue", "attr_add_bad_fs", "attr_add_fs_after_ls", "attr_add_fs_epoch", "attr_add_fs_date", "attr_add_noevent", "attr_add_other_org_event",
		"attr_add_multi_values", "attr_add_list", "attr_add_list_mixed", "attr_add_list_mixed_breakOnDuplicate0", "attr_add_list_allbad", "attr_add_dup_breakOnDuplicate0",
		"sight_value", "sight_values", "sight_attr_id", "sight_body_id", "sight_unknown_value", "sight_unknown_id", "sight_bad_type", "sight_readonly", "sight_user_private",
		"sight_uuid", "sight_uuid_again", "sight_listSightings",
		"event_user", "tag_event_by_uuid", "tag_event_by_uuid_again", "tag_user_new_attach", "tag_attach_user_existing", "tag_attach_local_user_nonhost", "tag_after_tax",
		"tag_remove_uuid", "event_two_tlp", "event_extends", "event_extends_unknown", "publish_admin", "publish_user", "publish_missing", "publish_uuid", "publish_in_add", "publish_in_add_empty", "publish_user_in_add",
		"attr_add_to_published", "attr_string_bools", "attr_str_false", "attr_toids_null", "attr_value_num", "attr_with_tags", "attr_uuid",
		"attr_uuid_again_other_value", "attr_uuid_again_other_event", "attr_uuid_bad", "attr_edit", "attr_delete", "attr_readd_after_softdelete_same_uuid",
		"attr_readd_after_softdelete_no_uuid", "delete_hard", "attr_readd_after_hard", "attr_emoji_value", "attr_emoji_comment", "attr_long_comment",
		"event_emoji_info", "event_emoji_attr_comment", "event_long_info", "event_bmp_info", "event_partial_invalid_attr", "event_attr_uuid_conflict",
		"event_partial_invalid_obj", "event_tag_strings", "event_dist4", "event_dist_str", "event_extends_bad", "attr_domain_ip", "attr_ip_port",
		"attr_ip_port_colon", "attr_ipv6", "attr_cidr", "attr_idn", "attr_domain_underscore", "attr_domain_bad", "attr_email_bad", "attr_hostname", "attr_vuln",
		"attr_url_noscheme", "attr_ws", "attr_add_wl_hit", "attr_add_wl_enforce", "attr_view_missing",
		"event_edit_add_attr", "event_edit_again_same_attr", "event_edit_invalid_attr", "event_edit_missing", "event_edit_old_timestamp", "event_edit_user_other",
		"event_for_delete", "event_delete", "event_delete_DELETE", "event_readd_after_delete", "event_add_metadata", "ct_charset", "ct_missing", "ct_form", "ct_text", "gzip_req",
		"m_add", "m_edit_same_uuid_no_ts", "m_edit_same_uuid_old_ts", "m_edit_same_uuid_new_ts", "m_edit_same_value_no_uuid_new_comment",
		"m_edit_same_value_other_uuid", "m_edit_tags", "m_edit_uuid_conflict_other_event", "m_del_attr", "m_edit_readd_softdeleted",
		"m_edit_readd_softdeleted_deleted0", "m_edit_object", "m_edit_object_again", "m_edit_object_nouuid", "m_edit_nochange", "m_edit_published",
		"object_add", "object_add_by_uuid", "object_add_wrapped", "object_add_badattr", "object_add_no_template", "object_add_oldversion", "object_add_unknown_template",
		"object_add_template_uuid_only", "object_add_uuid", "object_add_uuid_again", "object_add_no_type", "object_add_dup_values",
		"attr_add_uuid_other", "emoji_1", "emoji_2", "emoji_view", "emoji_sight", "emoji_tag", "event_attr_no_type",
		"special_event", "sp1l", "sp2", "sp2l", "sp3", "sp4", "sp5", "sp6", "sp_comp", "sp_comp1", "sp_comp2", "sp_compl", "sp_v1v2", "sp_empty", "sp_emptyl", "sp_null",
		"sp_num", "sp_or", "sp_idn", "sp_ipv6", "sp_notrim", "sp_upperhash", "sp_cidr", "list_uuid_1", "list_uuid_2", "list_uuid_3_break0",
		"rs_value", "rs_value_upper", "rs_value_list", "rs_value_none", "rs_value_wild", "rs_type", "rs_type_comp", "rs_uuid", "rs_eventuuid", "rs_tags",
		"rs_page1", "rs_page0", "rs_page2", "rs_page99", "rs_unknown_param", "rs_emptybody", "rs_badformat", "rs_user_private", "rs_wrapped_request", "objects_in_attr_rs", "rs_deleted", "ers_value", "ers_uuid", "ers_none",
		"warninglists_index", "warninglists_index_user", "warninglist_view", "warninglist_checkValue_none", "warninglist_checkValue_user", "warninglist_checkValue_obj", "warninglist_checkValue",
	} {
		t.Run(name, func(t *testing.T) { r.run(t, captured.Load(t, "misp", name)) })
	}
}

// enabledThere are lists that were enabled when requests were captured, with
// those of their entries that matter.
func enabledThere() []Warninglist {
	list := func(id, name, typ string, entries ...string) Warninglist {
		return Warninglist{Warninglist: misp.Warninglist{ID: id, Name: name, Type: typ, Entries: entries, Version: 1}}
	}
	return []Warninglist{
		list("2", "Top 1000 website from Alexa", "hostname", "google.com"),
		list("44", "List of hashes for EICAR test virus", "string", strings.Repeat("44", 16)),
		list("45", "List of known hashes for empty files", "string", "d41d8cd98f00b204e9800998ecf8427e"),
		list("96", "List of known IPv4 public DNS resolvers", "cidr", "8.8.8.8", "8.8.4.4/32"),
		list("101", "List of RFC 1918 CIDR blocks", "cidr", "10.0.0.0/8"),
	}
}

// TestWarninglistsMatchAsInMISP holds what MISP's source does, beside what was captured.
func TestWarninglistsMatchAsInMISP(t *testing.T) {
	for _, c := range []struct {
		name, typ, entry, value, match string
	}{
		{"string", "string", "a.example", "a.example", "a.example"},
		{"string: case counts", "string", "A.example", "a.example", ""},
		{"hostname: below", "hostname", ".A.example.", "www.a.example", "a.example"},
		{"hostname: a URL", "hostname", "a.example", "https://www.a.example/x", "a.example"},
		{"hostname: a trailing dot", "hostname", "a.example", "a.example.", "a.example"},
		{"hostname: with its port a URL is missed", "hostname", "a.example", "https://a.example:8443/", ""},
		{"hostname: beside", "hostname", "a.example", "ba.example", ""},
		{"substring", "substring", "trash", "a@trash.example", "trash"},
		{"regex", "regex", "/^a@/", "a@b.example", "/^a@/"},
		{"cidr: an address", "cidr", "192.0.2.53", "192.0.2.53", "192.0.2.53/32"},
		{"cidr: a range in it", "cidr", "192.0.2.0/24", "192.0.2.128/25", "192.0.2.0/24"},
		{"cidr: a wider range", "cidr", "192.0.2.0/24", "192.0.0.0/16", ""},
		{"cidr: a range by an address in it is missed", "cidr", "192.0.2.7/24", "192.0.2.53", ""},
		{"cidr: IPv6", "cidr", "2001:db8::/32", "2001:db8::7", "2001:db8::/32"},
		{"cidr: no address", "cidr", "192.0.2.0/24", "a.example", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := Warninglist{Warninglist: misp.Warninglist{Type: c.typ, Entries: []string{c.entry}}}
			match, ok := l.match(c.value)
			assert.Equal(t, c.match != "", ok)
			if ok {
				assert.Equal(t, c.match, match)
			}
		})
	}
}

func TestRateLimitAsTheRealOne(t *testing.T) {
	captured.Load(t, "misp", "rate_0")
	r := replay{server: Start(t, Options{Searches: 3}), ids: map[string]string{}}
	for _, name := range []string{"rate_0", "rate_1", "rate_2", "rate_3", "rate_4", "rate_other"} {
		t.Run(name, func(t *testing.T) { r.run(t, captured.Load(t, "misp", name)) })
	}
}

// replay sends captured requests one after another; ids are those of the real
// one, in the place of which the fake has its own.
type replay struct {
	server *Server
	ids    map[string]string // "event 1" → "8"
}

func (r *replay) run(t *testing.T, e captured.Exchange) {
	request, err := http.NewRequest(e.Method, r.server.URL+r.path(e.Path), r.body(t, e))
	require.NoError(t, err)
	for name, value := range e.Header {
		if name == "Authorization" {
			value = credentials(e.Name, value)
		}
		request.Header.Set(name, value)
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := client.Do(request)
	require.NoError(t, err)
	defer answer.Body.Close()
	raw, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	require.Equal(t, e.Status, answer.StatusCode, "%s", raw)
	for name := range e.Answered {
		if name == "Location" || strings.HasPrefix(name, "X-Rate") {
			assert.NotEmpty(t, answer.Header.Get(name), name)
		}
	}
	if text, ok := e.Answer.(string); ok {
		assert.Equal(t, text, string(raw))
		return
	}
	var got any
	require.NoError(t, json.NewDecoder(bytes.NewReader(raw)).Decode(&got), "%s", raw)
	r.learn(e.Answer, got)
	assert.Empty(t, captured.Differences(e.Answer, got, unlike(e.Name)...))
	if e.Status != 404 && !strings.HasPrefix(e.Name, "tag_") {
		assert.Equal(t, sentences(e.Answer), sentences(got))
	}
	assert.Equal(t, values(e.Answer), values(got))
	if strings.HasPrefix(e.Name, "m_") { // an event that only these captures write to
		assert.Equal(t, contents(e.Answer), contents(got))
	}
}

func (r *replay) body(t *testing.T, e captured.Exchange) io.Reader {
	switch body := e.Body.(type) {
	case nil:
		return http.NoBody
	case string: // as it was, or what the capture shortened
		if e.Name == "gzip_req" {
			var packed bytes.Buffer
			w := gzip.NewWriter(&packed)
			_, err := w.Write([]byte(`{"info":"gz","distribution":0}`))
			require.NoError(t, err)
			require.NoError(t, w.Close())
			return &packed
		}
		return strings.NewReader(body)
	default:
		raw, err := json.Marshal(body)
		require.NoError(t, err)
		text := strings.ReplaceAll(string(raw), "…(truncated)", strings.Repeat("x", 70_000))
		for theirs, ours := range r.ids {
			if id, ok := strings.CutPrefix(theirs, "uuid "); ok && id != ours {
				text = strings.ReplaceAll(text, id, ours)
			}
		}
		text = regexp.MustCompile(`"eventid":"(\d+)"`).ReplaceAllStringFunc(text, func(m string) string {
			return `"eventid":"` + r.own("event", strings.Trim(strings.TrimPrefix(m, `"eventid":`), `"`)) + `"`
		})
		if strings.HasPrefix(e.Path, "/sightings") {
			text = regexp.MustCompile(`"id":"(\d+)"`).ReplaceAllStringFunc(text, func(m string) string {
				return `"id":"` + r.own("attribute", strings.Trim(strings.TrimPrefix(m, `"id":`), `"`)) + `"`
			})
		}
		return strings.NewReader(text)
	}
}

// path puts our numbers in the place of theirs.
func (r *replay) path(path string) string {
	parts := strings.Split(path, "/")
	if len(parts) < 4 {
		return path
	}
	what := "event"
	if parts[1] == "sightings" || parts[1] == "attributes" && parts[2] != "add" {
		what = "attribute"
	}
	parts[3] = r.own(what, parts[3])
	return strings.Join(parts, "/")
}

func (r *replay) own(what, id string) string {
	if ours, ok := r.ids[what+" "+id]; ok {
		return ours
	}
	if valid(id) {
		if ours, ok := r.ids["uuid "+id]; ok {
			return ours
		}
	}
	return id
}

// learn remembers which of our numbers stands for theirs, and which of our
// UUIDs for those that the real one made.
func (r *replay) learn(theirs, ours any) {
	for _, what := range []string{"Event", "Attribute"} {
		a, b := inner(theirs, what), inner(ours, what)
		if a == nil || b == nil {
			continue
		}
		r.pair(strings.ToLower(what), a, b)
		list, _ := a["Attribute"].([]any)
		others, _ := b["Attribute"].([]any)
		for i := range min(len(list), len(others)) {
			x, okX := list[i].(map[string]any)
			y, okY := others[i].(map[string]any)
			if okX && okY && x["value"] == y["value"] {
				r.pair("attribute", x, y)
			}
		}
	}
}

func (r *replay) pair(what string, a, b map[string]any) {
	if id, ok := a["id"].(string); ok {
		r.ids[what+" "+id], _ = b["id"].(string)
		theirs, _ := a["uuid"].(string)
		r.ids["uuid "+theirs], _ = b["uuid"].(string)
	}
}

func inner(answer any, what string) map[string]any {
	object, _ := answer.(map[string]any)
	in, _ := object[what].(map[string]any)
	return in
}

// credentials are the key of the fake's user that stands for the real one's.
func credentials(name, value string) string {
	switch {
	case strings.HasPrefix(name, "auth_"):
		return strings.ReplaceAll(value, "<key>", map[bool]string{true: Key, false: "nosuchkey"}[name == "auth_bearer"])
	case value == "<user_key>", value == "<publisher_key>":
		return UserKey
	case value == "<readonly_key>":
		return ReadOnlyKey
	}
	return Key
}

// unlike are the parts of an answer that the fake does not have, and need not.
func unlike(name string) []string {
	galaxy := []string{"Event.Attribute[].Tag", "Event.Attribute[].Sighting", "Event.Attribute[].warnings", "Event.Object[].Attribute[].Tag", "Event.RelatedEvent",
		"response.Attribute[].Tag", "response.Attribute[].warnings", "response.Attribute[].Object"} // as the data are: made in other captures
	switch name {
	case "event_view_uuid", "event_view", "event_edit_add_attr":
		return append(galaxy, "Event.Tag")
	}
	return galaxy
}

// sentences is what an answer says to people: message and errors.
func sentences(answer any) any {
	object, ok := answer.(map[string]any)
	if !ok || object["message"] == nil && object["errors"] == nil {
		return nil
	}
	return []any{object["message"], object["errors"]}
}

// values are the values of the attributes in an answer to a write; those of a
// view or a search depend on what else was captured.
func values(answer any) []string {
	object, _ := answer.(map[string]any)
	var out []string
	switch a := object["Attribute"].(type) {
	case map[string]any:
		value, _ := a["value"].(string)
		out = append(out, value)
	case []any:
		for _, one := range a {
			in, _ := one.(map[string]any)
			value, _ := in["value"].(string)
			out = append(out, value)
		}
	}
	return out
}

// contents are what an event's attributes and objects say.
func contents(answer any) []string {
	var out []string
	event := inner(answer, "Event")
	list, _ := event["Attribute"].([]any)
	objects, _ := event["Object"].([]any)
	for _, o := range objects {
		object, _ := o.(map[string]any)
		of, _ := object["Attribute"].([]any)
		list = append(list, of...)
	}
	for _, one := range list {
		a, _ := one.(map[string]any)
		tags, _ := a["Tag"].([]any)
		out = append(out, fmt.Sprint(a["value"], " ", a["comment"], " ", a["to_ids"], " ", len(tags)))
	}
	return out
}
