package mispevent

import (
	"context"
	"fmt"

	"github.com/waggle-cti/waggle/shared/cortex"
	"github.com/waggle-cti/waggle/shared/misp"
	"github.com/waggle-cti/waggle/shared/thehive"
	"github.com/waggle-cti/waggle/shared/upstream"
)

// probe asks TheHive whose the key is, and MISP for its version.
func probe(ctx context.Context, job *cortex.Job, cfg Config) (string, error) {
	if _, err := cfg.policy(); err != nil {
		return "", err
	}
	http := upstream.Options{InsecureSkipVerify: !cfg.VerifyTLS}
	hive, err := cortex.Connect(job, thehive.Over, thehive.Options{URL: cfg.TheHiveURL, Key: cfg.TheHiveKey, Organisation: cfg.Organisation, HTTP: http})
	if err != nil {
		return "", err
	}
	server, err := cortex.Connect(job, misp.Over, misp.Options{URL: cfg.MISPURL, Key: cfg.MISPKey, HTTP: http})
	if err != nil {
		return "", err
	}
	user, err := hive.User(ctx)
	if err != nil {
		return "", err
	}
	version, err := server.Version(ctx)
	return fmt.Sprintf("TheHive takes the key of %s, MISP %s its own", user.Login, version), err
}
