package threatfox

import (
	"context"

	"github.com/waggle-cti/waggle/shared/abusech"
	"github.com/waggle-cti/waggle/shared/cortex"
	"github.com/waggle-cti/waggle/shared/upstream"
)

// probe asks for the types of entries, "Get IOC / threat types" of
// https://threatfox.abuse.ch/api/: the one question of abuse.ch that is about
// nothing. The services share the key, so it speaks for all of them.
func probe(ctx context.Context, job *cortex.Job, cfg Config) (string, error) {
	client, err := cortex.Connect(job, abusech.Over, abusech.Options{Service: service, URL: baseURL, Key: cfg.Key})
	if err != nil {
		return "", err
	}
	_, found, err := client.Ask(ctx, upstream.Request{Path: "/api/v1/", JSON: map[string]string{"query": "types"}})
	if err == nil && !found {
		err = &upstream.Error{Service: service, Reason: upstream.Failure, Message: "it does not know its own types", Next: "a proxy may have answered in its place"}
	}
	return "abuse.ch takes the key", err
}
