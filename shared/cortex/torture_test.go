package cortex_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/waggle-cti/waggle/shared/cortex"
	"github.com/waggle-cti/waggle/shared/cortex/cortextest"
	"github.com/waggle-cti/waggle/shared/upstream"
)

type askConfig struct {
	Key     string   `cortex:"key" required:"true" secret:"true" description:"the service's key"`
	Age     int      `cortex:"max_age" default:"30" description:"days"`
	Formats []string `cortex:"formats" description:"formats to ask for"`
	Strict  bool     `cortex:"strict" default:"true" description:"strict or not"`
}

// asker is an analyzer that asks a service and repeats what it says.
func asker() *cortex.Worker {
	return cortex.NewAnalyzer(cortex.Definition{
		Name: "Waggle_Asker", Version: "1.0", Description: "Asks a service.", DataTypes: []string{"domain", "file"},
		Service: cortex.Service{Name: "Ask", Homepage: "https://ask.example.com", Hosts: []string{"ask.example.com"}},
	}, ask)
}

func ask(ctx context.Context, job *cortex.Job, cfg askConfig) (cortex.Report, error) {
	client, err := job.Upstream(upstream.Options{
		Service: "Ask", BaseURL: "https://ask.example.com", Header: http.Header{"Auth-Key": {cfg.Key}},
	})
	if err != nil {
		return cortex.Report{}, err
	}
	subject := job.Data
	if job.DataType == "file" {
		content, err := job.File.Read()
		if err != nil {
			return cortex.Report{}, err
		}
		subject = string(content)
	}
	answer, err := client.Do(ctx, upstream.Request{Path: "/v1/about", Query: map[string][]string{"q": {subject}, "key": {cfg.Key}}})
	if err != nil {
		return cortex.Report{}, err
	}
	return cortex.Report{
		Full:       map[string]any{"answer": answer.JSON().Value(), "raw": string(answer.Body)},
		Taxonomies: []cortex.Taxonomy{{Level: cortex.Info, Namespace: "Ask", Predicate: "Bytes", Value: len(answer.Body)}},
	}, nil
}

// actor is a responder that does what it is told.
func actor() *cortex.Worker {
	return cortex.NewResponder(cortex.Definition{
		Name: "Waggle_Actor", Version: "1.0", Description: "Tags.", DataTypes: []string{"thehive:case", "thehive:alert"},
	}, func(_ context.Context, job *cortex.Job, _ struct{}) (cortex.Report, error) {
		tag := cortex.AddTagToCase("done")
		if job.DataType == "thehive:alert" {
			tag = cortex.AddTagToAlert("done")
		}
		return cortex.Report{Full: map[string]any{"title": job.Object.Get("title").String()}, Operations: []cortex.Operation{tag}}, nil
	})
}

func TestTorture(t *testing.T) {
	t.Run("analyzer", func(t *testing.T) { cortextest.Torture(t, asker(), nil) })
	t.Run("responder", func(t *testing.T) { cortextest.Torture(t, actor(), nil) })
	t.Run("leaks", func(t *testing.T) { cortextest.Leaks(t, asker(), nil) })
}
