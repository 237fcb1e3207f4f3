package verdict

import (
	"maps"
	"path"

	"go.yaml.in/yaml/v3"

	"github.com/waggle-cti/waggle/feeder/strictyaml"
	"github.com/waggle-cti/waggle/feeder/waggle"
)

// Read reads the part `verdicts` of a profile's text over the settings of the
// profiles that it builds on. file is the name to use in errors, which say the
// line. What else stands in a profile is package relevance's to check.
func Read(file string, data []byte, below Settings) (Settings, error) {
	var written struct {
		Verdicts struct {
			Weights  map[string]int `yaml:"weights"`
			Severity struct {
				Min string `yaml:"min"`
				Max string `yaml:"max"`
			} `yaml:"severity"`
		} `yaml:"verdicts"`
		Others map[string]yaml.Node `yaml:",inline"`
	}
	doc, err := strictyaml.Decode(file, data, &written)
	if err != nil {
		return Settings{}, err
	}
	out := Settings{Weights: maps.Clone(below.Weights), Severity: below.Severity}
	for pattern, weight := range written.Verdicts.Weights {
		at := []any{"verdicts", "weights", pattern}
		if _, err := path.Match(pattern, ""); err != nil || pattern == "" {
			return Settings{}, doc.Errorf(at, "%q is no pattern of analyzers' names: use * for any text, as in MISP*", pattern)
		}
		if weight < 0 || weight > MaxWeight {
			return Settings{}, doc.Errorf(at, "a weight is between 0 (not heard) and %d, got %d", MaxWeight, weight)
		}
		if out.Weights == nil {
			out.Weights = map[string]int{}
		}
		out.Weights[pattern] = weight
	}
	for _, bound := range []struct {
		key, text string
		into      *waggle.Severity
	}{{"min", written.Verdicts.Severity.Min, &out.Severity.Min}, {"max", written.Verdicts.Severity.Max, &out.Severity.Max}} {
		if bound.text == "" {
			continue
		}
		s, ok := waggle.SeverityOf(bound.text)
		if !ok {
			return Settings{}, doc.Errorf([]any{"verdicts", "severity", bound.key}, "a severity is low, medium, high or critical, not %q", bound.text)
		}
		*bound.into = s
	}
	if out.Severity.Max != 0 && out.Severity.Min > out.Severity.Max {
		return Settings{}, doc.Errorf([]any{"verdicts", "severity"}, "min (%s) is above max (%s)", out.Severity.Min, out.Severity.Max)
	}
	return out, nil
}
