package misptest

import (
	"crypto/md5"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/tidwall/gjson"
)

// fileTemplate is the one template that the server has installed, with its version.
const (
	fileTemplate        = "688c46fb-5edb-40a3-8273-1af7923e2215"
	fileTemplateVersion = "25"
)

// addObject is POST /objects/add/{id}. Attributes are looked at first: one bad
// one, and nothing is saved.
func (s *Server) addObject(c call) answer {
	e, refused := s.own(c, "You do not have permission to do that.")
	if refused != nil {
		return *refused
	}
	given := unwrapped(c.body, "Object")
	refuse := func(text string) answer {
		return unsaved("add Object", "/objects/add", "Object could not be saved.\n"+text)
	}
	for _, one := range given.Get("Attribute").Array() {
		a, problems := s.readAttribute(one)
		if len(problems) > 0 {
			raw, _ := json.Marshal(problems)
			told := unsaved("add object", "/objects/add/"+e.id+"/", fmt.Sprintf("Could not save object as at least one attribute has failed validation (%s). %s", a.relation, raw))
			told.body.(object)["id"] = e.id + "/"
			return told
		}
	}
	installed := given.Get("template_uuid").String() == fileTemplate && given.Get("template_version").String() == fileTemplateVersion
	for _, field := range []string{"name", "meta-category", "description", "template_uuid", "template_version"} {
		if !installed && given.Get(field).String() == "" {
			return refuse("template: No valid template found and object lacking template information. (" + field + ")")
		}
	}
	if id := given.Get("uuid").String(); id != "" && s.taken(id) {
		return refuse("uuid: The UUID provided is not unique")
	}
	o := s.newObject(e, given)
	if o.description == "" {
		o.description = "File object describing a file with meta-information"
	}
	for _, one := range given.Get("Attribute").Array() {
		a, _ := s.readAttribute(one)
		s.store(e, o, a, nil)
	}
	e.published = false
	return answer{status: 200, body: object{"Object": s.addedObject(e, o)}}
}

// addedObject is an object as the answer to its addition shows it.
func (s *Server) addedObject(e *event, o *mispObject) object {
	show := s.showObject(e, o, false)
	delete(show, "ObjectReference")
	show["description"] = o.description
	list := []object{}
	for _, a := range o.attributes {
		list = append(list, a.added())
	}
	show["Attribute"] = list
	return show
}

// pack makes a sample of the file that comes with an attribute: MISP puts it
// into an archive, and its MD5 behind its name.
func (a *attribute) pack(given gjson.Result) {
	content, err := base64.StdEncoding.DecodeString(given.Get("data").String())
	if err != nil || len(content) == 0 {
		return
	}
	a.data = given.Get("data").String()
	if given.Get("encrypt").Exists() {
		name, _, _ := strings.Cut(a.raw, "|")
		sum := md5.Sum(content)
		a.raw = name + "|" + hex.EncodeToString(sum[:])
	}
}
