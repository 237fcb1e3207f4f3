package dns

import (
	"context"

	"github.com/miekg/dns"

	"github.com/waggle-cti/waggle/shared/cortex"
	"github.com/waggle-cti/waggle/shared/resolver"
	"github.com/waggle-cti/waggle/shared/upstream"
)

// probe asks for the name servers of the root, which every resolver has to know
// (RFC 8109).
func probe(ctx context.Context, _ *cortex.Job, cfg Config) (string, error) {
	client, err := resolver.New(resolver.Options{Service: service, Address: cfg.Resolver})
	if err != nil {
		return "", err
	}
	answer, err := client.Ask(ctx, ".", dns.TypeNS)
	if err == nil && len(answer) == 0 {
		err = &upstream.Error{Service: service, Reason: upstream.Failure, Message: "the resolver does not know the root's name servers", Next: "set resolver to one that may ask the Internet"}
	}
	return "the resolver answers", err
}
