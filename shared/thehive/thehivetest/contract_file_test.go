package thehivetest

import (
	"bytes"
	"encoding/json"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/shared/captured"
)

// TestFilesAsTheRealOne sends a file to an alert, and compares the answer with
// what a TheHive 4.1.24 said to such a one.
func TestFilesAsTheRealOne(t *testing.T) {
	for name, path := range map[string]string{"obs_multipart_alert": "/api/alert/", "obs_multipart_alert_v1_600kB": "/api/v1/alert/"} {
		t.Run(name, func(t *testing.T) {
			real := captured.Load(t, "thehive", name)
			s := Start(t, Options{})
			status, made := send(t, s.URL+"/api/alert", "application/json",
				[]byte(`{"type":"t","source":"s","sourceRef":"r","title":"x","description":"d"}`))
			require.Equal(t, http.StatusCreated, status)
			alert, _ := made.(map[string]any)
			id, _ := alert["_id"].(string)

			var body bytes.Buffer
			form := multipart.NewWriter(&body)
			require.NoError(t, form.WriteField("_json", `{"dataType":"file","tlp":1,"tags":["f"],"message":"mp"}`))
			file, err := form.CreateFormFile("attachment", "s.bin")
			require.NoError(t, err)
			_, err = io.WriteString(file, strings.Repeat("x", 600_000))
			require.NoError(t, err)
			require.NoError(t, form.Close())

			status, got := send(t, s.URL+path+id+"/artifact", form.FormDataContentType(), body.Bytes())
			assert.Equal(t, real.Status, status)
			assert.Empty(t, captured.Differences(real.Answer, got))
		})
	}
}

// send posts a body as the feeder, and gives the status and the decoded answer.
func send(t *testing.T, url, contentType string, body []byte) (int, any) {
	t.Helper()
	request, err := http.NewRequest(http.MethodPost, url, bytes.NewReader(body))
	require.NoError(t, err)
	request.Header.Set("Content-Type", contentType)
	request.Header.Set("Authorization", "Bearer "+Key)
	answer, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer answer.Body.Close()
	var decoded any
	require.NoError(t, json.NewDecoder(answer.Body).Decode(&decoded))
	return answer.StatusCode, decoded
}
