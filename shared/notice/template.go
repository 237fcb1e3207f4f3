package notice

import (
	"errors"
	"fmt"
	"strings"
	"text/template"
	"unicode/utf8"

	"github.com/waggle-cti/waggle/shared/harmless"
	"github.com/waggle-cti/waggle/shared/upstream"
)

// Templates that suit most.
const (
	DefaultTitle = `{{.Severity}} {{.Kind}}{{with .Number}} {{.}}{{end}}: {{with .Subject}}{{.}} in {{end}}{{.Title}}`
	DefaultBody  = `Severity {{.Severity}}, TLP:{{.TLP}}{{with .Owner}}, owner {{.}}{{end}}
{{with .Text}}{{.}}
{{end}}{{range .IoCs}}{{.Type}} {{.Value}}{{with .Message}} ({{.}}){{end}}
{{end}}{{with .More}}and {{.}} more
{{end}}{{with .Link}}{{.}}{{end}}`
)

// maxOutput bounds what a template writes, in bytes.
const maxOutput = 256 << 10

// Template makes the title and the body of a message.
type Template struct{ title, body *template.Template }

// Parse reads two templates (https://pkg.go.dev/text/template) over the fields
// of Notice; an empty one is the default. Each is tried on an empty notice, so
// that a wrong one shows at once. The error's reason is upstream.BadInput.
func Parse(title, body string) (Template, error) {
	var t Template
	var errs error
	read := func(name, text, otherwise string) *template.Template {
		if strings.TrimSpace(text) == "" {
			text = otherwise
		}
		parsed, err := template.New(name).Option("missingkey=error").Parse(text)
		errs = errors.Join(errs, err)
		return parsed
	}
	t.title, t.body = read("title", title, DefaultTitle), read("body", body, DefaultBody)
	if errs == nil {
		_, _, errs = t.Write(Notice{})
	}
	if errs != nil {
		return Template{}, &upstream.Error{Reason: upstream.BadInput, Message: "configuration: " + harmless.Line(errs.Error(), maxTitle),
			Next: "mend the template; it is written as https://pkg.go.dev/text/template says"}
	}
	return t, nil
}

// Write makes a message. The title is one line.
func (t Template) Write(n Notice) (title, body string, err error) {
	var first, second bounded
	if err := t.title.Execute(&first, n); err != nil {
		return "", "", err
	}
	if err := t.body.Execute(&second, n); err != nil {
		return "", "", err
	}
	return strings.Join(strings.Fields(first.String()), " "), strings.TrimSpace(second.String()), nil
}

// bounded is a text that does not grow beyond maxOutput.
type bounded struct{ strings.Builder }

func (b *bounded) Write(p []byte) (int, error) {
	if b.Len()+len(p) > maxOutput {
		return 0, fmt.Errorf("it writes more than %d bytes", maxOutput)
	}
	return b.Builder.Write(p)
}

// Shorten cuts a text to at most limit bytes, between words where it can, and
// says so by an ellipsis. What an escape would be half of goes as well.
func Shorten(text string, limit int) string {
	const ellipsis = "…"
	if len(text) <= limit {
		return text
	}
	cut := max(0, limit-len(ellipsis))
	for cut > 0 && !utf8.RuneStart(text[cut]) {
		cut--
	}
	short := text[:cut]
	if space := strings.LastIndexAny(short, " \n"); space > cut/2 {
		short = short[:space]
	}
	short = strings.TrimRight(short, `\`)
	if entity := strings.LastIndexByte(short, '&'); entity >= 0 && !strings.Contains(short[entity:], ";") {
		short = short[:entity]
	}
	return short + ellipsis
}
