package notify

import (
	"fmt"

	"github.com/waggle-cti/waggle/responders/notify/chat"
	"github.com/waggle-cti/waggle/shared/cortex"
	"github.com/waggle-cti/waggle/shared/notice"
)

// What became of a message.
const (
	sent     = "sent"
	told     = "told before"
	withheld = "withheld"
	failed   = "failed"
)

// full is the report.
type full struct {
	Message  string `json:"message"` // what TheHive shows first
	Changed  bool   `json:"changed"` // false: nothing was sent
	TLP      string `json:"tlp"`     // of the message
	Sent     int    `json:"sent"`
	Channels []row  `json:"channels"`
	Note     string `json:"note,omitempty"`
}

// row is a channel. Its address is a secret and not shown.
type row struct {
	Name    string `json:"name"`
	Service string `json:"service"`
	State   string `json:"state"`
	Why     string `json:"why,omitempty"`
}

func newFull(cfg Config, n notice.Notice) *full {
	f := &full{TLP: n.TLP, Channels: []row{}}
	if !cfg.VerifyTLS {
		f.Note = "Certificates were not checked (verify_tls)."
	}
	return f
}

func (f *full) add(c chat.Channel, state, why string) {
	if state == sent {
		f.Sent++
		f.Changed = true
	}
	f.Channels = append(f.Channels, row{c.Name, c.Service.Title, state, why})
}

// remember gives the operations that remember which channels were told.
func (f *full) remember(job *cortex.Job, n notice.Notice) []cortex.Operation {
	var out []cortex.Operation
	for _, r := range f.Channels {
		if r.State == sent {
			out = append(out, notice.Remember(job, n.Tag(r.Name)))
		}
	}
	return out
}

func (f *full) sentence() string {
	count := map[string]int{}
	for _, r := range f.Channels {
		count[r.State]++
	}
	text := fmt.Sprintf("Told %d of %d channels", f.Sent, len(f.Channels))
	if f.Sent == 0 {
		text = "Nothing was sent"
	}
	for _, state := range []string{told, withheld, failed} {
		if count[state] > 0 {
			text += fmt.Sprintf("; %d %s", count[state], state)
		}
	}
	return text + "."
}
