// Package lists gathers warninglists, from wherever they are kept, and compiles
// them into the file that the feeder reads.
//
// A place is a folder (a checkout of https://github.com/MISP/misp-warninglists,
// or lists of one's own in the same form), an archive of one (.zip, .tar.gz), a
// single list.json, the address of an archive, or a MISP.
package lists

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/google/renameio/v2"

	"github.com/waggle-cti/waggle/shared/fetch"
	"github.com/waggle-cti/waggle/shared/knownbenign"
	"github.com/waggle-cti/waggle/shared/misp"
)

// File is the compiled file's name, in the folder of the feeder's data.
const File = "lists.bin"

// Getter fetches public addresses; *fetch.Client is one.
type Getter interface {
	Get(ctx context.Context, r fetch.Request) (*fetch.Response, error)
}

// Server is a MISP that has lists; *misp.Client is one.
type Server interface {
	Warninglists(ctx context.Context) ([]misp.Warninglist, error)
}

// Options say where lists come from and what they mean.
type Options struct {
	From   []string // places: a path, an http or https URL, or "misp"
	Benign []string // names of lists whose entries are harmless, as their owner knows
	Getter Getter   // for URLs
	MISP   Server   // for "misp"; nil: none is configured
}

// MISP is the place that means the configured MISP.
const MISP = "misp"

// LeftOut is a list that is not in the compiled file, and why.
type LeftOut struct {
	Name string // or the file's, where the list tells none
	Why  error
}

// Update compiles the lists and puts the file in the place of the one at path,
// all at once; see Current for a feeder that reads the old one. If a place
// cannot be read, or has no list, nothing is changed.
func Update(ctx context.Context, path string, o Options) (compiled []knownbenign.List, left []LeftOut, err error) {
	g := &gathering{Options: o, compiler: knownbenign.NewCompiler()}
	for _, place := range o.From {
		before := g.seen
		if err := g.place(ctx, place); err != nil {
			return nil, nil, fmt.Errorf("%s: %w", place, err)
		}
		if g.seen == before {
			return nil, nil, fmt.Errorf("%s: no list was found: give a folder or an archive with files named list.json in it", place)
		}
	}
	if err := g.vouched(); err != nil {
		return nil, nil, err
	}
	if len(g.compiler.Lists()) == 0 {
		return nil, g.left, fmt.Errorf("no list can be used, so nothing was changed; the first: %s: %w", g.left[0].Name, g.left[0].Why)
	}
	data, err := g.compiler.Bytes(time.Now(), strings.Join(o.From, ", "))
	if err != nil {
		return nil, nil, err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return nil, nil, err
	}
	if err := install(path, data); err != nil {
		return nil, nil, fmt.Errorf("writing the compiled lists: %w", err)
	}
	return g.compiler.Lists(), g.left, nil
}

// install writes a compiled file beside the one at path, reads it back, and only
// then puts it in its place: who opens it later relies on that.
func install(path string, data []byte) error {
	file, err := renameio.NewPendingFile(path, renameio.WithPermissions(0o644))
	if err != nil {
		return err
	}
	defer file.Cleanup()
	if _, err := file.Write(data); err != nil {
		return err
	}
	written, err := knownbenign.Open(file.Name())
	if err != nil {
		return err
	}
	if err := errors.Join(written.Verify(), written.Close()); err != nil {
		return err
	}
	return file.CloseAtomicallyReplace()
}

// gathering is what was gathered so far.
type gathering struct {
	Options
	compiler *knownbenign.Compiler
	seen     int
	left     []LeftOut
}

func (g *gathering) place(ctx context.Context, place string) error {
	switch {
	case place == MISP:
		return g.server(ctx)
	case strings.HasPrefix(place, "https://"), strings.HasPrefix(place, "http://"):
		answer, err := g.Getter.Get(ctx, fetch.Request{URL: place, Accept: "*/*"})
		if err != nil {
			return err
		}
		return g.archive(ctx, answer.Body)
	}
	about, err := os.Stat(place)
	if err != nil {
		return err
	}
	if about.IsDir() {
		return g.folder(ctx, place)
	}
	if about.Size() > MaxArchive {
		return tooLarge(place, MaxArchive)
	}
	data, err := os.ReadFile(place)
	if err != nil {
		return err
	}
	return g.archive(ctx, data)
}

// server takes the lists that are enabled in MISP: its administrators chose
// them.
func (g *gathering) server(ctx context.Context) error {
	if g.MISP == nil {
		return errors.New("no MISP is configured: set misp.url and the key, see waggle.example.yaml")
	}
	lists, err := g.MISP.Warninglists(ctx)
	if err != nil {
		return err
	}
	if len(lists) == 0 {
		return errors.New("no warninglist is enabled there: enable some in MISP, under Input Filters, Warninglists")
	}
	for _, l := range lists {
		g.add(l.Name, knownbenign.Warninglist{
			Name: l.Name, Version: l.Version, Match: knownbenign.Match(l.Type), Attributes: l.Attributes, Entries: l.Entries, Category: l.Category,
		}, nil)
	}
	return nil
}

// file takes a list.json.
func (g *gathering) file(name string, data []byte) {
	w, err := knownbenign.Parse(data)
	g.add(cmp.Or(w.Name, name), w, err)
}

func (g *gathering) add(name string, w knownbenign.Warninglist, err error) {
	g.seen++
	w.Benign = slices.Contains(g.Benign, w.Name)
	if err == nil {
		_, err = g.compiler.Add(w)
	}
	if err != nil {
		g.left = append(g.left, LeftOut{name, err})
	}
}

// vouched refuses names under Benign that no list has: a slip of the pen there
// would go unseen.
func (g *gathering) vouched() error {
	for _, name := range g.Benign {
		if !slices.ContainsFunc(g.compiler.Lists(), func(l knownbenign.List) bool { return l.Name == name }) {
			return fmt.Errorf("no list is named %q: give the name that its list.json tells", name)
		}
	}
	return nil
}
