package notify

import (
	"context"
	"errors"
	"time"

	"github.com/tidwall/gjson"

	"github.com/waggle-cti/waggle/responders/notify/chat"
	"github.com/waggle-cti/waggle/shared/cortex"
	"github.com/waggle-cti/waggle/shared/notice"
	"github.com/waggle-cti/waggle/shared/upstream"
)

const (
	// tries is how often a message is sent to a service that says it is asked too often.
	tries = 3
	// longestWait bounds what is waited before another try.
	longestWait = time.Minute
	// maxTitle bounds the title, in bytes, for all services.
	maxTitle = 250
)

// send tells one channel, and notes what came of it.
func (f *full) send(ctx context.Context, job *cortex.Job, cfg Config, c chat.Channel, templates notice.Template, n notice.Notice) error {
	shown := n.Escaped(c.Service.Escape)
	title, body, err := templates.Write(shown)
	if err == nil {
		m := chat.Message{Title: notice.Shorten(title, maxTitle), Body: notice.Shorten(body, c.Service.Limit), Notice: shown}
		m.Key = n.Key(c.Name, m.Title, m.Body)
		err = deliver(ctx, job, cfg, c, m)
	}
	if err != nil {
		f.add(c, failed, err.Error())
		return err
	}
	why := ""
	if c.Service.Repeats {
		why = "sent with a key, by which the service can tell a second one from it"
	}
	f.add(c, sent, why)
	return nil
}

// deliver posts a message. When the service is asked too often it waits as it
// says: nothing was posted then.
func deliver(ctx context.Context, job *cortex.Job, cfg Config, c chat.Channel, m chat.Message) error {
	client, err := job.Upstream(upstream.Options{Service: c.Service.Title + " (" + c.Name + ")", BaseURL: c.Base(), Secrets: c.Secrets(),
		InsecureSkipVerify: !cfg.VerifyTLS, MaxBody: 1 << 20})
	if err != nil {
		return err
	}
	for try := 1; ; try++ {
		answer, err := client.Do(ctx, c.Service.Request(c, m))
		if err == nil {
			if !c.Service.Took(answer) {
				return answer.Strange("the answer is none that " + c.Service.Title + " gives")
			}
			return nil
		}
		wait, ok := pause(err)
		if !ok || try == tries {
			return err
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return err
		}
	}
}

// pause tells how long to wait after an error, and whether another try may help
// within longestWait. Telegram and Matrix say it in the body of the answer.
// https://core.telegram.org/bots/api#responseparameters
// https://spec.matrix.org/latest/client-server-api/#rate-limiting
func pause(err error) (time.Duration, bool) {
	var e *upstream.Error
	if !errors.As(err, &e) || e.Reason != upstream.RateLimited {
		return 0, false
	}
	wait, body := e.RetryAfter, gjson.ParseBytes(e.Body)
	switch {
	case wait > 0:
	case body.Get("parameters.retry_after").Float() > 0:
		wait = time.Duration(body.Get("parameters.retry_after").Float() * float64(time.Second))
	case body.Get("retry_after_ms").Float() > 0:
		wait = time.Duration(body.Get("retry_after_ms").Float() * float64(time.Millisecond))
	default:
		wait = 5 * time.Second
	}
	return wait, wait > 0 && wait <= longestWait
}
