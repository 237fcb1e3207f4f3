package upstream

import (
	"iter"

	"github.com/tidwall/gjson"
)

// Fields reads an object of JSON whose service is not strict about it: a number
// may come as text, a field under one of several names, and nothing as null,
// "", {} or not at all. What is not of the kind asked for counts as nothing.
// The names are gjson's paths (https://github.com/tidwall/gjson/blob/master/SYNTAX.md).
type Fields struct{ object gjson.Result }

// Fields returns the body's object. What is not JSON has no fields.
func (r *Response) Fields() Fields { return ReadFields(r.Body) }

// ReadFields reads an object of JSON that did not come by this package's
// client. What is not JSON has no fields.
func ReadFields(text []byte) Fields { return Fields{parse(text)} }

// Text gives the first of the names that holds a text or a number; "" if none does.
func (f Fields) Text(names ...string) string {
	for _, name := range names {
		if v := f.object.Get(name); v.Type != gjson.JSON && v.String() != "" {
			return v.String()
		}
	}
	return ""
}

// Number gives the first of the names that holds a whole number other than 0,
// as a number or as text; 0 if none does.
func (f Fields) Number(names ...string) int64 {
	for _, name := range names {
		if v := f.object.Get(name); v.Type != gjson.JSON && v.Int() != 0 {
			return v.Int()
		}
	}
	return 0
}

// Texts gives the texts in a list, or the one text that stands in its place;
// numbers and empty ones are left out.
func (f Fields) Texts(name string) []string {
	var out []string
	for _, one := range f.object.Get(name).Array() {
		if one.Type == gjson.String && one.String() != "" {
			out = append(out, one.String())
		}
	}
	return out
}

// Numbers gives the whole numbers other than 0 in a list, written as numbers or
// as text.
func (f Fields) Numbers(name string) []int64 {
	var out []int64
	for _, one := range f.object.Get(name).Array() {
		if n := one.Int(); one.Type != gjson.JSON && n != 0 {
			out = append(out, n)
		}
	}
	return out
}

// List gives the objects in a list.
func (f Fields) List(name string) []Fields {
	var out []Fields
	if list := f.object.Get(name); list.IsArray() {
		for _, one := range list.Array() {
			if one.IsObject() {
				out = append(out, Fields{one})
			}
		}
	}
	return out
}

// Map gives an object whose values are texts, such as {"list":"listed"}.
func (f Fields) Map(name string) map[string]string {
	out := map[string]string{}
	f.object.Get(name).ForEach(func(key, value gjson.Result) bool {
		if value.Type != gjson.JSON && value.String() != "" && key.Type == gjson.String {
			out[key.String()] = value.String()
		}
		return true
	})
	return out
}

// Members gives the members of an object that are objects, by name, such as
// {"engine":{"result":"clean"}}; of a member that is a list, the objects in it,
// each under the member's name.
func (f Fields) Members(name string) iter.Seq2[string, Fields] {
	return func(yield func(string, Fields) bool) {
		f.object.Get(name).ForEach(func(key, value gjson.Result) bool {
			if key.Type != gjson.String {
				return false // a list has no names
			}
			for _, one := range value.Array() { // an object is a list of itself
				if one.IsObject() && !yield(key.String(), Fields{one}) {
					return false
				}
			}
			return true
		})
	}
}
