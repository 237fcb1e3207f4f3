package cortextest

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// withoutSecrets fails the test when a text shows a secret: as it is,
// URL-escaped, in base64 on its own, or in base64 as a password.
func withoutSecrets(t testing.TB, text string, secrets ...string) {
	t.Helper()
	for _, secret := range secrets {
		forms := map[string]string{
			"as it is":        secret,
			"in a query":      url.QueryEscape(secret),
			"in a path":       url.PathEscape(secret),
			"in base64":       strings.TrimRight(base64.StdEncoding.EncodeToString([]byte(secret)), "="),
			"in base64url":    base64.RawURLEncoding.EncodeToString([]byte(secret)),
			"as a password":   strings.TrimRight(base64.StdEncoding.EncodeToString([]byte("user:"+secret)), "=")[8:],
			"in JSON in text": strings.Trim(strings.ReplaceAll(quoted(secret), `\`, `\\`), `"`),
		}
		for how, form := range forms {
			assert.NotContains(t, text, form, "a secret shows %s", how)
		}
	}
}

func quoted(s string) string {
	raw, err := json.Marshal(s)
	if err != nil {
		panic(err) // a string is always valid JSON
	}
	return string(raw)
}

// secretsOfInput are the secrets in a case's job: the values of the
// configuration whose names say so.
func secretsOfInput(t *testing.T, dir string) []string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(dir, "input.json"))
	require.NoError(t, err)
	var job struct{ Config map[string]any }
	if json.Unmarshal(raw, &job) != nil {
		return nil // a case of bad input
	}
	var secrets []string
	for name, value := range job.Config {
		s, ok := value.(string)
		if ok && len(s) >= 4 && saysSecret(name) {
			secrets = append(secrets, s)
		}
	}
	return secrets
}

func saysSecret(name string) bool {
	for _, word := range []string{"key", "token", "secret", "password"} {
		if strings.Contains(strings.ToLower(name), word) {
			return true
		}
	}
	return false
}
