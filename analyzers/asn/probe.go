package asn

import (
	"context"

	"github.com/waggle-cti/waggle/shared/cortex"
	"github.com/waggle-cti/waggle/shared/resolver"
	"github.com/waggle-cti/waggle/shared/upstream"
)

// example is the autonomous system by which the service's page explains its
// answers: https://www.team-cymru.com/ip-asn-mapping.
const example = "AS23028"

// probe asks for the example's name.
func probe(ctx context.Context, _ *cortex.Job, cfg Config) (string, error) {
	if _, err := cfg.lists(); err != nil {
		return "", err
	}
	client, err := resolver.New(resolver.Options{Service: service, Address: cfg.Resolver})
	if err != nil {
		return "", err
	}
	_, found, err := named(ctx, client, example)
	if err == nil && !found {
		err = &upstream.Error{Service: service, Reason: upstream.Failure, Message: "the resolver knows nothing of it", Next: "set resolver to one that may ask the Internet"}
	}
	return "the resolver asks Team Cymru", err
}
