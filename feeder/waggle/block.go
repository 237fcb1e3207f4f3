package waggle

import (
	"time"

	"github.com/waggle-cti/waggle/shared/ioc"
)

// Block is a value that firewalls and DNS filters are to keep out.
type Block struct {
	Kind   ioc.Kind  `json:"type"`   // ip, cidr, domain, url, md5, sha1, sha256
	Value  string    `json:"value"`  // normalised
	Reason string    `json:"reason"` // one line
	Record string    `json:"record"` // what it was blocked for: "case 3"
	By     string    `json:"by"`     // who asked for it
	Added  time.Time `json:"added"`
	Until  time.Time `json:"until"`

	// Who took it off, when and why; zero while nobody did.
	Removed    time.Time `json:"removed,omitzero"`
	RemovedBy  string    `json:"removed_by,omitempty"`
	RemovedWhy string    `json:"removed_why,omitempty"`
}

// Stands tells whether the value is blocked at a moment.
func (b Block) Stands(now time.Time) bool { return b.Removed.IsZero() && now.Before(b.Until) }
