package thehivetest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/shared/captured"
)

// TestSetupAsTheRealOne sends what a TheHive 4.1.24 was set up with to the fake.
func TestSetupAsTheRealOne(t *testing.T) {
	captured.Load(t, "thehive", "status") // skip here when there are none
	s := Start(t, Options{Fields: map[string]string{"business-unit": "string"}})
	keeper := keeperKey(t, s)
	for _, test := range []struct {
		name, key string
		ignore    []string
	}{
		{"setup_organisation_list", AdminKey, nil},
		{"setup_profile_list", AdminKey, nil},
		{"setup_profile_create", AdminKey, nil},
		{"setup_user_create", AdminKey, nil},
		{"setup_user_create_again", AdminKey, nil},
		{"setup_user_key_renew", AdminKey, nil},
		{"setup_user_key_get", AdminKey, nil},
		{"setup_custom_field_create", AdminKey, nil},
		{"setup_custom_field_again", AdminKey, nil},
		{"setup_custom_field_list", AdminKey, nil},
		{"setup_case_template_create", keeper, nil},
		{"setup_case_template_again", keeper, nil},
		{"setup_case_template_search", keeper, nil},
		{"dashboard_create", Key, nil},
		{"dashboard_same_title", Key, nil},
		{"dashboard_reader", ReaderKey, nil},
		{"dashboard_search", Key, []string{"[].updatedAt", "[].updatedBy"}},
		{"dashboard_create_object_definition", Key, []string{"errors[].acceptedInput"}},
		{"dashboard_create_badjson", Key, nil},
		{"template_content_404", AdminKey, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			real := captured.Load(t, "thehive", test.name)
			status, text := ask(t, s, test.key, real.Method, real.Path, real.Body)
			require.Equal(t, real.Status, status, text)
			if _, plain := real.Answer.(string); plain {
				assert.NotContains(t, text, "{", "plain text")
				return
			}
			var got any
			require.NoError(t, json.Unmarshal([]byte(text), &got))
			assert.Empty(t, captured.Differences(real.Answer, got, test.ignore...))
			if message := refusalOf(real.Answer); strings.HasSuffix(message, "exists") {
				assert.Equal(t, message, refusalOf(got))
			}
		})
	}
}

// keeperKey makes an org-admin, and gives the key.
func keeperKey(t *testing.T, s *Server) string {
	t.Helper()
	const login = "keeper@demo.example.com"
	status, text := ask(t, s, AdminKey, http.MethodPost, "/api/v1/user",
		map[string]any{"login": login, "name": "Keeper", "organisation": Organisation, "profile": "org-admin"})
	require.Equal(t, http.StatusCreated, status, text)
	status, text = ask(t, s, AdminKey, http.MethodPost, fmt.Sprintf("/api/v1/user/%s/key/renew", login), map[string]any{})
	require.Equal(t, http.StatusOK, status, text)
	return text
}

// ask sends a request with a key, and gives the status and the body.
func ask(t *testing.T, s *Server, key, method, path string, body any) (int, string) {
	t.Helper()
	raw, err := json.Marshal(body)
	require.NoError(t, err)
	request, err := http.NewRequest(method, s.URL+path, strings.NewReader(string(raw)))
	require.NoError(t, err)
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", "Bearer "+key)
	answer, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	return answer.StatusCode, string(text)
}
