package virustotal

import (
	"context"
	"fmt"
	"net/http"
	"net/url"

	"github.com/waggle-cti/waggle/shared/cortex"
	"github.com/waggle-cti/waggle/shared/upstream"
)

// probe asks what is left of the quota, if the name of the key's user is known:
// https://docs.virustotal.com/reference/get-user-overall-quotas. The key could
// stand there in its place, but not in an address.
func probe(ctx context.Context, job *cortex.Job, cfg Config) (string, error) {
	if cfg.User == "" {
		return "reached www.virustotal.com; the key was not tried, as a lookup would cost one of its quota: with user set it is",
			cortex.Reach(ctx, job, upstream.Options{Service: service, BaseURL: "https://www.virustotal.com"})
	}
	client, err := job.Upstream(upstream.Options{Service: service, BaseURL: baseURL, Header: http.Header{"X-Apikey": {cfg.Key}}})
	if err != nil {
		return "", err
	}
	answer, err := client.Do(ctx, upstream.Request{Path: "users/" + url.PathEscape(cfg.User) + "/overall_quotas"})
	if err != nil {
		return "", err
	}
	q := readQuota(answer, nil)
	return fmt.Sprintf("takes the key; %d of %d requests of today are used", q.Used, q.Allowed), nil
}
