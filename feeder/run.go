package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/spf13/cobra"

	"github.com/waggle-cti/waggle/feeder/blocks"
	"github.com/waggle-cti/waggle/feeder/config"
	"github.com/waggle-cti/waggle/feeder/lists"
	"github.com/waggle-cti/waggle/feeder/pipeline"
	"github.com/waggle-cti/waggle/feeder/store"
	"github.com/waggle-cti/waggle/feeder/triage"
	"github.com/waggle-cti/waggle/feeder/web"
	"github.com/waggle-cti/waggle/feeder/wording"
	"github.com/waggle-cti/waggle/shared/thehive"
	"github.com/waggle-cti/waggle/shared/upstream"
)

func runCommand(s *settings) *cobra.Command {
	return &cobra.Command{
		Use:   "run",
		Short: "Follow the sources until stopped, with the page",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := s.load()
			if err != nil {
				return err
			}
			return serve(cmd.Context(), c, newLog(cmd.ErrOrStderr()), func(page string) {
				fmt.Fprintf(cmd.OutOrStdout(), "The page is at %s; %s followed. Stop with Ctrl-C.\n", page, wording.Number(len(c.Sources), "source is", "sources are"))
			})
		},
	}
}

// serve runs the pipeline and the page until ctx ends. ready hears the page's
// address when it answers.
func serve(ctx context.Context, c *config.Config, log *slog.Logger, ready func(page string)) (err error) {
	login := web.Login{Token: c.Page.Token, User: c.Page.TrustProxyUser, Proxies: c.Page.TrustProxyFrom}
	if err := login.Check(c.Listen); err != nil {
		return fmt.Errorf("the page: %w", err)
	}
	// The address first: it is what a second feeder, or another program,
	// most likely holds.
	listener, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return fmt.Errorf("the page: %w: give another address with --listen", err)
	}
	defer listener.Close()
	data, err := store.Open(ctx, c.Database)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, data.Close()) }()
	metrics := pipeline.NewMetrics()
	hive, err := theHive(c)
	if err != nil {
		return err
	}
	learner := newLearner(c, data, hive, log)
	known := lists.Follow(listsPath(c), log)
	feeder, err := assemble(c, data, hive, known, learner, metrics, log)
	if err != nil {
		return err
	}
	if learner != nil {
		learner.Imported = feeder.Promoted
	}
	blocked, err := newBlocks(c, data, known, log)
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	server, err := newPage(c, login, listener.Addr().String(), data, knownVersion(ctx, hive), metrics, learner, blocked, feeder.Retry, log)
	if err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() {
		ended <- server.Serve(listener)
		stop() // without the page nobody would see that the feeder runs
	}()
	weekly, err := newWeekly(c, data, log)
	if err != nil {
		return err
	}
	var beside sync.WaitGroup
	beside.Go(func() { learner.Run(ctx) })
	if weekly != nil {
		beside.Go(func() { weekly.Run(ctx) })
	}
	defer func() {
		stop()
		beside.Wait()
	}()
	ready("http://" + listener.Addr().String() + "/")
	err = feeder.Run(ctx)
	return errors.Join(err, closePage(ctx, server, ended))
}

// hookPath is where TheHive's webhook leads to.
const hookPath = "/hooks/thehive"

// newPage makes the server of the page, the metrics and the health check.
func newPage(c *config.Config, login web.Login, listen string, data *store.Store, hiveVersion func() string, metrics *pipeline.Metrics, learner *triage.Learner,
	blocked blocks.Server, retry func(context.Context, string) error, log *slog.Logger) (*http.Server, error) {
	registry := prometheus.NewRegistry()
	if err := metrics.Register(registry, data); err != nil {
		return nil, err
	}
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	stop := make(chan struct{})
	page := web.New(web.Options{
		Store:          data,
		Metrics:        promhttp.HandlerFor(registry, promhttp.HandlerOpts{}),
		Healthy:        func(ctx context.Context) error { return data.Healthy(ctx, time.Now()) },
		Version:        upstream.Version(),
		Profile:        c.Needs.Name,
		Listen:         listen,
		TheHiveURL:     c.TheHive.URL,
		TheHiveVersion: hiveVersion,
		Login:          login,
		Lists:          blocked.Keys,
		Retry:          retry,
		Unblock:        blocked.Book.Unblock,
		Stop:           stop,
		Log:            log,
	})
	mux := http.NewServeMux()
	mux.Handle("/", page)
	mux.Handle(hookPath, learner.Hook()) // TheHive is none of the hosts that the page is called by
	blocked.Handle(mux)                  // nor are responders and firewalls
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute, IdleTimeout: 2 * time.Minute}
	server.RegisterOnShutdown(func() { close(stop) })
	return server, nil
}

// knownVersion gives TheHive's version as far as it is known, without asking:
// a page must not wait for TheHive. It is asked at the start, and again with
// the first alert; the client keeps the answer.
func knownVersion(ctx context.Context, hive *thehive.Client) func() string {
	if hive == nil {
		return nil
	}
	go func() { _, _ = hive.Version(ctx) }()
	over, cancel := context.WithCancel(ctx)
	cancel()
	return func() string {
		v, err := hive.Version(over)
		if err != nil {
			return ""
		}
		return v.Text
	}
}

// closePage lets requests under way finish, and gives the error that ended
// the server before that, if one did.
func closePage(ctx context.Context, server *http.Server, ended <-chan error) error {
	closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	if err := server.Shutdown(closing); err != nil {
		err = server.Close()
		if err != nil {
			return fmt.Errorf("the page: %w", err)
		}
	}
	if err := <-ended; !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("the page: %w", err)
	}
	return nil
}
