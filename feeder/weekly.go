package main

import (
	"log/slog"

	"github.com/waggle-cti/waggle/feeder/config"
	"github.com/waggle-cti/waggle/feeder/mail"
	"github.com/waggle-cti/waggle/feeder/store"
)

// newWeekly makes what sends the weekly mail, nil where none is configured.
func newWeekly(c *config.Config, data *store.Store, log *slog.Logger) (*mail.Weekly, error) {
	if c.Mail.Host == "" {
		return nil, nil
	}
	o := mailServer(c.Mail)
	if err := o.Check(); err != nil {
		return nil, err
	}
	return &mail.Weekly{Options: o, Memory: data, Store: data, Profile: c.Needs.Name, Log: log}, nil
}

// mailServer says how to send mail.
func mailServer(m config.Mail) mail.Options {
	return mail.Options{Host: m.Host, Port: m.Port, Security: mail.Security(m.Security), User: m.User, Password: m.Password, From: m.From, To: m.To, Page: m.Page}
}
