package config

import (
	"slices"

	"go.yaml.in/yaml/v3"

	"github.com/waggle-cti/waggle/feeder/secret"
	"github.com/waggle-cti/waggle/feeder/source"
	"github.com/waggle-cti/waggle/feeder/source/kinds"
	"github.com/waggle-cti/waggle/feeder/strictyaml"
)

// checkSources completes a list of sources and finds what is wrong with it.
// Their files of secrets are looked for from the folder on.
func checkSources(written []source.Spec, doc *strictyaml.Document, folder string) ([]source.Spec, error) {
	specs := slices.Clone(written)
	named := map[string]bool{}
	for i := range specs {
		s := &specs[i]
		token, err := secret.From(s.Token.Reveal(), from(folder, s.TokenFile), "token", "token_file")
		if err != nil {
			return nil, doc.Errorf([]any{"sources", i, "token_file"}, "source %q: %w", s.Name, err)
		}
		s.Token = token
		*s = kinds.Complete(*s)
		if key, err := kinds.Check(*s); err != nil {
			return nil, doc.Errorf([]any{"sources", i, key}, "%w", err)
		}
		if named[s.Name] {
			return nil, doc.Errorf([]any{"sources", i, "name"}, "two sources are called %q: what is known of one would be taken for the other's", s.Name)
		}
		named[s.Name] = true
	}
	return specs, nil
}

// profileSources reads the sources in a profile's text, and whether they are to
// replace those of the profiles it builds on. What else is in it is package
// relevance's to check.
func profileSources(name string, data []byte, folder string) (specs []source.Spec, replace bool, err error) {
	var written struct {
		Sources []source.Spec        `yaml:"sources"`
		Replace []string             `yaml:"replace"`
		Needs   map[string]yaml.Node `yaml:",inline"`
	}
	doc, err := strictyaml.Decode(name, data, &written)
	if err != nil {
		return nil, false, err
	}
	specs, err = checkSources(written.Sources, doc, folder)
	return specs, slices.Contains(written.Replace, "sources"), err
}

// merge puts the own sources behind the shipped ones, or in their place where
// the name is the same.
func merge(shipped, own []source.Spec) []source.Spec {
	all := slices.Clone(shipped)
	for _, s := range own {
		same := func(o source.Spec) bool { return o.Name == s.Name }
		if at := slices.IndexFunc(all, same); at >= 0 {
			all[at] = s
			continue
		}
		all = append(all, s)
	}
	return all
}
