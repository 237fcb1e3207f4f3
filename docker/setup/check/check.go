// Package check verifies that TheHive, Cortex, MISP and the feeder work as one:
// a post that it makes up becomes an alert, is analysed, and becomes an event of
// MISP. Alert and event are deleted afterwards; Cortex keeps the jobs as its
// history.
package check

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/waggle-cti/waggle/docker/setup/config"
	"github.com/waggle-cti/waggle/docker/setup/keyring"
	"github.com/waggle-cti/waggle/docker/setup/misp"
	"github.com/waggle-cti/waggle/docker/setup/step"
	"github.com/waggle-cti/waggle/docker/setup/thehive"
	"github.com/waggle-cti/waggle/feeder/alert"
	"github.com/waggle-cti/waggle/feeder/secret"
	mispclient "github.com/waggle-cti/waggle/shared/misp"
	hiveclient "github.com/waggle-cti/waggle/shared/thehive"
	"github.com/waggle-cti/waggle/shared/upstream"
)

// Loop is the way of one post through the four.
type Loop struct {
	Settings *config.Settings
	Ring     *keyring.Ring
	// Publish has the feeder read a post of a source of that name, and gives when
	// the feeder has done with it.
	Publish func(ctx context.Context, source string) error
	Source  string        // at most 32 characters, that no other alert has
	Every   time.Duration // how often to look how far something is
	AtMost  time.Duration // how long one thing may take

	hive  *hiveclient.Client
	alert hiveclient.Alert
	event string // UUID
}

// stage is one thing that has to work; what follows needs it.
type stage struct {
	server, name, hand string
	do                 func(context.Context) (string, error)
}

// Run goes the way, tells of each stage, and cleans up behind itself, whatever
// fails.
func (l *Loop) Run(ctx context.Context, tell func(step.Row)) {
	stages := []stage{
		{"feeder", "its page answers", "docker compose logs feeder", l.page},
		{"TheHive", "a post becomes an alert", "feeder check", l.raise},
	}
	if l.Settings.Cortex.Used() {
		stages = append(stages, stage{"Cortex", "its values are analysed", "enable a free analyzer: setup integrate", l.analysed})
	}
	if l.Settings.Cortex.Used() && l.Settings.MISP.Used() {
		stages = append(stages,
			stage{"TheHive", "it hands the alert to Cortex", "About, in TheHive: is Cortex OK? It looks once a minute", l.respond},
			stage{"MISP", "the alert becomes an event", "look at the job of Waggle_MISPEvent in Cortex", l.shared})
	}
	for _, s := range stages {
		text, err := s.do(ctx)
		if err != nil {
			tell(step.Row{Server: s.server, Step: s.name, State: step.Could, Text: fmt.Sprintf("%v. Look at: %s", err, s.hand)})
			break
		}
		tell(step.Row{Server: s.server, Step: s.name, State: step.Well, Text: text})
	}
	l.clean(context.WithoutCancel(ctx), tell)
}

// page asks the feeder whether it is well, which needs no token.
func (l *Loop) page(ctx context.Context) (string, error) {
	if !l.Settings.Feeder.Used() {
		return "left out: FEEDER_URL is " + config.None, nil
	}
	client, err := upstream.New(upstream.Options{Service: "the feeder", BaseURL: l.Settings.Feeder.URL, CACerts: l.Settings.CACerts})
	if err != nil {
		return "", err
	}
	_, err = client.Do(ctx, upstream.Request{Path: "/healthz"})
	return "", err
}

// key gives a key that `setup integrate` has kept.
func (l *Loop) key(name string) (secret.Text, error) {
	key, err := l.Ring.Get(name)
	if err == nil && !key.Set() {
		err = fmt.Errorf("no key in %s: run setup integrate first", l.Ring.Path(name))
	}
	return key, err
}

// raise publishes the post and looks for its alert.
func (l *Loop) raise(ctx context.Context) (string, error) {
	key, err := l.key(thehive.FeederKey)
	if err != nil {
		return "", err
	}
	l.hive, err = hiveclient.New(l.hiveOptions(key))
	if err != nil {
		return "", err
	}
	if err := l.Publish(ctx, l.Source); err != nil {
		return "", err
	}
	made, err := l.hive.AlertsOfSource(ctx, l.Source)
	if err != nil {
		return "", err
	}
	if len(made) == 0 {
		return "", errors.New("the feeder has done with the post, and TheHive has no alert of it")
	}
	l.alert, err = l.hive.Alert(ctx, made[0].ID)
	return "alert " + made[0].ID, err
}

func (l *Loop) hiveOptions(key secret.Text) hiveclient.Options {
	return hiveclient.Options{URL: l.Settings.TheHive.URL, Key: key.Reveal(), Organisation: l.Settings.Organisation,
		HTTP: upstream.Options{CACerts: l.Settings.CACerts, InsecureSkipVerify: l.Settings.TheHive.AnyCertificate}}
}

// delete deletes the alert as the set-up's own user: the feeder itself may not
// have to.
func (l *Loop) delete(ctx context.Context) error {
	key, err := l.key(thehive.PeopleKey)
	if err != nil {
		return err
	}
	hive, err := hiveclient.New(l.hiveOptions(key))
	if err != nil {
		return err
	}
	return hive.DeleteAlert(ctx, l.alert.ID)
}

// analysed waits until the feeder has written a verdict into the alert.
func (l *Loop) analysed(ctx context.Context) (string, error) {
	verdict := ""
	err := l.await(ctx, func(ctx context.Context) (err error) {
		if l.alert, err = l.hive.Alert(ctx, l.alert.ID); err != nil {
			return err
		}
		held, _ := l.alert.Fields[alert.VerdictField].(string)
		if verdict = held; verdict == "" {
			return errors.New("the alert has no verdict of analyzers")
		}
		return nil
	})
	return "verdict " + verdict, err
}

// responder makes events; any version will do.
const responder = "Waggle_MISPEvent_"

// respond has TheHive run the responder on the alert.
func (l *Loop) respond(ctx context.Context) (string, error) {
	offered, err := l.offered(ctx)
	if err != nil {
		return "", err
	}
	run, err := l.hive.StartRun(ctx, offered, hiveclient.KindAlert, l.alert.ID)
	if err != nil {
		return "", err
	}
	job := run.Job
	err = l.await(ctx, func(ctx context.Context) error {
		runs, err := l.hive.Runs(ctx, hiveclient.KindAlert, l.alert.ID)
		if err != nil {
			return err
		}
		for _, r := range runs {
			if r.Job == job {
				run = r
			}
		}
		if !run.Over() {
			return fmt.Errorf("%s has not ended", offered.Name)
		}
		return nil
	})
	if err == nil && run.Status != hiveclient.JobSuccess {
		err = fmt.Errorf("%s failed: %s", offered.Name, run.Message)
	}
	return offered.Name, err
}

// offered waits for the responder: TheHive asks Cortex once a minute.
func (l *Loop) offered(ctx context.Context) (found hiveclient.Responder, err error) {
	err = l.await(ctx, func(ctx context.Context) error {
		all, err := l.hive.Responders(ctx, hiveclient.KindAlert, l.alert.ID)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(all, func(r hiveclient.Responder) bool { return strings.HasPrefix(r.Name, responder) })
		if at < 0 {
			return fmt.Errorf("TheHive offers no responder %s… for alerts", responder)
		}
		found = all[at]
		return nil
	})
	return found, err
}

// shared looks at the event that the alert's tag leads to.
func (l *Loop) shared(ctx context.Context) (string, error) {
	held, err := l.hive.Alert(ctx, l.alert.ID)
	if err != nil {
		return "", err
	}
	if l.event = mispclient.LinkedEvent("", held.Tags); l.event == "" {
		return "", errors.New("the responder has run, and the alert has no tag that leads to its event")
	}
	if _, err = l.misp(ctx, upstream.Request{Path: "/events/view/" + url.PathEscape(l.event)}); err != nil {
		return "", err
	}
	return "event " + l.event, nil
}

func (l *Loop) misp(ctx context.Context, r upstream.Request) (*upstream.Response, error) {
	key, err := l.key(misp.CortexKey) // the event's own organisation
	if err != nil {
		return nil, err
	}
	client, err := upstream.New(mispclient.Options{URL: l.Settings.MISP.URL, Key: key.Reveal(),
		HTTP: upstream.Options{CACerts: l.Settings.CACerts, InsecureSkipVerify: l.Settings.MISP.AnyCertificate}}.Upstream())
	if err != nil {
		return nil, err
	}
	return client.Do(ctx, r)
}

// clean deletes what the way has left.
func (l *Loop) clean(ctx context.Context, tell func(step.Row)) {
	tidy := func(server, name string, err error) {
		row := step.Row{Server: server, Step: name, State: step.Well}
		if err != nil {
			row.State, row.Text = step.Could, err.Error()
		}
		tell(row)
	}
	if l.event != "" {
		_, err := l.misp(ctx, upstream.Request{Method: http.MethodPost, Path: "/events/delete/" + url.PathEscape(l.event), JSON: map[string]any{}})
		tidy("MISP", "the event is deleted", err)
	}
	if l.alert.ID != "" {
		tidy("TheHive", "the alert is deleted", l.delete(ctx))
	}
}

func (l *Loop) await(ctx context.Context, ask func(context.Context) error) error {
	return step.Await(ctx, l.Every, l.AtMost, ask)
}
