package relevance

import (
	"github.com/waggle-cti/waggle/feeder/strictyaml"
)

// needKind says which list of the profile a need comes from.
type needKind int

const (
	productNeed needKind = iota
	vendorNeed
	sectorNeed
	countryNeed
	wordNeed
)

// need is one thing the profile asks for.
type need struct {
	kind   needKind
	name   string // as a reader knows it: "Microsoft Exchange"
	points int    // of a word

	// bare and vendor are set where the phrase is a product's name without its
	// vendor. It counts only as written and where the post names the vendor,
	// too: "Exchange" and "Teams" are words like any other.
	bare, vendor string
}

// needs adds what the profile asks for to found.
func (f *file) needs(doc *strictyaml.Document, found *lexicon[need]) error {
	add := func(n need, text string, path ...any) error {
		if err := phrase(doc, text, path...); err != nil {
			return err
		}
		found.add(text, n)
		return nil
	}
	for i, p := range f.Products {
		if err := p.needs(add, i); err != nil {
			return err
		}
	}
	for i, w := range f.Sectors {
		if err := add(need{kind: sectorNeed, name: w}, w, "sectors", i); err != nil {
			return err
		}
	}
	for i, w := range f.Countries {
		if err := add(need{kind: countryNeed, name: w}, w, "countries", i); err != nil {
			return err
		}
	}
	for i, w := range f.Words {
		if err := add(need{kind: wordNeed, name: w.Word, points: w.Points}, w.Word, "words", i); err != nil {
			return err
		}
	}
	return nil
}

// needs makes a product known by vendor and name together, by its aliases, by
// its bare name, and its vendor by itself.
func (p Product) needs(add func(need, string, ...any) error, i int) error {
	whole := need{kind: productNeed, name: p.Title()}
	if err := add(whole, whole.name, "products", i, "name"); err != nil {
		return err
	}
	for j, alias := range p.Aliases {
		if err := add(whole, alias, "products", i, "aliases", j); err != nil {
			return err
		}
	}
	if p.Vendor == "" || p.Name == "" {
		return nil
	}
	bare := whole
	bare.bare, bare.vendor = p.Name, p.Vendor
	if err := add(bare, p.Name, "products", i, "name"); err != nil {
		return err
	}
	return add(need{kind: vendorNeed, name: p.Vendor}, p.Vendor, "products", i, "vendor")
}
