package cortex

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// ItemType is the type of a configuration item, as Cortex' forms know it.
type ItemType string

// The types that Cortex knows; an unknown one would drop all of a worker's items.
const (
	String  ItemType = "string"
	Text    ItemType = "text" // several lines
	Number  ItemType = "number"
	Boolean ItemType = "boolean"
)

// Item is one configuration item. It is read from a field of the worker's
// configuration struct and its tags:
//
//	cortex:"max_age"     the item's name
//	description:"…"      required: Cortex drops all items when one has none
//	default:"30"         the value when the admin sets none
//	required:"true"      no job runs without it
//	secret:"true"        never shown; its name must say key, token, secret or password
//	text:"true"          a string of several lines
//	oneof:"a,b"          the only values that a string may have
//
// The field's type gives the rest: string, bool, int, int64, float64, or a
// slice of one of these for several values. Embedded structs are read too, so
// workers with one BaseConfig can share a struct.
type Item struct {
	Name         string   `json:"name"`
	Description  string   `json:"description"`
	Type         ItemType `json:"type"`
	Multi        bool     `json:"multi"`
	Required     bool     `json:"required"`
	DefaultValue any      `json:"defaultValue,omitempty"`

	Secret bool     `json:"-"`
	OneOf  []string `json:"-"` // empty: any
}

// field is an item and where its value goes.
type field struct {
	Item
	index []int
	def   json.RawMessage // nil if there is no default
}

// fieldsOf reads the configuration items of a struct type.
func fieldsOf(t reflect.Type) ([]field, error) {
	if t.Kind() != reflect.Struct {
		return nil, fmt.Errorf("configuration: %s is not a struct", t)
	}
	var fields []field
	var errs []error
	for _, sf := range reflect.VisibleFields(t) {
		if sf.Anonymous {
			continue
		}
		f, err := fieldOf(sf)
		if err != nil {
			errs = append(errs, fmt.Errorf("configuration: field %s: %w", sf.Name, err))
			continue
		}
		fields = append(fields, f)
	}
	return fields, errors.Join(errs...)
}

func fieldOf(sf reflect.StructField) (field, error) {
	f := field{index: sf.Index}
	f.Name = sf.Tag.Get("cortex")
	if f.Name == "" || !sf.IsExported() {
		return field{}, errors.New(`must be exported and have a cortex:"name" tag`)
	}
	f.Description = sf.Tag.Get("description")
	f.Required = sf.Tag.Get("required") == "true"
	f.Secret = sf.Tag.Get("secret") == "true"
	if values, ok := sf.Tag.Lookup("oneof"); ok {
		f.OneOf = strings.Split(values, ",")
	}

	elem := sf.Type
	if f.Multi = elem.Kind() == reflect.Slice; f.Multi {
		elem = elem.Elem()
	}
	switch elem.Kind() {
	case reflect.String:
		f.Type = String
		if sf.Tag.Get("text") == "true" {
			f.Type = Text
		}
	case reflect.Bool:
		f.Type = Boolean
	case reflect.Int, reflect.Int64, reflect.Float64:
		f.Type = Number
	default:
		return field{}, fmt.Errorf("type %s: must be string, bool, int, int64, float64 or a slice of one of them", sf.Type)
	}
	if text, ok := sf.Tag.Lookup("default"); ok {
		return f, f.setDefault(sf.Type, text)
	}
	return f, nil
}

// setDefault reads the default as a value of the environment would be read,
// so that a wrong one shows in Validate and not in the first job.
func (f *field) setDefault(t reflect.Type, text string) error {
	raw, err := fromEnvironment(f.Item, text)
	if err != nil {
		return err
	}
	v := reflect.New(t).Elem()
	if err := f.assign(v, raw); err != nil {
		return fmt.Errorf("default: %w", err)
	}
	f.def, f.DefaultValue = raw, v.Interface()
	return nil
}

// fromEnvironment gives a text as the JSON value that Cortex would send;
// several values are separated by commas.
func fromEnvironment(i Item, text string) (json.RawMessage, error) {
	if !i.Multi {
		return json.Marshal(text)
	}
	values := []string{}
	for v := range strings.SplitSeq(text, ",") {
		if v = strings.TrimSpace(v); v != "" {
			values = append(values, v)
		}
	}
	return json.Marshal(values)
}

// decode puts the values of a configuration into a struct. An item that is
// missing or null (Cortex sends every unset item as null) gets its default, or
// keeps what the struct held. The error names every item that is wrong and
// never repeats a value, which may be a secret.
func decode(into reflect.Value, fields []field, config map[string]json.RawMessage) error {
	var errs []error
	for _, f := range fields {
		raw := config[f.Name]
		if unset(raw) {
			raw = f.def
		}
		if unset(raw) {
			if f.Required {
				errs = append(errs, fmt.Errorf("%s is not set (%s)", f.Name, f.Description))
			}
			continue
		}
		if err := f.assign(into.FieldByIndex(f.index), raw); err != nil {
			errs = append(errs, fmt.Errorf("%s %w", f.Name, err))
		}
	}
	return joinLine(errs)
}

// joinLine joins errors as errors.Join does, on one line.
func joinLine(errs []error) error {
	if len(errs) == 0 {
		return nil
	}
	texts := make([]string, len(errs))
	for i, err := range errs {
		texts[i] = err.Error()
	}
	return errors.New(strings.Join(texts, "; "))
}

// unset tells whether a value is one of those that Cortex' forms leave for
// "nothing": null, a blank text, an empty list or a list of blanks.
func unset(raw json.RawMessage) bool {
	switch raw = bytes.TrimSpace(raw); {
	case len(raw) == 0, string(raw) == "null":
		return true
	case raw[0] == '"':
		var s string
		return json.Unmarshal(raw, &s) == nil && strings.TrimSpace(s) == ""
	case raw[0] == '[':
		var list []json.RawMessage
		if json.Unmarshal(raw, &list) != nil {
			return false
		}
		for _, v := range list {
			if !unset(v) {
				return false
			}
		}
		return true
	}
	return false
}

func (f field) assign(v reflect.Value, raw json.RawMessage) error {
	if !f.Multi {
		return f.assignOne(v, raw)
	}
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) != nil {
		list = []json.RawMessage{raw} // one value where several may stand
	}
	out := reflect.MakeSlice(v.Type(), 0, len(list))
	for _, r := range list {
		if unset(r) {
			continue
		}
		e := reflect.New(v.Type().Elem()).Elem()
		if err := f.assignOne(e, r); err != nil {
			return err
		}
		out = reflect.Append(out, e)
	}
	v.Set(out)
	return nil
}

// assignOne reads one value, and refuses one that is none of the item's.
func (i Item) assignOne(v reflect.Value, raw json.RawMessage) error {
	if err := assignOne(v, raw, i.Type); err != nil {
		return err
	}
	if len(i.OneOf) > 0 && !slices.Contains(i.OneOf, v.String()) {
		return fmt.Errorf("must be one of %s", strings.Join(i.OneOf, ", "))
	}
	return nil
}

// assignOne reads one value, and takes "5" for 5, "true" for true and 5 for
// "5", since there is no doubt what was meant.
func assignOne(v reflect.Value, raw json.RawMessage, t ItemType) error {
	var parsed any
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	if err := dec.Decode(&parsed); err != nil {
		return errors.New("is not valid JSON")
	}
	text, isText := parsed.(string)
	if n, ok := parsed.(json.Number); ok && t != Boolean {
		text, isText = n.String(), true
	}
	if b, ok := parsed.(bool); ok && t == Boolean {
		text, isText = strconv.FormatBool(b), true
	}
	if !isText {
		return fmt.Errorf("must be a %s, not %s", t, jsonKind(raw))
	}
	return assignText(v, text, t)
}

func assignText(v reflect.Value, text string, t ItemType) error {
	trimmed := strings.TrimSpace(text)
	switch v.Kind() {
	case reflect.Bool:
		switch strings.ToLower(trimmed) {
		case "true":
			v.SetBool(true)
		case "false":
			v.SetBool(false)
		default:
			return errors.New("must be true or false")
		}
	case reflect.Int, reflect.Int64:
		n, err := strconv.ParseInt(trimmed, 10, 64)
		if f, ferr := strconv.ParseFloat(trimmed, 64); err != nil && ferr == nil && f == math.Trunc(f) && math.Abs(f) < 1<<53 {
			n, err = int64(f), nil // 5.0 and 5e3 are whole numbers too
		}
		if err != nil {
			return errors.New("must be a whole number")
		}
		v.SetInt(n)
	case reflect.Float64:
		n, err := strconv.ParseFloat(trimmed, 64)
		if err != nil || math.IsNaN(n) || math.IsInf(n, 0) {
			return errors.New("must be a number")
		}
		v.SetFloat(n)
	default:
		if t == Text {
			trimmed = text
		}
		v.SetString(trimmed)
	}
	return nil
}

// jsonKind names the type of a JSON value as messages show it.
func jsonKind(raw json.RawMessage) string {
	switch raw = bytes.TrimSpace(raw); {
	case len(raw) == 0:
		return "nothing"
	case raw[0] == '{':
		return "an object"
	case raw[0] == '[':
		return "a list"
	case raw[0] == '"':
		return "a string"
	case raw[0] == 't', raw[0] == 'f':
		return "a boolean"
	case raw[0] == 'n':
		return "null"
	}
	return "a number"
}

// validateItems tells which items Cortex would not take.
func validateItems(fields []field) error {
	var errs []error
	seen := map[string]bool{}
	for _, f := range standardFields() {
		seen[f.Name] = true
	}
	for _, f := range fields {
		switch {
		case seen[f.Name]:
			errs = append(errs, fmt.Errorf("item %s stands twice, or is one of Cortex' own", f.Name))
		case strings.TrimSpace(f.Description) == "":
			errs = append(errs, fmt.Errorf("item %s has no description", f.Name))
		case f.Secret && !secretName(f.Name):
			errs = append(errs, fmt.Errorf("item %s is secret: its name must say key, token, secret or password, or Cortex shows it", f.Name))
		case len(f.OneOf) > 0 && f.Type != String:
			errs = append(errs, fmt.Errorf("item %s has a oneof, which only a string may have", f.Name))
		case f.Secret && f.def != nil:
			errs = append(errs, fmt.Errorf("item %s is secret and has a default", f.Name))
		}
		seen[f.Name] = true
	}
	return errors.Join(errs...)
}
