// Package openapi describes JSON answers as OpenAPI 3.1 from the Go types they
// are made of, so that description and answer cannot part.
// https://spec.openapis.org/oas/v3.1.0
package openapi

import (
	"reflect"
	"strings"
	"time"
)

// Route is one address that answers GET with JSON.
type Route struct {
	Path    string // "/api/v1/post/{ref}"
	Summary string
	Query   []Parameter
	Answer  any // a value of the type that is answered
	Writes  []Write
}

// Write is another method of a route's address, which takes JSON and needs a
// token of its own.
type Write struct {
	Method  string // "POST"
	Summary string
	Body    any // values of the types that are sent and answered
	Answer  any
}

// Parameter is one of a route's filters. One with an example is required.
type Parameter struct{ Name, About, Example string }

// object is a JSON object of the document.
type object = map[string]any

// Document describes the routes.
func Document(title, version string, routes []Route) map[string]any {
	s := schemas{}
	paths := object{}
	for _, r := range routes {
		paths[r.Path] = object{"get": object{
			"summary": r.Summary, "parameters": parameters(r),
			"responses": object{
				"200": answer("The answer.", s.of(reflect.TypeOf(r.Answer))),
				"400": answer("A filter is not understood.", object{"$ref": "#/components/schemas/Error"}),
				"404": answer("There is nothing at this address.", object{"$ref": "#/components/schemas/Error"}),
			},
		}}
	}
	for _, r := range routes {
		for _, w := range r.Writes {
			paths[r.Path].(object)[strings.ToLower(w.Method)] = s.write(w)
		}
	}
	s["Error"] = object{"type": "object", "properties": object{"error": object{"type": "string"}}, "required": []string{"error"}}
	return object{
		"openapi": "3.1.0", "info": object{"title": title, "version": version}, "paths": paths,
		"components": object{"schemas": s, "securitySchemes": object{"token": object{"type": "http", "scheme": "bearer"}}},
		"security":   []object{{"token": []string{}}, {}},
	}
}

func (s schemas) write(w Write) object {
	refused := object{"$ref": "#/components/schemas/Error"}
	return object{
		"summary":     w.Summary,
		"requestBody": object{"required": true, "content": object{"application/json": object{"schema": s.of(reflect.TypeOf(w.Body))}}},
		"responses": object{
			"200": answer("The answer.", s.of(reflect.TypeOf(w.Answer))),
			"400": answer("The body is not understood.", refused),
			"401": answer("The token is missing or another.", refused),
		},
		"security": []object{{"token": []string{}}},
	}
}

func answer(about string, schema object) object {
	return object{"description": about, "content": object{"application/json": object{"schema": schema}}}
}

func parameters(r Route) []object {
	all := []object{}
	for part := range strings.SplitSeq(r.Path, "/") {
		if strings.HasPrefix(part, "{") {
			all = append(all, object{"name": strings.Trim(part, "{}"), "in": "path", "required": true, "schema": object{"type": "string"}})
		}
	}
	for _, p := range r.Query {
		filter := object{"name": p.Name, "in": "query", "description": p.About, "schema": object{"type": "string"}}
		if p.Example != "" {
			filter["required"], filter["example"] = true, p.Example
		}
		all = append(all, filter)
	}
	return all
}

// schemas are the structs by name.
type schemas object

// of is the schema of a type; a struct's is a reference.
func (s schemas) of(t reflect.Type) object {
	switch t {
	case reflect.TypeFor[time.Time]():
		return object{"type": "string", "format": "date-time"}
	case reflect.TypeFor[time.Duration]():
		return object{"type": "integer", "description": "nanoseconds"}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return s.of(t.Elem())
	case reflect.String:
		return object{"type": "string"}
	case reflect.Bool:
		return object{"type": "boolean"}
	case reflect.Float32, reflect.Float64:
		return object{"type": "number"}
	case reflect.Slice, reflect.Array:
		return object{"type": "array", "items": s.of(t.Elem())}
	case reflect.Map:
		return object{"type": "object", "additionalProperties": s.of(t.Elem())}
	case reflect.Struct:
		return s.structure(t)
	}
	return object{"type": "integer"}
}

func (s schemas) structure(t reflect.Type) object {
	name := path(t)
	if _, known := s[name]; !known {
		s[name] = object{} // it may hold itself
		properties := object{}
		required := []string{}
		s.fields(t, properties, &required)
		s[name] = object{"type": "object", "properties": properties, "required": required}
	}
	return object{"$ref": "#/components/schemas/" + name}
}

// path is the type's name with its package's, since two packages may have the
// same name.
func path(t reflect.Type) string {
	return strings.ReplaceAll(t.String(), ".", "_")
}

// fields adds a struct's fields as encoding/json writes them.
func (s schemas) fields(t reflect.Type, properties object, required *[]string) {
	for f := range t.Fields() {
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case f.Anonymous && name == "":
			s.fields(f.Type, properties, required)
		case f.IsExported() && name != "-":
			if name == "" {
				name = f.Name
			}
			properties[name] = s.of(f.Type)
			if !strings.Contains(options, "omit") {
				*required = append(*required, name)
			}
		}
	}
}
