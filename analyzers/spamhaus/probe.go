package spamhaus

import (
	"context"

	"github.com/waggle-cti/waggle/shared/cortex"
	"github.com/waggle-cti/waggle/shared/resolver"
)

// probe asks both lists for their test entries, RFC 5782 section 5.
func probe(ctx context.Context, _ *cortex.Job, cfg Config) (string, error) {
	client, err := resolver.New(resolver.Options{Service: service, Address: cfg.Resolver, Secrets: []string{cfg.Key}})
	if err != nil {
		return "", err
	}
	for _, q := range []question{{list: "ZEN", test: addressTest}, {list: "DBL", test: nameTest}} {
		if err := believe(ctx, client, q, cfg.Key); err != nil {
			return "", err
		}
	}
	if cfg.Key != "" {
		return "both lists answer the resolver and the key", nil
	}
	return "both lists answer the resolver", nil
}
