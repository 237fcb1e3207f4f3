package thehivetest

import (
	"slices"
	"strings"
	"time"

	"github.com/waggle-cti/waggle/shared/thehive"
)

func (s *Server) getCaseV0(c call) answer {
	return s.withCase(c, func(k *aCase) answer { return answer{status: 200, body: k.v0()} })
}

func (s *Server) getCaseV1(c call) answer {
	return s.withCase(c, func(k *aCase) answer { return answer{status: 200, body: k.v1(s.five)} })
}

func (s *Server) importV0(c call) answer { return s.promote(c, (*aCase).v0) }

func (s *Server) importV1(c call) answer {
	return s.promote(c, func(k *aCase) object { return k.v1(s.five) })
}

// promote makes a case of an alert, with a template if one is named.
func (s *Server) promote(c call, show func(*aCase) object) answer {
	return s.with(c, func(a *alert) answer {
		template, named := c.body["caseTemplate"].(string)
		if named && !slices.Contains(s.options.CaseTemplates, template) {
			return refusal(404, "NotFoundError", "CaseTemplate "+template+" not found")
		}
		return answer{status: 201, body: show(s.imported(a))}
	})
}

// patchCase changes a case's tags and custom fields; 204 without a body. TheHive
// 4.1 takes each field as "customFields.x", 5 an object of those to set.
func (s *Server) patchCase(c call) answer {
	return s.withCase(c, func(k *aCase) answer {
		check := checks{body: c.body}
		tags := k.tags
		if _, ok := c.body["tags"]; ok {
			tags = check.texts("tags")
		}
		if refused, failed := check.failed(); failed {
			return refused
		}
		if refused := s.patchCaseFields(k, c); refused != nil {
			return *refused // and nothing is changed
		}
		k.tags = tags
		k.updated = s.now()
		return answer{status: 204}
	})
}

func (s *Server) patchCaseFields(k *aCase, c call) *answer {
	given := object{}
	for name, value := range c.body {
		if one, ok := strings.CutPrefix(name, "customFields."); ok && !s.five {
			given[one] = value
		}
	}
	if all, ok := c.body["customFields"].(map[string]any); ok && s.five {
		given = all
	}
	fields, refused := s.customFields(given)
	for _, f := range fields {
		k.fields = replace(k.fields, f)
	}
	return refused
}

// Cases gives all cases without their observables, oldest first.
func (s *Server) Cases() []thehive.Case {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]thehive.Case, 0, len(s.cases))
	for _, k := range s.cases {
		out = append(out, thehive.Case{ID: k.id, Number: k.number, Title: k.title, Description: k.description, Severity: k.severity,
			TLP: k.tlp, PAP: k.pap, Status: "Open", Closed: k.resolution != "", Tags: slices.Clone(k.tags), Fields: public(k.fields), Created: time.UnixMilli(k.created).UTC()})
	}
	return out
}

// imported makes a case of an alert, once.
func (s *Server) imported(a *alert) *aCase {
	if held := s.aCase(a.caseID); held != nil {
		return held
	}
	k := &aCase{id: s.id(), number: len(s.cases) + 1, title: a.title, description: a.description, severity: a.severity, tlp: a.tlp, pap: a.pap,
		tags: slices.Clone(a.tags), created: s.now(), fields: slices.Clone(a.fields)}
	for _, o := range a.observables {
		copied := *o
		copied.id = s.id()
		k.observables = append(k.observables, &copied)
	}
	s.cases = append(s.cases, k)
	a.caseID, a.read, a.updated = k.id, true, s.now()
	return k
}

// withCase finds the case that a call is about.
func (s *Server) withCase(c call, do func(*aCase) answer) answer {
	if k := s.aCase(c.PathValue("id")); k != nil {
		return do(k)
	}
	return refusal(404, "NotFoundError", "Case not found")
}
