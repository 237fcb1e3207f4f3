package misp

import (
	"context"

	"github.com/waggle-cti/waggle/shared/cortex"
	"github.com/waggle-cti/waggle/shared/misp"
	"github.com/waggle-cti/waggle/shared/upstream"
)

// probe asks MISP's version, which it tells to users only.
func probe(ctx context.Context, job *cortex.Job, cfg Config) (string, error) {
	client, err := cortex.Connect(job, misp.Over, misp.Options{URL: cfg.URL, Key: cfg.Key, HTTP: upstream.Options{InsecureSkipVerify: !cfg.VerifyTLS}})
	if err != nil {
		return "", err
	}
	version, err := client.Version(ctx)
	return "MISP " + version + " takes the key", err
}
