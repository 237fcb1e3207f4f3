package cortexapi

import (
	"cmp"
	"context"
	"net/url"
	"time"

	"github.com/tidwall/gjson"

	"github.com/waggle-cti/waggle/shared/upstream"
)

// Worker is an analyzer or a responder that the key's organisation has enabled.
type Worker struct {
	ID         string   // "db11deae1c9f41873d49cbdf16ed0816"; the same again if it is enabled anew under the same name
	Name       string   // as its admin named it; by default its definition
	Definition string   // the name and version of its definition: "Waggle_URLhaus_1_0"
	DataTypes  []string // what it takes: ip, domain, … of an analyzer, thehive:case, … of a responder

	// Rate is how many jobs Cortex lets it begin in a Window; 0 = no limit.
	Rate   int
	Window time.Duration
}

// Analyzers gives the enabled analyzers.
func (c *Client) Analyzers(ctx context.Context) ([]Worker, error) { return c.workers(ctx, "analyzer") }

// Responders gives the enabled responders.
func (c *Client) Responders(ctx context.Context) ([]Worker, error) {
	return c.workers(ctx, "responder")
}

// workers gives the enabled workers of a kind; without "range" there are ten.
func (c *Client) workers(ctx context.Context, kind string) ([]Worker, error) {
	rows, err := c.list(ctx, upstream.Request{Path: "/api/" + kind, Query: url.Values{"range": {"all"}}})
	if err != nil {
		return nil, err
	}
	out := make([]Worker, 0, len(rows))
	for _, r := range rows {
		out = append(out, readWorker(r))
	}
	return out, nil
}

func readWorker(r gjson.Result) Worker {
	return Worker{
		ID:         cmp.Or(r.Get("id").String(), r.Get("_id").String()),
		Name:       r.Get("name").String(),
		Definition: r.Get("workerDefinitionId").String(),
		DataTypes:  texts(r.Get("dataTypeList")),
		Rate:       int(r.Get("rate").Int()),
		Window:     window(r.Get("rateUnit").String()),
	}
}

// window is the time in which Cortex counts to a rate.
func window(unit string) time.Duration {
	const day = 24 * time.Hour
	return map[string]time.Duration{"Second": time.Second, "Minute": time.Minute, "Hour": time.Hour, "Day": day, "Month": 30 * day}[unit]
}
