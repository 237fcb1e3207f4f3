package main

import (
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/waggle-cti/waggle/feeder/pipeline"
)

// names collects the names of the metrics that are registered.
type names map[string]bool

func (n names) Register(c prometheus.Collector) error {
	found := make(chan *prometheus.Desc, 16)
	go func() {
		c.Describe(found)
		close(found)
	}()
	for desc := range found {
		n[regexp.MustCompile(`fqName: "([^"]+)"`).FindStringSubmatch(desc.String())[1]] = true
	}
	return nil
}

func (n names) MustRegister(...prometheus.Collector) {}

func (n names) Unregister(prometheus.Collector) bool { return false }

// TestMonitoringNamesMetricsThatAre keeps dashboard and rules from asking for
// what the feeder does not tell.
func TestMonitoringNamesMetricsThatAre(t *testing.T) {
	told := names{}
	require.NoError(t, pipeline.NewMetrics().Register(told, nil))

	var queries []string
	var dashboard struct {
		Panels []struct {
			Title, Description string
			Targets            []struct{ Expr string }
		}
	}
	text, err := os.ReadFile("../monitoring/grafana-dashboard.json")
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(text, &dashboard))
	for _, p := range dashboard.Panels {
		assert.NotEmpty(t, p.Description, p.Title)
		require.NotEmpty(t, p.Targets, p.Title)
		for _, target := range p.Targets {
			queries = append(queries, target.Expr)
		}
	}

	var rules struct {
		Groups []struct {
			Rules []struct {
				Alert       string            `yaml:"alert"`
				Expr        string            `yaml:"expr"`
				For         string            `yaml:"for"`
				Labels      map[string]string `yaml:"labels"`
				Annotations map[string]string `yaml:"annotations"`
			} `yaml:"rules"`
		} `yaml:"groups"`
	}
	text, err = os.ReadFile("../monitoring/prometheus-alerts.yaml")
	require.NoError(t, err)
	require.NoError(t, yaml.Unmarshal(text, &rules))
	for _, r := range rules.Groups[0].Rules {
		assert.NotEmpty(t, r.Annotations["summary"], r.Alert)
		assert.NotEmpty(t, r.Annotations["description"], r.Alert)
		assert.NotEmpty(t, r.Labels["severity"], r.Alert)
		queries = append(queries, r.Expr)
	}

	named := map[string]bool{}
	for _, q := range queries {
		for _, name := range regexp.MustCompile(`waggle_[a-z_]+`).FindAllString(q, -1) {
			for _, part := range []string{"_bucket", "_sum", "_count"} {
				name = strings.TrimSuffix(name, part)
			}
			named[name] = true
			assert.True(t, told[name], "%s in %s", name, q)
		}
	}
	for name := range told {
		assert.True(t, named[name], "nobody looks at %s", name)
	}
}
