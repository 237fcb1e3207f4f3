// Command fakes stands for the stack's foreign servers in tests on a real Docker
// engine, where their images cannot be had. It is in no release.
//
//	fakes thehive   a new TheHive on 9000, and the demonstration's posts on 8080
//	fakes cortex    a new Cortex on 9001, with the catalogs in /opt/waggle
//	fakes misp      a new MISP on 443, with a certificate that nobody signed
//	fakes idle      nothing but a page on 8079 for the health check, for servers
//	                that only those above talk to
//	fakes healthy URL
//	                ask for a page: the exit code is 0 if it is there
package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	setup "github.com/waggle-cti/waggle/docker/setup/misp"
	"github.com/waggle-cti/waggle/feeder/demo"
	"github.com/waggle-cti/waggle/shared/cortexapi/cortexapitest"
	"github.com/waggle-cti/waggle/shared/misp"
	"github.com/waggle-cti/waggle/shared/misp/misptest"
	"github.com/waggle-cti/waggle/shared/thehive/thehivetest"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	err := run(ctx, os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "fakes:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	switch {
	case len(args) == 2 && args[0] == "healthy":
		return healthy(ctx, args[1])
	case len(args) != 1:
		return errors.New("expected thehive, cortex, misp, idle or healthy URL")
	}
	switch args[0] {
	case "thehive":
		return serve(ctx, nil, map[string]http.Handler{
			":9000": thehivetest.New(thehivetest.Options{}),
			":8080": demo.Handler(),
		})
	case "cortex":
		definitions, err := catalogs("/opt/waggle")
		if err != nil {
			return err
		}
		return serve(ctx, nil, map[string]http.Handler{":9001": cortexapitest.New(cortexapitest.Options{New: true, Catalog: definitions})})
	case "misp":
		// The certificate that test servers of the standard library have.
		certificate := httptest.NewUnstartedServer(nil)
		certificate.StartTLS()
		defer certificate.Close()
		return serve(ctx, certificate.TLS, map[string]http.Handler{":443": misptest.New(misptest.Options{Warninglists: disabled()})})
	case "idle":
		return serve(ctx, nil, map[string]http.Handler{"127.0.0.1:8079": http.NotFoundHandler()})
	}
	return fmt.Errorf("%q is nobody", args[0])
}

// catalogs reads what compose.yaml mounts into Cortex.
func catalogs(folder string) (all []cortexapitest.Definition, err error) {
	for _, name := range []string{"analyzers", "responders"} {
		data, err := os.ReadFile(filepath.Join(folder, name+".json"))
		if err != nil {
			return nil, err
		}
		definitions, err := cortexapitest.Definitions(data, name == "responders")
		if err != nil {
			return nil, err
		}
		all = append(all, definitions...)
	}
	return all, nil
}

// disabled are the warninglists that a set-up enables.
func disabled() (lists []misptest.Warninglist) {
	for _, name := range setup.Warninglists() {
		lists = append(lists, misptest.Warninglist{Warninglist: misp.Warninglist{Name: name}, Disabled: true})
	}
	return lists
}

// serve serves each handler at its address until the context ends.
func serve(ctx context.Context, secure *tls.Config, handlers map[string]http.Handler) error {
	failed := make(chan error, len(handlers))
	for address, handler := range handlers {
		server := &http.Server{Addr: address, Handler: handler, TLSConfig: secure, ReadHeaderTimeout: 10 * time.Second}
		defer server.Close()
		go func() {
			if secure != nil {
				failed <- server.ListenAndServeTLS("", "")
				return
			}
			failed <- server.ListenAndServe()
		}()
	}
	select {
	case <-ctx.Done():
		return nil
	case err := <-failed:
		return err
	}
}

// healthy asks for a page, whatever its certificate: both are in one container.
func healthy(ctx context.Context, url string) error {
	client := &http.Client{
		Timeout:       3 * time.Second,
		Transport:     &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }, // MISP leads to its login page
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode >= http.StatusInternalServerError {
		return errors.New(response.Status)
	}
	return nil
}
