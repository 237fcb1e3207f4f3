package misp

import (
	"context"
	"slices"
	"time"

	"github.com/waggle-cti/waggle/shared/cortex"
	"github.com/waggle-cti/waggle/shared/ioc"
	"github.com/waggle-cti/waggle/shared/misp"
	"github.com/waggle-cti/waggle/shared/upstream"
)

// Bounds of what stands round the value.
const (
	mostObjects    = 20  // that are asked for: each is a request
	mostInObject   = 50  // attributes of an object that are listed
	mostCorrelated = 20  // events that are listed beside an event
	mostArtifacts  = 100 // values of objects
)

// cluster is an entry of a galaxy that an event is tagged with.
type cluster struct {
	Galaxy string `json:"galaxy"` // "Threat Actor"
	Value  string `json:"value"`  // "APT29"
}

// related is an event that correlates with another.
type related struct {
	ID   string    `json:"id"`
	Link string    `json:"link"`
	Info string    `json:"info"`
	Org  string    `json:"org,omitempty"`
	Date time.Time `json:"date,omitzero"`
}

// whole is an object that the value is part of.
type whole struct {
	ID         string      `json:"id"`
	Name       string      `json:"name"`
	Comment    string      `json:"comment,omitempty"`
	Attributes []attribute `json:"attributes"`
}

// surround adds what stands round the value: the events' galaxies and
// correlations, and the objects it is part of.
func surround(ctx context.Context, client *misp.Client, f *full, base string) error {
	if !f.Found {
		return nil
	}
	var numbers []string
	for _, e := range f.Events {
		numbers = append(numbers, e.ID)
	}
	contexts, err := client.Contexts(ctx, numbers)
	if err != nil {
		return err
	}
	for _, e := range f.Events {
		e.place(contexts[e.ID], base)
	}
	return f.addObjects(ctx, client)
}

// place adds an event's context.
func (e *event) place(c misp.Context, base string) {
	for _, one := range c.Clusters {
		e.Galaxies = append(e.Galaxies, cluster{one.Galaxy, one.Value})
	}
	e.Correlates = len(c.Related)
	for _, r := range c.Related[:min(mostCorrelated, len(c.Related))] {
		e.Correlated = append(e.Correlated, related{r.ID, misp.EventPage(base, r.ID), r.Info, r.Org, r.Date})
	}
}

// addObjects asks for the objects, those of the latest attributes first. One
// that was deleted meanwhile is left out.
func (f *full) addObjects(ctx context.Context, client *misp.Client) error {
	asked := map[string]bool{}
	for _, e := range f.Events {
		for _, a := range e.Attributes {
			if a.Object == "" || asked[a.Object] || len(asked) == mostObjects {
				continue
			}
			asked[a.Object] = true
			o, err := client.Object(ctx, a.Object)
			if upstream.ReasonOf(err) == upstream.NotFound {
				continue
			}
			if err != nil {
				return err
			}
			e.Objects = append(e.Objects, wholeOf(a.Object, o))
		}
	}
	return nil
}

func wholeOf(id string, o misp.Object) *whole {
	w := &whole{ID: id, Name: o.Name, Comment: o.Comment, Attributes: []attribute{}}
	for _, a := range o.Attributes[:min(mostInObject, len(o.Attributes))] {
		w.Attributes = append(w.Attributes, attribute{UUID: a.UUID, Type: a.Type, Category: a.Category, Value: a.Value, ToIDS: a.ToIDS, Comment: a.Comment, Relation: a.Relation})
	}
	return w
}

// artifacts are what stands beside the value in objects and is marked for
// detection: the file's other hashes, the address of a host.
func (f *full) artifacts(values []string) []cortex.Artifact {
	var out []cortex.Artifact
	known := map[string]bool{}
	for _, e := range f.Events {
		for _, o := range e.Objects {
			for _, a := range o.Attributes {
				found, ok := ioc.Parse(a.Value)
				if !ok || !a.ToIDS || slices.Contains(values, a.Value) || known[found.Value] || len(out) == mostArtifacts {
					continue
				}
				known[found.Value] = true
				out = append(out, cortex.Artifact{DataType: found.Kind.TheHive(found.Value), Data: found.Value,
					Message: "MISP event " + e.ID + ": in one " + o.Name + " object with it", Tags: []string{"misp-object:" + o.Name}})
			}
		}
	}
	return out
}
