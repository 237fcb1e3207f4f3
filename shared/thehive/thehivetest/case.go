package thehivetest

import "slices"

func (s *Server) getCaseV0(c call) answer {
	return s.withCase(c, func(k *aCase) answer { return answer{status: 200, body: k.v0()} })
}

func (s *Server) getCaseV1(c call) answer {
	return s.withCase(c, func(k *aCase) answer { return answer{status: 200, body: k.v1(s.five)} })
}

func (s *Server) importV0(c call) answer {
	return s.with(c, func(a *alert) answer { return answer{status: 201, body: s.imported(a).v0()} })
}

func (s *Server) importV1(c call) answer {
	return s.with(c, func(a *alert) answer { return answer{status: 201, body: s.imported(a).v1(s.five)} })
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
