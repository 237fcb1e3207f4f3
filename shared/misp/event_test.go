package misp_test

import (
	"fmt"
	"strings"
	"time"

	"github.com/waggle-cti/waggle/shared/misp"
)

const fileTemplate = "688c46fb-5edb-40a3-8273-1af7923e2215"

func loader() misp.Event {
	id := misp.EventUUID("https://thehive.example.com", "case", "~4096")
	file := misp.ObjectUUID(id, "file", strings.Repeat("a", 64))
	return misp.Event{
		UUID: id, Info: "Loader seen 💥", Date: time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC), ThreatLevel: misp.Medium, Tags: []string{"tlp:amber"},
		Attributes: []misp.Attribute{
			{Type: "domain", Value: "C2[.]Example.NET", ToIDS: true, Comment: "c2 💥", FirstSeen: time.Date(2026, 11, 1, 10, 0, 0, 5000, time.UTC)},
			{Type: "ip-dst", Value: "2001:0DB8:0:0::1", ToIDS: true, Tags: []string{"confidence:high"}},
			{Type: "domain", Value: "c2.example.net"}, // the first once more
		},
		Objects: []misp.Object{{UUID: file, Name: "file", MetaCategory: "file", Description: "A file", TemplateUUID: fileTemplate, TemplateVersion: "25",
			Attributes: []misp.Attribute{
				{Relation: "sha256", Type: "sha256", Value: strings.Repeat("A", 64), ToIDS: true},
				{Relation: "filename", Type: "filename", Value: "Evil.exe"},
			}}},
	}
}

// many makes an event of n attributes.
func many(n int) misp.Event {
	e := loader()
	e.Attributes, e.Objects = nil, nil
	for i := range n {
		e.Attributes = append(e.Attributes, misp.Attribute{Type: "domain", Value: fmt.Sprintf("h%d.example.net", i), ToIDS: true})
	}
	return e
}
