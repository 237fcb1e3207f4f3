package thehivetest

import (
	"slices"
	"time"
)

// createV0 is POST /api/alert of TheHive 4.1.
func (s *Server) createV0(c call) answer {
	check := checks{body: c.body}
	a := s.readAlert(&check, c.login)
	if refused, failed := check.failed(); failed {
		return refused
	}
	if list, ok := c.body["artifacts"].([]any); ok {
		if refused := s.readObservables(a, list); refused != nil {
			return *refused
		}
	}
	fields, refused := s.customFields(c.body["customFields"])
	if refused != nil {
		return *refused
	}
	a.fields = fields
	return s.commit(a, func() any { return a.v0() })
}

// createV1 is POST /api/v1/alert. TheHive 4.1 needs a date, and ignores
// observables in whatever field, and customFields.
func (s *Server) createV1(c call) answer {
	check := checks{body: c.body}
	a := s.readAlert(&check, c.login)
	given := c.body["customFields"]
	if !s.five {
		given = c.body["customFieldValue"]
		if _, ok := c.body["date"]; !ok {
			check.missing("date")
		}
	}
	if refused, failed := check.failed(); failed {
		return refused
	}
	if list, ok := c.body["observables"].([]any); ok && s.five {
		if refused := s.readObservables(a, list); refused != nil {
			return *refused
		}
	}
	fields, refused := s.customFields(given)
	if refused == nil && s.five {
		a.techniques, refused = s.procedures(c.body["procedures"])
	}
	if refused != nil {
		return *refused
	}
	a.fields = fields
	return s.commit(a, func() any { return a.v1(s.five) })
}

// procedures reads the techniques that come with an alert of TheHive 5. The
// answer is set when one is refused.
func (s *Server) procedures(v any) ([]string, *answer) {
	var out []string
	given, _ := v.([]any)
	for _, one := range given {
		o, _ := one.(map[string]any)
		id := text(o["patternId"])
		if !slices.Contains(s.options.Techniques, id) || text(o["occurDate"]) == "" {
			a := refusal(404, "NotFoundError", "Pattern "+id+" not found")
			return nil, &a
		}
		out = append(out, id)
	}
	return out, nil
}

// readAlert reads the fields that both versions of the API have. What is off
// its scale is stored as it comes.
func (s *Server) readAlert(c *checks, login string) *alert {
	now := s.now()
	a := &alert{
		typ: c.text("type"), source: c.text("source"), ref: c.text("sourceRef"), title: c.text("title"), description: c.text("description"),
		severity: c.whole("severity", 2), date: c.date("date", now), tags: c.texts("tags"), tlp: c.whole("tlp", 2), pap: c.whole("pap", 2),
		created: now, follow: true, createdBy: login,
	}
	a.link, _ = c.body["externalLink"].(string)
	return a
}

// commit stores a new alert, after TheHive's check for duplicates and the time
// that it takes; nothing guards what happens in between.
func (s *Server) commit(a *alert, show func() any) answer {
	if s.alert(a.key()) != nil {
		return refusal(400, "CreateError", "Alert "+a.typ+":"+a.source+":"+a.ref+" already exist in organisation "+Organisation)
	}
	if s.options.Slow > 0 {
		s.mu.Unlock()
		time.Sleep(s.options.Slow)
		s.mu.Lock()
	}
	a.id = s.id()
	s.alerts = append(s.alerts, a)
	return answer{status: 201, body: show()}
}

func (s *Server) getV0(c call) answer {
	return s.with(c, func(a *alert) answer { return answer{status: 200, body: a.v0()} })
}

func (s *Server) getV1(c call) answer {
	return s.with(c, func(a *alert) answer { return answer{status: 200, body: a.v1(s.five)} })
}

func (s *Server) patchV0(c call) answer {
	return s.with(c, func(a *alert) answer {
		if refused := s.patch(a, c); refused != nil {
			return *refused
		}
		return answer{status: 200, body: a.v0()}
	})
}

func (s *Server) patchV1(c call) answer {
	return s.with(c, func(a *alert) answer {
		if refused := s.patch(a, c); refused != nil {
			return *refused
		}
		return answer{status: 204}
	})
}

func (s *Server) deleteV0(c call) answer {
	return s.with(c, func(a *alert) answer {
		for i, held := range s.alerts {
			if held == a {
				s.alerts = append(s.alerts[:i:i], s.alerts[i+1:]...)
			}
		}
		return answer{status: 204}
	})
}

// deleteV1 wants a permission of its own.
func (s *Server) deleteV1(c call) answer {
	if refused, ok := c.may("manageAlert/delete"); !ok {
		return refused
	}
	return s.deleteV0(c)
}

// set makes a call that changes one thing of an alert.
func (s *Server) set(change func(*alert)) func(call) answer {
	return func(c call) answer {
		return s.with(c, func(a *alert) answer {
			change(a)
			a.updated, a.updatedBy = s.now(), c.login
			return answer{status: 200, body: a.v0()}
		})
	}
}

// with finds the alert that a call is about.
func (s *Server) with(c call, do func(*alert) answer) answer {
	if a := s.alert(c.PathValue("id")); a != nil {
		return do(a)
	}
	return refusal(404, "NotFoundError", "Alert not found")
}
