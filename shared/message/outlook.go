package message

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"path"
	"strings"
	"time"

	"golang.org/x/text/encoding/unicode"

	"github.com/waggle-cti/waggle/shared/codepage"
	"github.com/waggle-cti/waggle/shared/compound"
	"github.com/waggle-cti/waggle/shared/rtftext"
)

// The properties of a message that are read, by their ids.
// https://learn.microsoft.com/openspecs/exchange_server_protocols/ms-oxprops
const (
	propSubject       = 0x0037
	propSubmitted     = 0x0039
	propTransport     = 0x007D // the header as it came by the Internet
	propRecipientType = 0x0C15
	propSenderName    = 0x0C1A
	propSenderAddress = 0x0C1F
	propCC            = 0x0E03
	propTo            = 0x0E04
	propDelivered     = 0x0E06
	propBody          = 0x1000
	propHTML          = 0x1013
	propRTF           = 0x1009
	propMessageID     = 0x1035
	propName          = 0x3001
	propAddress       = 0x3003
	propData          = 0x3701
	propShortName     = 0x3704
	propLongName      = 0x3707
	propMedia         = 0x370E
	propContentID     = 0x3712
	propSMTP          = 0x39FE
	propCodePage      = 0x3FDE
	propTextCodePage  = 0x3FFD
	propSenderSMTP    = 0x5D01
)

// The types of properties that are streams of their own.
const (
	typeText    = 0x001E // of a code page
	typeUnicode = 0x001F
	typeBinary  = 0x0102
	typeObject  = 0x000D
)

// outlook is a message as Outlook saves it (.msg): properties as streams, and
// what it consists of as storages.
// https://learn.microsoft.com/openspecs/exchange_server_protocols/ms-oxmsg
type outlook struct {
	*reader
	storages map[string]map[string]compound.Entry // by their path
	order    []string                             // paths, as the file has them
}

// readOutlook reads a .msg file. Other files of its format, such as .doc, are no
// messages.
func (r *reader) readOutlook(data []byte) error {
	entries, err := compound.Open(bytes.NewReader(data))
	o := &outlook{reader: r, storages: map[string]map[string]compound.Entry{}}
	for _, e := range entries {
		in := o.storages[e.Folder]
		if in == nil {
			in = map[string]compound.Entry{}
			o.storages[e.Folder], o.order = in, append(o.order, e.Folder)
		}
		in[e.Name] = e
	}
	if _, is := o.storages[""][propertiesStream]; !is {
		return fmt.Errorf("%w, or a damaged one: %v", ErrNotMessage, err)
	}
	r.message.Header = o.message("", "", "", 0)
	return nil
}

// propertiesStream holds the properties of fixed size.
const propertiesStream = "__properties_version1.0"

// message reads the message of a storage, and gives its header.
func (o *outlook) message(storage, at, within string, depth int) Header {
	body := []Part{
		{Type: "text/plain", Charset: "utf-8", Data: []byte(o.text(storage, propBody))},
		{Type: "text/html", Charset: o.charset(storage, propCodePage), Data: o.bytes(storage, propHTML, typeBinary)},
	}
	if text := o.text(storage, propHTML); len(body[1].Data) == 0 && text != "" {
		body[1].Charset, body[1].Data = "utf-8", []byte(text)
	}
	if len(body[1].Data) == 0 {
		body[1].Charset, body[1].Data = "utf-8", o.rtf(storage)
	}
	n := 0
	for _, p := range body {
		if len(p.Data) > 0 {
			n++
			o.add(p, join(at, n), within)
		}
	}
	for _, one := range o.order {
		if path.Dir("/"+one) == "/"+storage && strings.HasPrefix(path.Base(one), "__attach_version1.0_#") {
			n++
			o.attachment(one, join(at, n), within, depth)
		}
	}
	return o.head(storage)
}

// rtf reads the body that is kept as RTF, as HTML; nothing if there is none.
func (o *outlook) rtf(storage string) []byte {
	packed := o.bytes(storage, propRTF, typeBinary)
	if len(packed) == 0 {
		return nil
	}
	left := o.limits.Bytes - o.reader.bytes
	document, err := rtftext.Decompress(packed, left)
	page := ""
	if err == nil {
		page, err = rtftext.HTML(document, left)
	}
	if err != nil {
		o.note("The body in RTF can't be read: links may be hidden there: %s.", err)
	}
	return []byte(page)
}

// add notes a part, within the limits.
func (o *outlook) add(p Part, at, within string) {
	if o.parts++; o.parts > o.limits.Parts {
		if o.parts == o.limits.Parts+1 {
			o.note("Only the first %d parts were read.", o.limits.Parts)
		}
		return
	}
	p.Path, p.Within, p.Data = at, within, o.decode("", p.Data)
	o.reader.message.Parts = append(o.reader.message.Parts, p)
}

// attachment reads a file that is attached, or a message that is.
func (o *outlook) attachment(storage, at, within string, depth int) {
	inner := path.Join(storage, fmt.Sprintf("__substg1.0_%04X%04X", propData, typeObject))
	switch _, isMessage := o.storages[inner][propertiesStream]; {
	case isMessage && depth >= o.limits.Depth:
		o.note("Parts deeper than %d were not read.", o.limits.Depth)
	case isMessage:
		o.message(inner, at, at, depth+1)
	case o.storages[inner] != nil:
		o.note("An object of OLE that is attached was not read.")
	default:
		p := Part{Type: strings.ToLower(o.text(storage, propMedia)), Disposition: "attachment", Data: o.bytes(storage, propData, typeBinary)}
		p.Filename = firstOf(o.text(storage, propLongName), firstOf(o.text(storage, propShortName), o.text(storage, propName)))
		if p.Type == "" {
			p.Type = "application/octet-stream"
		}
		if o.text(storage, propContentID) != "" {
			p.Disposition = "inline"
		}
		o.add(p, at, within)
	}
}

// head is the header as it came by the Internet; what that lacks, as it does for
// what was sent, is made of the properties.
func (o *outlook) head(storage string) Header {
	h, _ := o.header([]byte(o.text(storage, propTransport)))
	add := func(name, value string) {
		if value != "" && h.Get(name) == "" {
			h = append(h, Field{Name: name, Value: value})
		}
	}
	add("From", mailbox(o.text(storage, propSenderName), o.text(storage, propSenderSMTP), o.text(storage, propSenderAddress)))
	to, cc := o.recipients(storage)
	add("To", firstOf(to, o.text(storage, propTo)))
	add("Cc", firstOf(cc, o.text(storage, propCC)))
	add("Subject", o.text(storage, propSubject))
	for _, id := range []uint16{propSubmitted, propDelivered} {
		add("Date", outlookTime(o.fixed(storage, id)))
	}
	add("Message-ID", o.text(storage, propMessageID))
	return h
}

// recipients are whom it was sent to, and who got a copy.
func (o *outlook) recipients(storage string) (to, cc string) {
	var all [2][]string
	for _, one := range o.order {
		if path.Dir("/"+one) != "/"+storage || !strings.HasPrefix(path.Base(one), "__recip_version1.0_#") {
			continue
		}
		kind := o.fixed(one, propRecipientType)
		if box := mailbox(o.text(one, propName), o.text(one, propSMTP), o.text(one, propAddress)); box != "" && (kind == 1 || kind == 2) {
			all[kind-1] = append(all[kind-1], box)
		}
	}
	return strings.Join(all[0], ", "), strings.Join(all[1], ", ")
}

// mailbox writes a name with an address; within an Exchange server the second has
// one that is no mail address.
func mailbox(name, smtp, other string) string {
	address := smtp
	if address == "" && strings.Contains(other, "@") {
		address = other
	}
	switch {
	case address == "", name == address:
		return name
	case name == "":
		return address
	}
	return fmt.Sprintf("%q <%s>", name, address)
}

// outlookTime writes a time as mail does; it is counted in 100 ns since 1601.
func outlookTime(steps uint64) string {
	const of1970, second = 116444736000000000, 10_000_000
	if steps <= of1970 || steps > 1<<62 {
		return ""
	}
	return time.Unix(int64(steps-of1970)/second, 0).UTC().Format(time.RFC1123Z)
}

func (o *outlook) stream(storage string, id, kind uint16) (compound.Entry, bool) {
	e, is := o.storages[storage][fmt.Sprintf("__substg1.0_%04X%04X", id, kind)]
	return e, is
}

// bytes reads a property; what is damaged is read as far as it goes.
func (o *outlook) bytes(storage string, id, kind uint16) []byte {
	e, is := o.stream(storage, id, kind)
	if !is {
		return nil
	}
	left := o.limits.Bytes - o.reader.bytes
	data, err := e.Read(int64(left) + 1)
	if len(data) > left {
		o.note("Only the first %d bytes of the parts were read.", o.limits.Bytes)
		data = data[:left]
	}
	if err != nil {
		o.note("A property of the message can't be read to its end: %s", err)
	}
	return data
}

// text reads a property that is a text.
func (o *outlook) text(storage string, id uint16) string {
	if raw := o.bytes(storage, id, typeUnicode); len(raw) > 0 {
		text, err := unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM).NewDecoder().Bytes(raw)
		if err == nil {
			return strings.TrimRight(strings.ToValidUTF8(string(text), "\uFFFD"), "\x00")
		}
	}
	return strings.TrimRight(codepage.Text(o.bytes(storage, id, typeText), o.charset("", propTextCodePage)), "\x00")
}

// fixed reads a property of fixed size; 0 is one that is not there.
func (o *outlook) fixed(storage string, id uint16) uint64 {
	e, is := o.storages[storage][propertiesStream]
	if !is {
		return 0
	}
	data, err := e.Read(64 << 10)
	if err != nil {
		return 0
	}
	head := 24 // of a message within another
	switch {
	case storage == "":
		head = 32
	case strings.HasPrefix(path.Base(storage), "__attach") || strings.HasPrefix(path.Base(storage), "__recip"):
		head = 8
	}
	for at := head; at+16 <= len(data); at += 16 {
		if binary.LittleEndian.Uint16(data[at+2:]) == id {
			return binary.LittleEndian.Uint64(data[at+8:])
		}
	}
	return 0
}

// charset is the name of a code page, as far as one is known.
func (o *outlook) charset(storage string, id uint16) string {
	return codepage.Name(int(uint32(o.fixed(storage, id))))
}
