package eml

import (
	"net/mail"
	"strings"
	"time"

	"github.com/waggle-cti/waggle/shared/cortex"
	"github.com/waggle-cti/waggle/shared/harmless"
	"github.com/waggle-cti/waggle/shared/message"
	"github.com/waggle-cti/waggle/shared/pattern"
)

// hop is a server that handed the message on, as the next one tells it.
type hop struct {
	From   string `json:"from,omitempty"`
	IP     string `json:"ip,omitempty"`
	Public bool   `json:"public,omitempty"` // the address is one of the Internet
	By     string `json:"by,omitempty"`
	With   string `json:"with,omitempty"`
	Date   string `json:"date,omitempty"`
	Took   string `json:"took,omitempty"` // since the hop before
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
	f.readHops(h.Hops())
	f.Results = h.Checks(most)
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

// readHops notes the servers, and how long each kept the message.
func (f *full) readHops(hops []message.Hop) {
	var before time.Time
	for _, from := range hops[:min(most, len(hops))] {
		h := hop{From: from.From, By: from.By, With: from.With}
		if from.IP.IsValid() {
			_, private := cortex.PublicAddress(from.IP.String())
			h.IP, h.Public = from.IP.String(), private == nil
		}
		if !from.At.IsZero() {
			h.Date = from.At.UTC().Format("2006-01-02 15:04:05 UTC")
			if !before.IsZero() {
				h.Took = from.At.Sub(before).Round(time.Second).String()
			}
			before = from.At
		}
		f.Hops = append(f.Hops, h)
	}
}
