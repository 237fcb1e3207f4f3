package cortex

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/spf13/cobra"
	"golang.org/x/net/html"
)

// WriteTemplates writes the zip that TheHive imports report templates from:
// <Name_1_0>/long.html for each worker that brings one, and nothing else, since
// TheHive would take any other file for a template. The same workers give the
// same bytes.
func WriteTemplates(to io.Writer, workers []*Worker) error {
	z := zip.NewWriter(to)
	for _, w := range workers {
		if w.LongTemplate == "" {
			continue
		}
		f, err := z.CreateHeader(&zip.FileHeader{
			Name: w.ID() + "/long.html", Method: zip.Deflate,
			Modified: time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC), // zip's first day
		})
		if err != nil {
			return err
		}
		if _, err := io.WriteString(f, w.LongTemplate); err != nil {
			return err
		}
	}
	return z.Close()
}

func templatesCommand(workers []*Worker) *cobra.Command {
	var path string
	c := &cobra.Command{
		Use: "templates", Short: "write the report templates for TheHive as a zip", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if !slices.ContainsFunc(workers, func(w *Worker) bool { return w.Kind == Analyzer }) {
				return errors.New("no worker here has a template: TheHive shows none for responders")
			}
			if path == "-" {
				return WriteTemplates(c.OutOrStdout(), workers)
			}
			f, err := os.Create(path)
			if err != nil {
				return failed{exitError, err}
			}
			if err := WriteTemplates(f, workers); err != nil {
				f.Close()
				return failed{exitError, fmt.Errorf("%s: %w", path, err)}
			}
			return f.Close()
		},
	}
	c.Flags().StringVarP(&path, "output", "o", "", "the zip to write; - is the standard output")
	_ = c.MarkFlagRequired("output")
	return c
}

// checkTemplate refuses what a report template must not hold. TheHive runs
// scripts and event handlers in templates, over values that come from
// strangers; and a template must show on a network without the Internet. It
// also reads a template in the character set of its machine's locale, and does
// not take one that holds more than ASCII where that is POSIX'.
func checkTemplate(text string) error {
	if i := strings.IndexFunc(text, func(r rune) bool { return r > unicode.MaxASCII }); i >= 0 {
		r, _ := utf8.DecodeRuneInString(text[i:])
		return fmt.Errorf("template: %q is not ASCII; write &#%[1]d;", r)
	}
	z := html.NewTokenizer(strings.NewReader(text))
	for {
		switch z.Next() {
		case html.ErrorToken:
			if z.Err() == io.EOF {
				return nil
			}
			return fmt.Errorf("template: %w", z.Err())
		case html.StartTagToken, html.SelfClosingTagToken:
			if err := checkTag(z.Token()); err != nil {
				return fmt.Errorf("template: %w", err)
			}
		}
	}
}

func checkTag(t html.Token) error {
	switch t.Data {
	case "script", "iframe", "object", "embed", "link", "base", "meta", "form":
		return fmt.Errorf("<%s> is not allowed", t.Data)
	}
	for _, a := range t.Attr {
		name := strings.TrimPrefix(strings.TrimPrefix(strings.ToLower(a.Key), "data-"), "x-")
		value := strings.ToLower(strings.TrimSpace(a.Val))
		switch {
		case strings.HasPrefix(name, "on"):
			return fmt.Errorf("%s on <%s> is a script", a.Key, t.Data)
		case name == "ng-bind-html", name == "ng-include", name == "ng-bind-html-unsafe", name == "srcdoc":
			return fmt.Errorf("%s on <%s> takes raw HTML", a.Key, t.Data)
		case (name == "src" || name == "ng-src" || name == "srcset" || name == "background" || name == "poster") && !strings.HasPrefix(value, "data:image/"):
			return fmt.Errorf("%s on <%s> loads something from elsewhere", a.Key, t.Data)
		case (name == "href" || name == "ng-href") && strings.HasPrefix(value, "javascript:"):
			return fmt.Errorf("%s on <%s> is a script", a.Key, t.Data)
		case strings.Contains(value, "url(") || strings.Contains(value, "$sce"):
			return fmt.Errorf("%s on <%s> loads something from elsewhere, or trusts raw HTML", a.Key, t.Data)
		}
	}
	return nil
}
