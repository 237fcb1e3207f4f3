package main

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/shared/cortexapi/cortexapitest"
	"github.com/waggle-cti/waggle/shared/thehive/thehivetest"
)

func TestCheckSaysHowCortexIs(t *testing.T) {
	server := cortexapitest.Start(t, cortexapitest.Options{Workers: []cortexapitest.Worker{
		{Name: "Waggle_Warninglists_1_0", DataTypes: []string{"ip"}}, {Name: "Waggle_URLhaus_1_0", DataTypes: []string{"url"}}, {Name: "Other_1_0", DataTypes: []string{"ip"}}}})
	for name, c := range map[string]struct {
		url, key string
		code     int
		says     string
	}{
		"well":         {server.URL, cortexapitest.Key, exitWell, `Cortex +ok +version 4\.1\.0-1, the key is of feeder; of 3 analyzers 1 run by themselves: Waggle_Warninglists_1_0\n`},
		"may not run":  {server.URL, cortexapitest.ReaderKey, exitIncomplete, `Cortex +WRONG .*its user lacks the role analyze`},
		"wrong key":    {server.URL, "a-key-that-nobody-has", exitIncomplete, `Cortex +WRONG +Cortex: auth \(401\): .*check the API key`},
		"nobody there": {"http://127.0.0.1:1", "a-key-that-nobody-has", exitIncomplete, `Cortex +WRONG +Cortex: network`},
	} {
		t.Run(name, func(t *testing.T) {
			code, out, log := newDesk(t, fmt.Sprintf("cortex: {url: %q, key: %q}", c.url, c.key)).feeder(t, "check")
			assert.Equal(t, c.code, code, "%s\n%s", out, log)
			assert.Regexp(t, c.says, out)
			assert.NotContains(t, out+log, c.key)
		})
	}
}

func TestCheckNamesFilesOfSecretsThatAllMayRead(t *testing.T) {
	file := filepath.Join(t.TempDir(), "token")
	require.NoError(t, os.WriteFile(file, []byte("s3cret"), 0o600))
	desk := newDesk(t, fmt.Sprintf("page: {token_file: %q}", file))
	for mode, says := range map[os.FileMode]string{0o600: `secrets +ok +no file of them is open`, 0o644: `secrets +ok +every user of this machine may read ` + file + `: chmod o-r`} {
		require.NoError(t, os.Chmod(file, mode))
		code, out, log := desk.feeder(t, "check")
		assert.Equal(t, exitWell, code, "%s\n%s", out, log)
		assert.Regexp(t, says, out)
	}
}

func TestCheckLooksForTheRespondersOfRules(t *testing.T) {
	responder := func(name string, types ...string) cortexapitest.Worker {
		return cortexapitest.Worker{Name: name, DataTypes: types, Responder: true}
	}
	const alert = "thehive:alert"
	names := cortexapitest.Worker{Name: "Waggle_Warninglists_1_0", DataTypes: []string{"ip"}}
	for name, c := range map[string]struct {
		workers []cortexapitest.Worker
		hive    thehivetest.Options
		away    bool // TheHive reaches no Cortex
		mail    string
		code    int
		says    string
	}{
		"all there": {[]cortexapitest.Worker{responder("Waggle_MISPEvent_1_2", alert), responder("Waggle_Notify_1_0", "thehive:case", alert)}, thehivetest.Options{}, false, "",
			exitWell, `responders +ok +enabled: Waggle_MISPEvent_1_2, Waggle_Notify_1_0\n`},
		"a mail instead": {[]cortexapitest.Worker{responder("Waggle_MISPEvent_1_2", alert)}, thehivetest.Options{}, false, "mail: {host: 127.0.0.1, from: a@example.com, to: [b@example.com]}",
			exitWell, `enabled: Waggle_MISPEvent_1_2, mail in the place of Waggle_Notify`},
		"none": {nil, thehivetest.Options{}, false, "", exitIncomplete,
			`responders +WRONG +rules run Waggle_MISPEvent, and Cortex has not enabled it: enable it .* or take "misp" out of the rules; rules run Waggle_Notify`},
		"not for alerts": {[]cortexapitest.Worker{responder("Waggle_MISPEvent_1_2", "thehive:case"), responder("Waggle_Notify_1_0", alert)}, thehivetest.Options{}, false, "",
			exitIncomplete, `WRONG +Waggle_MISPEvent_1_2 takes no thehive:alert`},
		"no connector": {[]cortexapitest.Worker{responder("Waggle_MISPEvent_1_2", alert), responder("Waggle_Notify_1_0", alert)}, thehivetest.Options{Alone: true}, false, "",
			exitIncomplete, `WRONG +TheHive has no connector to Cortex`},
		"a connector to nowhere": {[]cortexapitest.Worker{responder("Waggle_MISPEvent_1_2", alert), responder("Waggle_Notify_1_0", alert), names}, thehivetest.Options{}, true, "",
			exitIncomplete, `WRONG +TheHive's connector reaches no Cortex`},
	} {
		t.Run(name, func(t *testing.T) {
			cortex := cortexapitest.Start(t, cortexapitest.Options{Workers: c.workers})
			if !c.away {
				c.hive.Cortexes = []thehivetest.Cortex{{Name: "local", URL: cortex.URL, Key: cortexapitest.Key}}
			}
			hive := thehivetest.Start(t, c.hive)
			d := newDesk(t, fmt.Sprintf("profile: ./ours.yaml\nthehive: {url: %q, key: %q}\ncortex: {url: %q, key: %q}\n%s", hive.URL, thehivetest.Key, cortex.URL, cortexapitest.Key, c.mail))
			require.NoError(t, os.WriteFile(filepath.Join(d.folder, "ours.yaml"), []byte("extends: small-business\nname: ours\nreplace: [rules]\nrules: {respond: [{when: {kev: true}, then: [misp, case, notify]}]}\n"), 0o600))
			code, out, log := d.feeder(t, "check")
			assert.Equal(t, c.code, code, "%s\n%s", out, log)
			assert.Regexp(t, c.says, out)
		})
	}
}

func TestCheckSaysWhoMayBlock(t *testing.T) {
	const one, two = "one-0123456789abcdef0123456789", "two-0123456789abcdef0123456789"
	for name, c := range map[string]struct {
		blocks, says string
		code         int
	}{
		"nobody":       {"", `ok +not set up: WAGGLE_BLOCKS_TOKEN`, exitWell},
		"only write":   {"blocks: {token: " + one + "}", `ok +responders may write, and nobody may read: set WAGGLE_LISTS_TOKEN`, exitWell},
		"only read":    {"blocks: {lists_token: " + one + "}", `ok +devices may read, and nobody may write: set WAGGLE_BLOCKS_TOKEN`, exitWell},
		"both":         {"blocks: {token: " + one + ", lists_token: " + two + "}", `ok +responders may write, devices may read`, exitWell},
		"the same":     {"blocks: {token: " + one + ", lists_token: " + one + "}", `WRONG +the block lists' two tokens are the same`, exitIncomplete},
		"one to guess": {"blocks: {token: short}", `WRONG +a token of the block lists has fewer than .* make one with`, exitIncomplete},
	} {
		t.Run(name, func(t *testing.T) {
			code, out, log := newDesk(t, c.blocks).feeder(t, "check")
			assert.Equal(t, c.code, code, "%s\n%s", out, log)
			assert.Regexp(t, "block lists +"+c.says, out)
			assert.NotContains(t, out+log, one)
		})
	}
}
