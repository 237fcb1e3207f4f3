package thehivetest

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/shared/captured"
)

// TestAsTheRealOne sends what was sent to a TheHive 4.1.24 to the fake, in the
// order in which it was, and compares statuses and the shapes of the answers.
func TestAsTheRealOne(t *testing.T) {
	captured.Load(t, "thehive", "status") // skip here when there are none
	s := Start(t, Options{
		Types:  []string{"vulnerability", "cve"},
		Fields: map[string]string{"feed-score": "integer", "feed-source": "string", "detected-on": "date", "confirmed": "boolean", "cvss": "float"},
	})
	r := replay{server: s, ids: map[string]string{}}
	for _, name := range []string{
		"status", "health", "alert_nokey", "alert_badkey", "alert_reader", "alert_admin_org", "alert_xorg_bad", "alert_xorg_demo",
		"alert_v0_create", "alert_v0_duplicate", "alert_v0_duplicate_other_key_order", "alert_v0_dup_type_differs",
		"alert_v1_create", "alert_v1_duplicate", "alert_v0_get", "alert_v0_get_by_name", "alert_v1_get",
		"alert_v1_add_obs", "alert_v1_add_obs_again", "alert_v1_add_obs_observable_path",
		"alert_v0_add_obs", "alert_v0_add_obs_dup", "alert_obs_404",
		"alert_v0_update", "alert_v0_update_plain", "alert_v0_update_cf_dotted", "alert_v0_update_cf_plain",
		"alert_v0_update_externalLink", "alert_v0_update_artifacts", "alert_v0_update_status", "alert_patch_404", "alert_get_404",
		"alert_v1_update", "alert_v1_update_cf", "alert_v1_get2", "alert_markAsRead", "alert_markAsUnread",
		"alert_missing_type", "alert_missing_source", "alert_missing_sourceRef", "alert_missing_title", "alert_missing_description", "alert_empty_body",
		"alert_empty_sourceRef", "alert_long_sourceRef", "alert_bad_severity9", "alert_bad_severity_str", "alert_bad_tlp9", "alert_bad_tlp_neg", "alert_bad_pap7",
		"alert_bad_datatype", "alert_bad_nodata", "alert_bad_emptydata", "alert_bad_notip", "alert_bad_cf_unknown", "alert_bad_cf_wrongtype", "alert_bad_cf_plain",
		"alert_bad_tags_odd", "alert_bad_tags_dupcase", "alert_bad_tags_string", "alert_bad_date_iso", "alert_bad_unknown_field", "alert_bad_caseTemplate_unknown",
		"v0_artifacts_bad_element_rolls_back", "v0_after_rollback", "v0_plain", "v0_obs_partial", "v0_obs_unknown", "v0_obs_nodata",
		"v0_patch_unknown", "v0_patch_bad", "v0_patch_artifacts_null", "v0_date_seconds", "v0_date_string_ms", "v0_file_one_part", "v0_file_bad_b64",
		"v0_for_delete", "v0_delete", "v0_recreate_after_delete", "v0_obs_add_unknown_type", "v0_unread_follow",
		"th5style_list", "th5style_dict", "th4v1_cfv_list", "th4v1_cfv_dict",
		"createCase", "createCase_again", "v1_createCase", "case_get", "case_obs", "alert_after_import", "dup_after_import", "update_imported", "add_obs_imported",
		"search_v0_source", "search_v0_range_body", "search_empty", "search_v0_tags", "search_v0_cf", "search_artifact",
		"query_v1", "query_v1_count", "query_v1_obs", "query_v1_bad", "query_v0",
		"current_v0", "current_v1", "obstype_list", "obstype_create_admin", "obstype_create_as_analyst", "obstype_dup",
		"setup_alert", "setup_alert_observable_patch_v0", "setup_alert_observable_patch_v1", "setup_alert_observable_get_v1",
		"setup_alert_observables_query", "setup_alert_observable_delete_v0", "setup_alert_patch_severity_description",
	} {
		t.Run(name, func(t *testing.T) { r.run(t, captured.Load(t, "thehive", name)) })
	}
}

// replay sends captured requests one after another; ids are those of the real
// one, in the place of which the fake has its own.
type replay struct {
	server *Server
	ids    map[string]string
}

func (r *replay) run(t *testing.T, e captured.Exchange) {
	body := io.Reader(http.NoBody)
	if e.Body != nil {
		raw, err := json.Marshal(e.Body)
		require.NoError(t, err)
		body = strings.NewReader(r.own(string(raw)))
	}
	if e.Name == "alert_invalid_json" {
		body = strings.NewReader(`{"title":`)
	}
	request, err := http.NewRequest(e.Method, r.server.URL+r.own(e.Path), body)
	require.NoError(t, err)
	request.Header.Set("Content-Type", "application/json")
	credentials(request, e.Name)
	answer, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer answer.Body.Close()
	raw, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	require.Equal(t, e.Status, answer.StatusCode, "%s", raw)

	if text, ok := e.Answer.(string); ok {
		assert.Equal(t, text, string(raw))
		return
	}
	if e.Answer == nil {
		assert.Empty(t, raw)
		return
	}
	var got any
	require.NoError(t, json.NewDecoder(bytes.NewReader(raw)).Decode(&got))
	r.learn(e.Answer, got)
	assert.Empty(t, captured.Differences(e.Answer, got, unlike(e.Name)...))
	if message := refusalOf(e.Answer); message != "" {
		assert.Equal(t, r.own(message), refusalOf(got))
	}
}

// credentials are those that the captured request had; the captures leave them
// out.
func credentials(request *http.Request, name string) {
	key := Key
	switch name {
	case "alert_nokey":
		return
	case "alert_badkey":
		key = "wrong"
	case "alert_reader":
		key = ReaderKey
	case "alert_admin_org", "obstype_create_admin", "obstype_dup":
		key = AdminKey
	case "alert_xorg_bad":
		request.Header.Set("X-Organisation", "elsewhere")
	case "alert_xorg_demo":
		request.Header.Set("X-Organisation", Organisation)
	}
	request.Header.Set("Authorization", "Bearer "+key)
}

// unlike are the parts of an answer that the fake does not have, and need not.
func unlike(name string) []string {
	switch name {
	case "query_v1_bad":
		return []string{"errors[].acceptedInput"} // the names of all queries
	case "alert_after_import", "search_v0_source", "search_v0_tags", "search_v0_cf", "search_v0_range_body", "query_v0", "case_obs", "search_artifact":
		return []string{"artifacts[].ignoreSimilarity", "[].artifacts[].message", "[].artifacts[].ignoreSimilarity", "[].artifacts[].attachment",
			"artifacts[].attachment", "[].attachment", "[].ignoreSimilarity", "[].message", "[].updatedAt", "[].updatedBy", "[].customFields.feed-score"} // as the data are
	case "query_v1":
		return []string{"[].extraData.importDate", "[].extraData.caseNumber"}
	case "query_v1_obs":
		return []string{"[].message"}
	}
	return nil
}

func (r *replay) own(text string) string {
	for theirs, ours := range r.ids {
		text = strings.ReplaceAll(text, `"`+theirs+`"`, `"`+ours+`"`)
		text = strings.ReplaceAll(text, "/"+theirs+"/", "/"+ours+"/")
		if strings.HasSuffix(text, "/"+theirs) {
			text = strings.TrimSuffix(text, theirs) + ours
		}
	}
	return text
}

// learn remembers which of our ids stands for theirs.
func (r *replay) learn(theirs, ours any) {
	a, ok := theirs.(map[string]any)
	b, ok2 := ours.(map[string]any)
	if !ok || !ok2 {
		return
	}
	if id, ok := a["_id"].(string); ok {
		if own, ok := b["_id"].(string); ok {
			r.ids[id] = own
		}
	}
	list, _ := a["artifacts"].([]any)
	others, _ := b["artifacts"].([]any)
	if len(list) == 1 && len(others) == 1 {
		r.learn(list[0], others[0])
	}
}

// refusalOf gives an error's message where the fake must have it to the letter.
func refusalOf(answer any) string {
	object, ok := answer.(map[string]any)
	if !ok {
		return ""
	}
	switch object["type"] {
	case "CreateError", "NotFoundError", "AuthorizationError", "AuthenticationError", "BadRequest", "AttributeCheckingError":
		message, _ := object["message"].(string)
		if strings.Contains(message, "_name") {
			return ""
		}
		return message
	}
	return ""
}
