package validate_test

import (
	"bufio"
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// settings are what .env.example holds, with something for every secret.
func settings(t *testing.T) []string {
	t.Helper()
	data, err := os.ReadFile("../.env.example")
	require.NoError(t, err)
	var env []string
	for lines := bufio.NewScanner(bytes.NewReader(data)); lines.Scan(); {
		name, value, isSetting := strings.Cut(lines.Text(), "=")
		switch {
		case !isSetting || strings.HasPrefix(name, "#"):
		case value == "":
			env = append(env, name+"=a-secret")
		default:
			env = append(env, name+"="+value)
		}
	}
	require.NotEmpty(t, env)
	return env
}

// The loader of Compose v2 reads the file strictly, by the schema of the Compose
// specification (https://github.com/compose-spec/compose-spec), and checks that
// all its parts fit each other.
func TestComposeSpecification(t *testing.T) {
	for profiles, services := range map[string]int{"small": 8, "small,socket-proxy": 9, "thehive5": 9, "feeder": 2} {
		t.Run(profiles, func(t *testing.T) {
			options, err := cli.NewProjectOptions([]string{"../compose.yaml"},
				cli.WithEnv(settings(t)), cli.WithProfiles(strings.Split(profiles, ",")))
			require.NoError(t, err)
			project, err := options.LoadProject(t.Context())
			require.NoError(t, err)
			assert.Len(t, project.Services, services)
			for name, service := range project.Services {
				assert.Positive(t, int64(service.MemLimit), "memory limit of %s", name)
			}
		})
	}
}
