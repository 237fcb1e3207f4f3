package mispevent

import (
	"context"
	"fmt"

	"github.com/waggle-cti/waggle/shared/cortex"
)

// probe asks TheHive whose the key is, and MISP for its version.
func probe(ctx context.Context, job *cortex.Job, cfg Config) (string, error) {
	if _, err := cfg.policy(); err != nil {
		return "", err
	}
	hive, server, err := cfg.connect(job)
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
