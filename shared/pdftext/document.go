package pdftext

import (
	"bytes"
	"compress/zlib"
	"encoding/ascii85"
	"fmt"
	"io"
	"slices"
)

// place is where an object lies: in the file, or in a decompressed stream of it.
type place struct {
	in []byte
	at int
}

// stream is a dictionary with data behind it.
type stream struct {
	dict
	raw []byte
}

// document is a file whose objects have been found. They are parsed when asked
// for: most belong to what is not read.
type document struct {
	budget    *budget
	objects   map[ref]place
	fonts     map[ref]*font
	catalog   dict
	encrypted bool
}

// open finds a file's objects. Where a number is used twice the later object
// counts, as files are changed by writing behind their end.
func open(data []byte, b *budget) *document {
	d := &document{budget: b, objects: map[ref]place{}, fonts: map[ref]*font{}}
	for at := 0; ; {
		i := bytes.Index(data[at:], []byte("obj"))
		if i < 0 {
			break
		}
		at += i + len("obj")
		if id, ok := numberBefore(data[:at-len("obj")]); ok {
			at = d.found(id, place{data, at})
		}
	}
	if i := bytes.LastIndex(data, []byte("trailer")); i >= 0 {
		p := parser{data, i + len("trailer"), b}
		trailer, _ := p.value(0).(dict)
		d.sees(trailer)
	}
	return d
}

// numberBefore reads the object number of "12 0 " from its end.
func numberBefore(in []byte) (ref, bool) {
	in = in[max(0, len(in)-40):]
	rest := bytes.TrimRight(in, " \t\r\n")
	generation := bytes.TrimRight(rest, "0123456789")
	number := bytes.TrimRight(generation, " \t\r\n")
	before := bytes.TrimRight(number, "0123456789")
	if len(generation) == len(rest) || len(number) == len(generation) || len(number) == len(before) {
		return 0, false
	}
	var id ref
	for _, c := range number[max(len(before), len(number)-9):] {
		id = id*10 + ref(c-'0')
	}
	return id, true
}

// found notes an object, reads it if it holds others, and gives where it ends.
func (d *document) found(id ref, where place) int {
	d.objects[id] = where
	v, end := d.parse(where)
	switch v := v.(type) {
	case dict:
		d.sees(v)
	case stream:
		d.sees(v.dict)
		if v.dict["Type"] == name("ObjStm") {
			d.unpack(v)
		}
	}
	return end
}

// sees notes what a dictionary says of the whole file.
func (d *document) sees(v dict) {
	if v["Type"] == name("Catalog") {
		d.catalog = v
	}
	if v["Encrypt"] != nil && v["Root"] != nil {
		d.encrypted = true
	}
}

// unpack notes the objects in an object stream (7.5.7).
func (d *document) unpack(s stream) {
	data, ok := d.decode(s)
	first := int(number(s.dict["First"]))
	if !ok || first < 0 || first > len(data) {
		return
	}
	for head := (parser{data[:first], 0, d.budget}); ; {
		id, ok1 := head.value(0).(float64)
		offset, ok2 := head.value(0).(float64)
		if !ok1 || !ok2 {
			return
		}
		if at := first + int(offset); at >= first && at < len(data) {
			d.objects[ref(id)] = place{data, at}
			p := parser{data, at, d.budget}
			if v, ok := p.value(0).(dict); ok {
				d.sees(v)
			}
		}
	}
}

// parse reads the object at a place and gives where it ends.
func (d *document) parse(where place) (any, int) {
	p := parser{where.in, where.at, d.budget}
	v := p.value(0)
	header, ok := v.(dict)
	end := p.at
	if !ok || p.value(0) != word("stream") {
		return v, end
	}
	data := where.in[p.at:]
	data = bytes.TrimPrefix(bytes.TrimPrefix(data, []byte("\r")), []byte("\n"))
	from := len(where.in) - len(data)
	size := len(data)
	if n, ok := header["Length"].(float64); ok && n >= 0 && int(n) <= size && bytes.HasPrefix(bytes.TrimLeft(data[int(n):], "\r\n "), []byte("endstream")) {
		size = int(n)
	} else if i := bytes.Index(data, []byte("endstream")); i >= 0 {
		size = i
	}
	d.budget.spend(size >> 10)
	return stream{header, data[:size]}, from + size
}

// get follows a reference. A few in a row are followed, not a circle of them.
func (d *document) get(v any) any {
	for range 5 {
		id, ok := v.(ref)
		if !ok {
			return v
		}
		where, ok := d.objects[id]
		if !ok {
			return nil
		}
		v, _ = d.parse(where)
	}
	return nil
}

// dict gives the dictionary that v is or refers to, a stream's too; else an empty one.
func (d *document) dict(v any) dict {
	switch v := d.get(v).(type) {
	case dict:
		return v
	case stream:
		return v.dict
	}
	return nil
}

// list gives the list that v is or refers to, else none. Its entries count each time,
// because what goes through one may be asked for once a word of the page.
func (d *document) list(v any) []any {
	list, _ := d.get(v).([]any)
	d.budget.spend(len(list))
	return list
}

func number(v any) float64 {
	n, _ := v.(float64)
	return n
}

// data gives the decoded data of the stream that v refers to; none where there is
// none that can be decoded.
func (d *document) data(v any) []byte {
	s, ok := d.get(v).(stream)
	if !ok {
		return nil
	}
	data, _ := d.decode(s)
	return data
}

// decode undoes a stream's filters (7.4). What a damaged stream gives up to the
// damage is used.
func (d *document) decode(s stream) ([]byte, bool) {
	data := s.raw
	filters := d.get(s.dict["Filter"])
	list, ok := filters.([]any)
	if !ok && filters != nil {
		list = []any{filters}
	}
	params := d.get(s.dict["DecodeParms"])
	if p, ok := params.([]any); ok && len(p) > 0 {
		params = p[0]
	}
	if number(d.dict(params)["Predictor"]) > 1 || len(list) > 4 {
		return nil, false
	}
	for _, f := range list {
		var in io.Reader
		switch d.get(f) {
		case name("FlateDecode"), name("Fl"):
			z, err := zlib.NewReader(bytes.NewReader(data))
			if err != nil {
				return nil, false
			}
			in = z
		case name("ASCII85Decode"), name("A85"):
			data, _, _ = bytes.Cut(data, []byte("~"))
			in = ascii85.NewDecoder(bytes.NewReader(data))
		case name("ASCIIHexDecode"), name("AHx"):
			data, _, _ = bytes.Cut(data, []byte(">"))
			in = bytes.NewReader(unhex(data))
		default:
			return nil, false
		}
		data = d.readAll(in)
	}
	if len(list) == 0 {
		data = d.readAll(bytes.NewReader(data))
	}
	return data, true
}

// readAll reads what counts as decoded.
func (d *document) readAll(in io.Reader) []byte {
	most := d.budget.limits.Decoded - d.budget.decoded
	data, _ := io.ReadAll(io.LimitReader(in, int64(most)+1)) // an error is the damage
	if len(data) > most {
		panic(stop{fmt.Errorf("%w: its streams hold more than %d bytes", ErrLimit, d.budget.limits.Decoded)})
	}
	d.budget.decoded += len(data)
	d.budget.spend(len(data) >> 8)
	return data
}

// page is a page with the resources that it may have from above.
type page struct {
	dict
	resources any
}

// pages gives the pages in order (7.7.3); where the tree of them is damaged,
// those that there are by their numbers.
func (d *document) pages() []page {
	var out []page
	seen := map[ref]bool{}
	var walk func(v, resources any, depth int)
	walk = func(v, resources any, depth int) {
		id, isRef := v.(ref)
		if !isRef || seen[id] || depth > maxDepth || len(out) > d.budget.limits.Pages {
			return
		}
		seen[id] = true
		node := d.dict(v)
		if node == nil {
			return
		}
		if r := node["Resources"]; r != nil {
			resources = r
		}
		kids := d.list(node["Kids"])
		if kids == nil && node["Type"] != name("Pages") {
			out = append(out, page{node, resources})
		}
		for _, kid := range kids {
			walk(kid, resources, depth+1)
		}
	}
	walk(d.catalog["Pages"], nil, 0)
	if len(out) > 0 {
		return out
	}
	var ids []ref
	for id := range d.objects {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for _, id := range ids {
		if v := d.dict(id); v["Type"] == name("Page") {
			out = append(out, page{v, v["Resources"]})
		}
	}
	return out
}

// links writes where the page's links lead (12.6.4.7), a line each: what the text
// shows of a link may be something else.
func (d *document) links(p page, out *layout) {
	for _, a := range d.list(p.dict["Annots"]) {
		action := d.dict(d.dict(a)["A"])
		if to, ok := d.get(action["URI"]).(string); ok && action["S"] == name("URI") {
			out.write("\n" + clean(to))
			out.started = true
		}
	}
}
