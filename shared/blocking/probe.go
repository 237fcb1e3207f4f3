package blocking

import (
	"context"
	"fmt"

	"github.com/waggle-cti/waggle/shared/cortex"
	"github.com/waggle-cti/waggle/shared/thehive"
	"github.com/waggle-cti/waggle/shared/upstream"
)

// Probe asks TheHive whose the key is, and the feeder whether it is there: what
// it would ask of the feeder's token changes the lists.
func (a Account) Probe(ctx context.Context, job *cortex.Job) (string, error) {
	http := upstream.Options{InsecureSkipVerify: !a.VerifyTLS}
	hive, err := cortex.Connect(job, thehive.Over, thehive.Options{URL: a.TheHiveURL, Key: a.TheHiveKey, Organisation: a.Organisation, HTTP: http})
	if err != nil {
		return "", err
	}
	http.Service, http.BaseURL = "feeder", a.FeederURL
	feeder, err := job.Upstream(http)
	if err != nil {
		return "", err
	}
	user, err := hive.User(ctx)
	if err != nil {
		return "", err
	}
	_, err = feeder.Do(ctx, upstream.Request{Path: "/healthz"})
	return fmt.Sprintf("TheHive takes the key of %s; the feeder is well, and its token was not tried", user.Login), err
}
