package thehivetest

import (
	"bytes"
	"io"
	"mime"
	"mime/multipart"
)

// parts takes a multipart request apart, as observables with a file are sent:
// its JSON stands in the part "_json", the file in "attachment", or in "templates"
// where a zip of report templates is sent. Of any other
// request the body is the JSON.
func parts(contentType string, raw []byte) (body []byte, file *attachment, wrong *answer) {
	kind, parameters, err := mime.ParseMediaType(contentType)
	if err != nil || kind != "multipart/form-data" {
		return raw, nil, nil
	}
	reader := multipart.NewReader(bytes.NewReader(raw), parameters["boundary"])
	for {
		part, err := reader.NextPart()
		if err == io.EOF {
			return body, file, nil
		}
		if err != nil {
			refused := refusal(400, "BadRequest", "Unexpected end of input")
			return nil, nil, &refused
		}
		content, _ := io.ReadAll(part) // which is in memory
		switch part.FormName() {
		case "_json":
			body = content
		case "attachment", "templates":
			file = attached(part.FileName(), part.Header.Get("Content-Type"), content)
		}
	}
}
