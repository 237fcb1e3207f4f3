package thehivetest

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"slices"
	"strings"
)

// readObservables adds the observables of a new alert. One that TheHive does
// not take undoes the alert; repeated ones, and those without data, are
// dropped silently.
func (s *Server) readObservables(a *alert, list []any) *answer {
	for _, one := range list {
		given, _ := one.(map[string]any)
		read, refused := s.readObservable(given, nil)
		if refused != nil {
			return refused
		}
		for _, o := range read {
			a.observables, _ = hold(a.observables, o)
		}
	}
	return nil
}

// readObservable reads what may be several: data is a value or a list, unless
// a file came along.
func (s *Server) readObservable(given object, file *attachment) ([]*observable, *answer) {
	check := checks{body: given}
	o := observable{dataType: check.text("dataType"), tlp: check.whole("tlp", 2), tags: check.texts("tags"), created: s.now()}
	if refused, failed := check.failed(); failed {
		return nil, &refused
	}
	o.message, _ = given["message"].(string)
	o.ioc, _ = given["ioc"].(bool)
	o.sighted, _ = given["sighted"].(bool)
	o.unalike, _ = given["ignoreSimilarity"].(bool)
	if !slices.Contains(s.types, o.dataType) {
		refused := refusal(404, "NotFoundError", "ObservableType "+o.dataType+" not found")
		return nil, &refused
	}
	if file != nil {
		o.id, o.file = s.id(), file
		return []*observable{&o}, nil
	}
	values, _ := stringList(given["data"])
	if value, ok := given["data"].(string); ok {
		values = []string{value}
	}
	out := make([]*observable, 0, len(values))
	for _, value := range values {
		one := o
		one.id, one.data = s.id(), value
		if o.dataType == "file" {
			file, refused := readFile(value)
			if refused != nil {
				return nil, refused
			}
			one.file, one.data = file, ""
		}
		out = append(out, &one)
	}
	return out, nil
}

// readFile reads "name;contentType;base64".
func readFile(value string) (*attachment, *answer) {
	parts := strings.SplitN(value, ";", 3)
	if len(parts) != 3 {
		refused := refusal(500, "org.thp.scalligraph.InvalidFormatAttributeError",
			"Invalid format for artifacts.data: FString("+value+"), expected filename;contentType;base64value ()")
		return nil, &refused
	}
	data, err := base64.StdEncoding.DecodeString(parts[2])
	if err != nil {
		refused := refusal(400, "IllegalArgument", "Illegal base64 character")
		return nil, &refused
	}
	return attached(parts[0], parts[1], data), nil
}

func attached(name, contentType string, data []byte) *attachment {
	long, middle, short := sha256.Sum256(data), sha1.Sum(data), md5.Sum(data)
	return &attachment{name: name, contentType: contentType, size: len(data), data: data,
		hashes: []string{hex.EncodeToString(long[:]), hex.EncodeToString(middle[:]), hex.EncodeToString(short[:])}}
}

func (s *Server) addV0(c call) answer { return s.addToAlert(c, (*observable).v0) }

func (s *Server) addV1(c call) answer {
	return s.addToAlert(c, func(o *observable) object { return o.v1(s.five) })
}

func (s *Server) addToCaseV0(c call) answer { return s.addToCase(c, (*observable).v0) }

func (s *Server) addToCaseV1(c call) answer {
	return s.addToCase(c, func(o *observable) object { return o.v1(s.five) })
}

// addToAlert adds observables to an alert, and not to the case that it is in.
// An alert that is not there is a missing right.
func (s *Server) addToAlert(c call, show func(*observable) object) answer {
	a := s.alert(c.PathValue("id"))
	if a == nil {
		return refusal(403, "AuthorizationError", "Operation not permitted")
	}
	return s.add(c, &a.observables, show)
}

// addToCase adds observables to a case, which is a permission of its own.
func (s *Server) addToCase(c call, show func(*observable) object) answer {
	k := s.aCase(c.PathValue("id"))
	if k == nil || !c.who.has("manageObservable") {
		return refusal(403, "AuthorizationError", "Operation not permitted")
	}
	return s.add(c, &k.observables, show)
}

// add adds observables to those that are there: 201 and a list, or 207 if there
// was one like any of them.
func (s *Server) add(c call, to *[]*observable, show func(*observable) object) answer {
	read, refused := s.readObservable(c.body, c.file)
	if refused != nil {
		return *refused
	}
	success, failure := []any{}, []any{}
	for _, o := range read {
		held, added := hold(*to, o)
		if !added {
			failure = append(failure, object{"type": "CreateError", "message": "Observable already exists", "object": object{"data": o.data}})
			continue
		}
		*to = held
		success = append(success, show(o))
	}
	if len(failure) > 0 {
		return answer{status: 207, body: object{"success": success, "failure": failure}}
	}
	return answer{status: 201, body: success}
}

func (s *Server) patchObservableV0(c call) answer {
	return s.withObservable(c, func(o *observable) answer {
		if refused := s.patchObservable(o, c); refused != nil {
			return *refused
		}
		return answer{status: 200, body: o.changedV0()}
	})
}

func (s *Server) patchObservableV1(c call) answer {
	return s.withObservable(c, func(o *observable) answer {
		if refused := s.patchObservable(o, c); refused != nil {
			return *refused
		}
		return answer{status: 204}
	})
}

func (s *Server) getObservableV1(c call) answer {
	return s.withObservable(c, func(o *observable) answer { return answer{status: 200, body: o.v1(s.five)} })
}

// download gives the content of a file, which its SHA-256 names.
func (s *Server) download(c call) answer {
	for _, o := range s.everyObservable() {
		if o.file != nil && o.file.hashes[0] == c.PathValue("file") {
			return answer{status: 200, body: string(o.file.data)}
		}
	}
	return refusal(404, "NotFoundError", "Attachment "+c.PathValue("file")+" not found")
}

func (s *Server) deleteObservable(c call) answer {
	s.forget(c.PathValue("id"))
	return answer{status: 204}
}

func (s *Server) forget(id string) {
	named := func(o *observable) bool { return o.id == id }
	for _, a := range s.alerts {
		a.observables = slices.DeleteFunc(a.observables, named)
	}
	for _, k := range s.cases {
		k.observables = slices.DeleteFunc(k.observables, named)
	}
}

func (s *Server) patchObservable(o *observable, c call) *answer {
	check := checks{body: c.body}
	if _, ok := c.body["tags"]; ok {
		o.tags = check.texts("tags")
	}
	if ioc, ok := c.body["ioc"].(bool); ok {
		o.ioc = ioc
	}
	if message, ok := c.body["message"].(string); ok {
		o.message = message
	}
	if refused, failed := check.failed(); failed {
		return &refused
	}
	o.updated = s.now()
	return nil
}

// Mark gives an observable another TLP, as an analyst does.
func (s *Server) Mark(id string, tlp int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, o := range s.everyObservable() {
		if o.id == id {
			o.tlp = tlp
		}
	}
}

// everyObservable gives those of all alerts and cases.
func (s *Server) everyObservable() []*observable {
	var all []*observable
	for _, a := range s.alerts {
		all = append(all, a.observables...)
	}
	for _, k := range s.cases {
		all = append(all, k.observables...)
	}
	return all
}

// withObservable finds the observable that a call is about.
func (s *Server) withObservable(c call, do func(*observable) answer) answer {
	for _, o := range s.everyObservable() {
		if o.id == c.PathValue("id") {
			return do(o)
		}
	}
	return refusal(404, "NotFoundError", "Observable not found")
}
