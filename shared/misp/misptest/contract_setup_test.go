package misptest

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/shared/captured"
	"github.com/waggle-cti/waggle/shared/misp"
)

// TestSetupAsTheRealOne sends what a MISP 2.5.1 was set up with to the fake. The
// ids in the paths are the fake's own where they differ.
func TestSetupAsTheRealOne(t *testing.T) {
	captured.Load(t, "misp", "version") // skip here when there are none
	s := Start(t, Options{Warninglists: []Warninglist{{Warninglist: misp.Warninglist{ID: "2", Name: "Top 1000 website from Alexa"}, Disabled: true}}})
	for _, test := range []struct {
		name, path string
		ignore     []string
	}{
		{"setup_org_add", "", nil},
		{"setup_org_add_again", "", nil},
		{"setup_roles", "", roleDetails()},
		{"setup_user_add", "", userDetails()},
		{"setup_user_add_again", "", nil},
		{"setup_authkey_add", "/auth_keys/add/4", nil},
		{"setup_taxonomies", "", nil},
		{"setup_taxonomy_enable", "/taxonomies/enable/170", nil},
		{"setup_taxonomy_addtag", "", nil},
		{"taxonomy_addTag", "", nil},
		{"setup_warninglist_toggle", "", nil},
		{"feeds_load", "", nil},
		{"setup_feed_enable", "", nil},
		{"setup_feed_enable_none", "", nil},
		{"setup_setting_get", "", nil},
		{"setup_setting_edit", "", nil},
		{"setup_setting_edit_bad", "", nil},
		{"tags_add_admin", "", nil},
		{"tags_add_admin_again", "", nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			real := captured.Load(t, "misp", test.name)
			path := real.Path
			if test.path != "" {
				path = test.path
			}
			raw, err := json.Marshal(real.Body)
			require.NoError(t, err)
			request, err := http.NewRequest(real.Method, s.URL+path, strings.NewReader(string(raw)))
			require.NoError(t, err)
			request.Header = http.Header{"Authorization": {Key}, "Accept": {"application/json"}, "Content-Type": {"application/json"}}
			answer, err := http.DefaultClient.Do(request)
			require.NoError(t, err)
			defer answer.Body.Close()
			text, err := io.ReadAll(answer.Body)
			require.NoError(t, err)
			require.Equal(t, real.Status, answer.StatusCode, "%s", text)
			var got any
			require.NoError(t, json.Unmarshal(text, &got))
			assert.Empty(t, captured.Differences(real.Answer, got, test.ignore...))
		})
	}
}

// roleDetails are rights that the fake has no use for.
func roleDetails() []string {
	var out []string
	for _, name := range []string{"perm_delegate", "perm_audit", "perm_regexp_access", "perm_template", "perm_sharing_group", "perm_object_template", "default_role",
		"memory_limit", "max_execution_time", "restricted_to_site_admin", "perm_publish_zmq", "perm_publish_kafka", "perm_decaying", "enforce_rate_limit",
		"rate_limit_count", "perm_galaxy_editor", "perm_warninglist", "perm_view_feed_correlations", "perm_analyst_data", "perm_skip_otp", "permission",
		"permission_description", "default"} {
		out = append(out, "[].Role."+name)
	}
	return out
}

func userDetails() []string {
	var out []string
	for _, name := range []string{"autoalert", "authkey", "invited_by", "gpgkey", "certif_public", "nids_sid", "termsaccepted", "newsread", "change_pw", "contactalert",
		"expiration", "current_login", "last_login", "force_logout", "date_created", "date_modified", "sub", "external_auth_required", "external_auth_key",
		"last_api_access", "notification_daily", "notification_weekly", "notification_monthly", "totp", "hotp_counter", "last_pw_change", "totp_is_set"} {
		out = append(out, "User."+name)
	}
	return out
}
