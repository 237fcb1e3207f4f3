package notify

import (
	"context"

	"github.com/waggle-cti/waggle/responders/notify/chat"
	"github.com/waggle-cti/waggle/shared/cortex"
	"github.com/waggle-cti/waggle/shared/notice"
	"github.com/waggle-cti/waggle/shared/upstream"
)

// probe reads the channels' addresses and connects to their hosts. Whether a
// channel is there shows only when something is posted.
func probe(ctx context.Context, job *cortex.Job, cfg Config) (string, error) {
	channels, err := chat.Parse(cfg.Channels, cfg.TLP)
	if err != nil {
		return "", err
	}
	if _, err := notice.Parse(cfg.Title, cfg.Body); err != nil {
		return "", err
	}
	for _, c := range channels {
		for _, s := range c.Secrets() {
			job.Hide(s)
		}
		if err := cortex.Reach(ctx, job, upstream.Options{Service: c.Service.Title + " (" + c.Name + ")", BaseURL: c.Base(), InsecureSkipVerify: !cfg.VerifyTLS}); err != nil {
			return "", err
		}
	}
	return "the channels can be read and their hosts reached; nothing was posted", nil
}
