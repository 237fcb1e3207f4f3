package main

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/waggle-cti/waggle/shared/cortexapi/cortexapitest"
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
