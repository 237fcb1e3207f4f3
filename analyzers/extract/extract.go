// Package extract is the command `extract`: it prints the values that texts
// hold, one JSON object a line.
package extract

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/waggle-cti/waggle/shared/ioc"
	"github.com/waggle-cti/waggle/shared/knownbenign"
	"github.com/waggle-cti/waggle/shared/pdftext"
)

// maxWhole bounds a file that is read whole, HTML or PDF, in bytes; text may be
// of any length.
const maxWhole = 256 << 20

// maxHead is how much of a file's beginning tells whether it may be HTML or PDF.
const maxHead = 512

// maxDoc bounds one line of a file of documents, in bytes.
const maxDoc = 64 << 20

// outBuffer is how much output is written at a time, in bytes.
const outBuffer = 64 << 10

// Command gives `extract [FILE…]`. Each file, or standard input, is one
// document; with --docs a file holds many, as lines {"doc","text"}. HTML is
// and PDF are told from plain text by their first bytes. Only indicators are printed, with
// --all also references and benign values.
func Command() *cobra.Command {
	var all bool
	var docs, lists string
	c := &cobra.Command{
		Use:   "extract [FILE…]",
		Short: "Print the indicators that texts hold, one JSON object a line",
		Long: "Reads files (text, HTML, PDF), or standard input, and prints the indicators of compromise in them, one JSON object a line:\n" +
			"doc (the file), type, value (refanged, normalised), raw and start/end (as it stood), role, confidence, why,\n" +
			"and what stands beside it: port, with (the name of a hash's file, the address of a host).",
		Example: "  analyzers extract report.html\n  curl -s https://example.com/post | analyzers extract --all\n" +
			"  analyzers extract --docs posts.jsonl\n  analyzers extract --all --lists lists.bin report.html",
		SilenceUsage: true,
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			known, err := openLists(lists)
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, known.Close()) }()
			out := bufio.NewWriterSize(cmd.OutOrStdout(), outBuffer)
			p := printer{ctx: cmd.Context(), out: out, all: all, lists: known}
			err = p.run(cmd.InOrStdin(), docs, args)
			if e := out.Flush(); err == nil && e != nil {
				err = fmt.Errorf("extract: writing the output: %w", e)
			}
			return err
		},
	}
	c.Flags().BoolVar(&all, "all", false, "print references and benign values too, with their role")
	c.Flags().StringVar(&lists, "lists", "", "known-benign lists to ask beside the built-in one, compiled by 'feeder lists update'")
	c.Flags().StringVar(&docs, "docs", "", `read documents from this file, lines {"doc","text"} ("-" for standard input)`)
	return c
}

// openLists opens compiled lists and checks them; without a path there are none.
func openLists(path string) (*knownbenign.Lists, error) {
	if path == "" {
		return nil, nil
	}
	lists, err := knownbenign.Open(path)
	if err == nil {
		err = lists.Verify()
	}
	if err != nil {
		return nil, fmt.Errorf("extract: the lists: %w", errors.Join(err, lists.Close()))
	}
	return lists, nil
}

type printer struct {
	ctx   context.Context // of the one run that a printer is made for
	out   *bufio.Writer
	all   bool
	lists *knownbenign.Lists // nil: the built-in one alone
}

func (p printer) run(stdin io.Reader, docs string, files []string) error {
	if docs != "" {
		if err := withFile(docs, stdin, p.documents); err != nil {
			return err
		}
		if len(files) == 0 {
			return nil
		}
	}
	if len(files) == 0 {
		files = []string{"-"}
	}
	for _, f := range files {
		if err := withFile(f, stdin, p.file); err != nil {
			return err
		}
	}
	return nil
}

// withFile opens the file, "-" being standard input, and hands it on.
func withFile(name string, stdin io.Reader, do func(name string, r io.Reader) error) error {
	if name == "-" {
		return do("stdin", stdin)
	}
	f, err := os.Open(name)
	if err != nil {
		return fmt.Errorf("extract: %w", err)
	}
	defer f.Close()
	return do(name, f)
}

// file prints the values of one file.
func (p printer) file(name string, r io.Reader) error {
	in := bufio.NewReader(r)
	head, _ := in.Peek(maxHead) // what is wrong with the reader shows below
	media := http.DetectContentType(head)
	isPDF := media == "application/pdf"
	if !isPDF && !strings.HasPrefix(media, "text/html") {
		return p.stream(name, in)
	}
	b, err := io.ReadAll(io.LimitReader(in, maxWhole+1))
	if err != nil {
		return fmt.Errorf("extract: reading %s: %w", name, err)
	}
	if len(b) > maxWhole {
		return fmt.Errorf("extract: %s is an HTML or PDF file larger than %d MB: split it", name, maxWhole>>20)
	}
	if isPDF {
		return p.pdf(name, b)
	}
	return p.print(name, string(b))
}

// pdf prints the values of a PDF file. Where a limit is reached those before it
// are printed, and the error says so.
func (p printer) pdf(name string, data []byte) error {
	text, err := pdftext.Text(p.ctx, data, pdftext.Limits{})
	if err != nil {
		err = fmt.Errorf("extract: %s: %w", name, err)
	}
	return errors.Join(p.print(name, text), err)
}

// stream prints the values of a text of any length.
func (p printer) stream(name string, r io.Reader) error {
	var failed error
	err := ioc.FindReader(r, ioc.Options{Known: ioc.KnownBy(p.lists)}, func(i ioc.Indicator) bool {
		failed = p.line(name, i)
		return failed == nil
	})
	if failed != nil {
		return failed
	}
	if err != nil {
		return fmt.Errorf("extract: %s: %w", name, err)
	}
	return nil
}

// documents prints the values of each document in a file of lines.
func (p printer) documents(name string, r io.Reader) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 64<<10), maxDoc)
	for n := 1; lines.Scan(); n++ {
		if len(bytes.TrimSpace(lines.Bytes())) == 0 {
			continue
		}
		d, err := readDocument(lines.Bytes())
		if err != nil {
			return fmt.Errorf("extract: %s line %d is no {\"doc\",\"text\"} object: %w", name, n, err)
		}
		if err := p.print(d.Doc, d.Text); err != nil {
			return err
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("extract: reading %s: %w", name, err)
	}
	return nil
}

func (p printer) print(doc, text string) error {
	find := ioc.Find
	if ioc.IsHTML(text) {
		find = ioc.FindHTML
	}
	for _, i := range find(text, ioc.Options{Known: ioc.KnownBy(p.lists)}) {
		if err := p.line(doc, i); err != nil {
			return err
		}
	}
	return nil
}

// line prints one value, if it is wanted.
func (p printer) line(doc string, i ioc.Indicator) error {
	if !p.all && i.Role != ioc.Attack {
		return nil
	}
	i.NoteLists(p.lists)
	if _, err := p.out.Write(appendLine(p.out.AvailableBuffer(), doc, &i)); err != nil {
		return fmt.Errorf("extract: writing the output: %w", err)
	}
	return nil
}
