package eml

import (
	"net/mail"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/waggle-cti/waggle/shared/cortex"
	"github.com/waggle-cti/waggle/shared/harmless"
	"github.com/waggle-cti/waggle/shared/message"
	"github.com/waggle-cti/waggle/shared/pattern"
)

// hop is a server that handed the message on, as the next one tells it in
// Received (RFC 5321, 4.4).
type hop struct {
	From   string `json:"from,omitempty"`
	IP     string `json:"ip,omitempty"`
	Public bool   `json:"public,omitempty"` // the address is one of the Internet
	By     string `json:"by,omitempty"`
	With   string `json:"with,omitempty"`
	Date   string `json:"date,omitempty"`
	Took   string `json:"took,omitempty"` // since the hop before
}

// result is what a server found of the sender (RFC 8601), or the filter of SPF
// (RFC 7208, 9.1).
type result struct {
	Server string `json:"server,omitempty"`
	Method string `json:"method"` // spf, dkim, dmarc, arc …
	Result string `json:"result"` // pass, fail, softfail, none …
	Detail string `json:"detail,omitempty"`
}

// readHeader notes what the header says.
func (f *full) readHeader(h message.Header) {
	text := func(name string) string { return harmless.Cut(h.Decoded(name), mostText) }
	f.Subject, f.From, f.ReplyTo, f.To, f.CC = text("Subject"), text("From"), text("Reply-To"), text("To"), text("Cc")
	f.ReturnPath, f.Date, f.MessageID, f.Mailer = text("Return-Path"), text("Date"), text("Message-ID"), text("X-Mailer")
	if f.Mailer == "" {
		f.Mailer = text("User-Agent")
	}
	f.Sender = address(h.Get("From"))
	for _, one := range h[:min(2*most, len(h))] {
		f.Headers = append(f.Headers, field{one.Name, harmless.Cut(one.Decoded(), mostText)})
	}
	f.readHops(h.All("Received"))
	for _, name := range []string{"Authentication-Results", "ARC-Authentication-Results"} {
		for _, value := range h.All(name) {
			f.readResults(value)
		}
	}
	for _, value := range h.All("Received-SPF") {
		said, detail, _ := strings.Cut(strings.TrimSpace(value), " ")
		f.addResult(result{Method: "spf", Result: strings.ToLower(said), Detail: detail})
	}
	f.judgeSender(h)
}

// address gives the mail address in a field; "" if there is none to be read.
func address(field string) string {
	if one, err := mail.ParseAddress(field); err == nil {
		return strings.ToLower(one.Address)
	}
	if all := addresses().FindAllString(field, -1); len(all) > 0 {
		return strings.ToLower(all[len(all)-1]) // behind the name
	}
	return ""
}

var addresses = pattern.New(`[A-Za-z0-9._%+=-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+`)

func domain(address string) string { return address[strings.LastIndexByte(address, '@')+1:] }

// judgeSender looks for a sender that is not who it shows.
func (f *full) judgeSender(h message.Header) {
	if len(h.All("From")) > 1 {
		f.find(cortex.Suspicious, "two senders", "The message has more than one From: programs show the one or the other.", "")
	}
	name, _, _ := strings.Cut(f.From, "<")
	if shown := address(name); shown != "" && f.Sender != "" && domain(shown) != domain(f.Sender) {
		f.find(cortex.Suspicious, "sender shows another address", "The sender's name is an address of another domain than the sender's.", f.From)
	}
	if reply := address(f.ReplyTo); reply != "" && f.Sender != "" && domain(reply) != domain(f.Sender) {
		f.find(cortex.Info, "replies go elsewhere", "Replies go to another domain than the sender's.", reply)
	}
	for _, one := range f.Results {
		failed := one.Result == "fail" || one.Result == "softfail" || one.Result == "permerror"
		switch {
		case one.Method == "dmarc" && one.Result == "fail":
			f.find(cortex.Suspicious, "DMARC failed", "A server says that the message is not from the domain that it shows.", one.Server)
		case failed && (one.Method == "spf" || one.Method == "dkim") && one.Server != "": // Received-SPF names none, and says it again
			f.find(cortex.Info, strings.ToUpper(one.Method)+" failed", "A server says that this check of the sender failed; mail that is passed on fails it, too.", one.Server)
		}
	}
}

// The parts of Received. They are what servers write, which is not always what
// the RFC says.
var (
	receivedFrom = pattern.New(`(?i)^\s*from\s+(\S{1,255})`)
	receivedBy   = pattern.New(`(?i)\bby\s+(\S{1,255})`)
	receivedWith = pattern.New(`(?i)\bwith\s+(\S{1,60})`)
	bracketed    = pattern.New(`\[(?:IPv6:)?([0-9A-Fa-f:.]{2,45})\]`)
	plain        = pattern.New(`\(([0-9A-Fa-f:.]{2,45})\)`)
)

// readHops notes the servers, of which the last stands first.
func (f *full) readHops(received []string) {
	slices.Reverse(received)
	if len(received) > most {
		received = received[:most]
	}
	var before time.Time
	for _, line := range received {
		h := hop{From: group(receivedFrom, line), By: group(receivedBy, line), With: group(receivedWith, line)}
		sender, _, _ := strings.Cut(line, " by ")
		for _, written := range []pattern.Pattern{bracketed, plain} {
			if ip, err := netip.ParseAddr(group(written, sender)); err == nil && h.IP == "" {
				_, private := cortex.PublicAddress(ip.String())
				h.IP, h.Public = ip.String(), private == nil
			}
		}
		if i := strings.LastIndexByte(line, ';'); i >= 0 {
			if at, err := mail.ParseDate(strings.TrimSpace(line[i+1:])); err == nil {
				h.Date = at.UTC().Format("2006-01-02 15:04:05 UTC")
				if took := at.Sub(before); !before.IsZero() {
					h.Took = took.Round(time.Second).String()
				}
				before = at
			}
		}
		f.Hops = append(f.Hops, h)
	}
}

func group(written pattern.Pattern, text string) string {
	if found := written().FindStringSubmatch(text); found != nil {
		return strings.Trim(found[1], ";,")
	}
	return ""
}

// comments are what a server adds in words, one level deep.
var comments = pattern.New(`\([^()]*\)`)

// readResults notes what a server found: "server; spf=pass smtp.mailfrom=…; …".
func (f *full) readResults(value string) {
	parts := strings.Split(comments().ReplaceAllString(value, " "), ";")
	server := strings.TrimSpace(parts[0])
	if strings.HasPrefix(server, "i=") && len(parts) > 1 { // ARC counts its sets (RFC 8617)
		parts = parts[1:]
		server = strings.TrimSpace(parts[0])
	}
	server, _, _ = strings.Cut(server, " ") // a version may follow
	for _, part := range parts[1:] {
		words := strings.Fields(part)
		if len(words) == 0 {
			continue
		}
		method, said, ok := strings.Cut(words[0], "=")
		if ok && method != "" {
			f.addResult(result{Server: server, Method: strings.ToLower(method), Result: strings.ToLower(said), Detail: strings.Join(words[1:], " ")})
		}
	}
}

func (f *full) addResult(one result) {
	one.Server, one.Method, one.Result, one.Detail = harmless.Cut(one.Server, 255), harmless.Cut(one.Method, 60), harmless.Cut(one.Result, 60), harmless.Cut(one.Detail, mostText)
	if len(f.Results) < most && !slices.Contains(f.Results, one) {
		f.Results = append(f.Results, one)
	}
}
