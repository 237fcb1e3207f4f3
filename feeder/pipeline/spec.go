package pipeline

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/waggle-cti/waggle/feeder/source"
	"github.com/waggle-cti/waggle/feeder/store"
)

// configured describes the sources to the store.
func (p *Pipeline) configured() ([]store.Configured, error) {
	list := make([]store.Configured, len(p.Feeds))
	for i, f := range p.Feeds {
		kept := f.Spec
		kept.URL = f.Spec.Shown()
		spec, err := json.Marshal(kept)
		if err != nil {
			return nil, fmt.Errorf("source %s: %w", f.Spec.Name, err)
		}
		list[i] = store.Configured{Name: f.Spec.Name, Kind: f.Spec.Kind, URL: kept.URL, Every: f.Spec.Every, Spec: spec}
	}
	return list, nil
}

// remember gives the last known specs of sources that are no longer
// configured.
func (p *Pipeline) remember(ctx context.Context) (map[string]source.Spec, error) {
	kept, err := p.Store.Retired(ctx)
	if err != nil {
		return nil, err
	}
	retired := make(map[string]source.Spec, len(kept))
	for name, text := range kept {
		var spec source.Spec
		if err := json.Unmarshal(text, &spec); err != nil {
			return nil, fmt.Errorf("source %s: what is stored of it: %w", name, err)
		}
		retired[name] = spec
	}
	return retired, nil
}

// spec describes the source of a post, also one that was taken out while the
// post was under way: its markings still hold. A source of which nothing is
// known has TheHive's own, amber.
func (p *Pipeline) spec(name string) source.Spec {
	if feed, ok := p.feeds[name]; ok {
		return feed.Spec
	}
	if spec, ok := p.retired[name]; ok {
		return spec
	}
	return source.Spec{Name: name, TLP: 2, PAP: 2}
}
