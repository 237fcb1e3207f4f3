package misp

import (
	"cmp"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/waggle-cti/waggle/shared/ioc"
)

// add puts an observable into an event: as one attribute, or an object.
func (o Observable) add(e *Event, p Policy) {
	if o.File != nil {
		o.addFile(e, p)
		return
	}
	i := o.indicator()
	a := o.attribute(i)
	o.dress(&a, p)
	if object, ok := o.object(i, a, e.UUID, p); ok {
		e.Objects = append(e.Objects, object)
	} else {
		e.Attributes = append(e.Attributes, a)
	}
}

// indicator reads the observable's value, with what its tags say belongs to it.
// Its kind is "" where the value does not fit the data type.
func (o Observable) indicator() ioc.Indicator {
	if i, ok := ioc.Tagged(o.Tags, o.DataType, o.Data); ok {
		return i.Beside(o.Tags)
	}
	i, ok := ioc.Parse(o.Data)
	if host, port, err := net.SplitHostPort(strings.TrimSpace(o.Data)); !ok && err == nil {
		i, _ = ioc.Parse(host)
		return o.fitting(i.Beside([]string{ioc.PortTag(port)}))
	}
	if typ := hashType(o.Data); o.DataType == "hash" && typ != "" {
		i = ioc.Indicator{Kind: ioc.Kind(typ), Value: strings.ToLower(o.Data)}
	}
	return o.fitting(i.Beside(o.Tags))
}

// fitting is the indicator if its kind is one of the observable's data type.
func (o Observable) fitting(i ioc.Indicator) ioc.Indicator {
	if kind := ioc.KindOf(o.DataType); kind != "" && kind != i.Kind {
		return ioc.Indicator{}
	}
	return i
}

// attribute gives the observable as one attribute, of a composite type where
// something belongs to the value.
func (o Observable) attribute(i ioc.Indicator) Attribute {
	a := FromObservable(o.DataType, o.Data)
	if tagged, ok := ioc.Tagged(o.Tags, o.DataType, o.Data); ok {
		a = ofKind(tagged.Kind, tagged.Value)
	}
	if i.Port > 0 || i.With != "" {
		a.Type, a.Category, a.Value = i.MISP()
		a.ToIDS = true
	}
	return a
}

// dress gives an attribute what the observable says beside the value.
func (o Observable) dress(a *Attribute, p Policy) {
	a.Comment, a.Tags, a.FirstSeen = o.comment(p), o.tags(p), o.Seen
	a.ToIDS = a.ToIDS && (p.ToIDS == DetectAll || p.ToIDS == DetectIOCs && o.IOC)
}

// object gives the object of an indicator whose attribute is a, where the
// policy wants one.
func (o Observable) object(i ioc.Indicator, a Attribute, event string, p Policy) (Object, bool) {
	switch {
	case i.Kind == ioc.Technique && slices.Contains([]string{ObjectsFiles, ObjectsAll}, p.Objects):
		return techniqueTemplate().object(event, i.Value, a.as("id")), true
	case p.Objects != ObjectsAll:
		return Object{}, false
	}
	switch {
	case i.Kind == ioc.URL:
		return urlTemplate().object(event, a.Value, append([]Attribute{a.as("url")}, urlParts(a.Value)...)...), true
	case i.Kind == ioc.Domain:
		return hostTemplate().object(event, a.Value, hostParts(i, a)...), true
	case i.Kind == ioc.IP:
		a.Type, a.Value = "ip-dst", i.Value
		return addressTemplate().object(event, i.Value+port(i.Port), append([]Attribute{a.as("ip-dst")}, portOf("dst-port", port(i.Port))...)...), true
	case a.Type == "vulnerability":
		return vulnerabilityTemplate().object(event, a.Value, a.as("id")), true
	case a.Type == "weakness":
		return weaknessTemplate().object(event, a.Value, a.as("id")), true
	}
	return Object{}, false
}

// hostParts are the attributes of a host's object: the host, and its address
// and port where they are known.
func hostParts(i ioc.Indicator, a Attribute) []Attribute {
	a.Type, _ = i.Kind.MISP(i.Value)
	a.Value = i.Value
	out := []Attribute{a.as(a.Type)}
	if i.With != "" {
		ip := a
		ip.Type, ip.Value = "ip-dst", i.With
		out = append(out, ip.as("ip"))
	}
	return append(out, portOf("port", port(i.Port))...)
}

// urlParts are a URL's host and port, to be found and correlated by; the URL
// alone is for detection.
func urlParts(address string) []Attribute {
	u, err := url.Parse(address)
	if err != nil {
		return nil
	}
	var out []Attribute
	if i, ok := ioc.Parse(u.Hostname()); ok && (i.Kind == ioc.Domain || i.Kind == ioc.IP) {
		typ, category := i.Kind.MISP(i.Value)
		relation := map[string]string{"domain": "domain", "hostname": "host", "ip-dst": "ip"}[typ]
		out = append(out, Attribute{Type: typ, Category: category, Value: i.Value, Relation: relation})
	}
	return append(out, portOf("port", u.Port())...)
}

func portOf(relation, port string) []Attribute {
	if port = strings.TrimPrefix(port, ":"); port == "" {
		return nil
	}
	return []Attribute{{Type: "port", Category: "Network activity", Value: port, Relation: relation}}
}

// port writes a port as it stands behind an address; "" for none.
func port(number uint16) string {
	if number == 0 {
		return ""
	}
	return ":" + strconv.Itoa(int(number))
}

// addFile puts a file into the event: as an object of its name and digests, or
// attributes of both.
func (o Observable) addFile(e *Event, p Policy) {
	sample := p.Samples && o.IOC && o.File.Read != nil
	if p.Objects != ObjectsFiles && p.Objects != ObjectsAll && !sample {
		for _, a := range FromFile(o.File.Name, o.File.Hashes) {
			o.dress(&a, p)
			e.Attributes = append(e.Attributes, a)
		}
		return
	}
	name := cmp.Or(strings.TrimSpace(o.File.Name), "file")
	about, md5 := name, ""
	var attributes []Attribute
	for _, hash := range o.File.Hashes {
		typ := hashType(hash)
		if typ == "" {
			continue
		}
		a := Attribute{Type: typ, Category: "Payload delivery", Value: hash, ToIDS: true}
		o.dress(&a, p)
		if attributes = append(attributes, a.as(typ)); len(attributes) == 1 {
			about = strings.ToLower(hash)
		}
		if typ == "md5" {
			md5 = strings.ToLower(hash)
		}
	}
	attributes = append(attributes, Attribute{Type: "filename", Category: "Payload delivery", Value: name, Relation: "filename"})
	object := fileTemplate().object(e.UUID, about, attributes...)
	e.Objects = append(e.Objects, object)
	if sample && md5 != "" {
		e.Samples = append(e.Samples, Sample{Object: object, Name: withoutBar(name), MD5: md5, Read: o.File.Read})
	}
}
