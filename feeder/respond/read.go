package respond

import (
	"slices"

	"go.yaml.in/yaml/v3"

	"github.com/waggle-cti/waggle/feeder/strictyaml"
)

// Read reads the rules in a profile's text, and puts them before those of the
// profiles that it builds on, which are below; or in their place, where the
// profile replaces its rules. file is the name to use in errors, which say the
// line. What else stands in a profile is package relevance's to check.
func Read(file string, data []byte, below Rules) (Rules, error) {
	var written struct {
		Rules struct {
			Respond []rule               `yaml:"respond"`
			Others  map[string]yaml.Node `yaml:",inline"`
		} `yaml:"rules"`
		CaseTemplate *string              `yaml:"case_template"`
		Replace      []string             `yaml:"replace"`
		Others       map[string]yaml.Node `yaml:",inline"`
	}
	doc, err := strictyaml.Decode(file, data, &written)
	if err != nil {
		return Rules{}, err
	}
	for i, r := range written.Rules.Respond {
		if err := r.check(doc, "rules", "respond", i); err != nil {
			return Rules{}, err
		}
	}
	out := Rules{rules: written.Rules.Respond, CaseTemplate: below.CaseTemplate}
	if !slices.Contains(written.Replace, "rules") {
		out.rules = append(out.rules, below.rules...)
	}
	if written.CaseTemplate != nil {
		out.CaseTemplate = *written.CaseTemplate
	}
	return out, nil
}
