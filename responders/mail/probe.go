package mail

import (
	"context"
	"strings"

	"github.com/waggle-cti/waggle/shared/cortex"
	"github.com/waggle-cti/waggle/shared/notice"
	"github.com/waggle-cti/waggle/shared/upstream"
)

// probe reads the texts and logs in at the mail server.
func probe(ctx context.Context, job *cortex.Job, cfg Config) (string, error) {
	if _, err := notice.Parse(cfg.Title, cfg.Body); err != nil {
		return "", err
	}
	server, err := cfg.server(job)
	if err != nil {
		return "", err
	}
	if err := server.Try(ctx); err != nil {
		return "", &upstream.Error{Service: "mail server", Reason: upstream.Failure, Message: strings.TrimPrefix(err.Error(), "mail: ")}
	}
	if cfg.User == "" {
		return cfg.Host + " answers, without a login", nil
	}
	return cfg.Host + " takes the login", nil
}
