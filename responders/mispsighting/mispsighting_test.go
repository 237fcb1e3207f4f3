package mispsighting

import (
	"encoding/json"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"

	"github.com/waggle-cti/waggle/shared/cortex"
	"github.com/waggle-cti/waggle/shared/cortex/cortextest"
	"github.com/waggle-cti/waggle/shared/misp"
	"github.com/waggle-cti/waggle/shared/misp/misptest"
	"github.com/waggle-cti/waggle/shared/thehive"
	"github.com/waggle-cti/waggle/shared/thehive/thehivetest"
)

// The objects are shaped as TheHive 4.1 hands them to Cortex, the answers as
// those of MISP 2.5; the values are invented.
func TestCases(t *testing.T) { cortextest.Run(t, Responder) }

func TestBadInputAndServices(t *testing.T) { cortextest.Torture(t, Responder, nil) }

func TestNoLeak(t *testing.T) { cortextest.Leaks(t, Responder, nil) }

const digest = "3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d"

// stack is a TheHive and a MISP with state.
type stack struct {
	hive *thehivetest.Server
	misp *misptest.Server
}

// newStack has three events, two of which hold the same host.
func newStack(t *testing.T) stack {
	t.Helper()
	s := stack{thehivetest.Start(t, thehivetest.Options{}), misptest.Start(t, misptest.Options{})}
	client, err := misp.New(misp.Options{URL: s.misp.URL, Key: misptest.Key})
	require.NoError(t, err)
	for _, a := range [][]misp.Attribute{
		{{Type: "hostname", Value: "loader.example.net"}, {Type: "ip-dst", Value: "203.0.113.99"}},
		{{Type: "hostname", Value: "loader.example.net"}},
		{{Type: "filename|sha256", Value: "parcel.exe|" + digest}},
	} {
		_, err := client.PutEvent(t.Context(), misp.Event{UUID: misp.EventUUID("test", "case", a[0].Value+time.Now().String()), Info: "x", Attributes: a, Date: time.Now()})
		require.NoError(t, err)
	}
	return s
}

func (s stack) run(t *testing.T, dataType string, object, config map[string]any) gjson.Result {
	t.Helper()
	folder := cortextest.NewFolder(t)
	settings := map[string]any{"misp_url": s.misp.URL, "misp_key": misptest.Key, "thehive_url": s.hive.URL, "thehive_key": thehivetest.Key}
	maps.Copy(settings, config)
	input, err := json.Marshal(map[string]any{"dataType": dataType, "data": object, "tlp": object["tlp"], "pap": 2, "config": settings})
	require.NoError(t, err)
	cortextest.WriteInput(t, folder, "input.json", input)
	require.NoError(t, Responder.Run(t.Context(), folder, cortex.Surroundings{Stderr: t.Output(), Getenv: func(string) string { return "" }}))
	report := cortextest.AcceptFolder(t, folder)
	assert.NotContains(t, report.Raw, misptest.Key)
	assert.NotContains(t, report.Raw, thehivetest.Key)
	return report
}

func (s stack) aCase() map[string]any {
	id := s.hive.AddCase(thehive.Case{Title: "Loader", TLP: 2, PAP: 2}, []thehive.Observable{
		{DataType: "fqdn", Data: "Loader.Example.net", IOC: true, Sighted: true, TLP: 2},
		{DataType: "ip", Data: "203.0.113.99", IOC: true, TLP: 2},
		{DataType: "hash", Data: strings.ToUpper(digest), Sighted: true, TLP: 2},
		{DataType: "domain", Data: "nobody-knows.example.org", Sighted: true, TLP: 2},
		{DataType: "other", Data: "%percent%", Sighted: true, TLP: 2},
		{DataType: "ip", Data: "203.0.113.5", Sighted: true, TLP: 4},
	})
	return map[string]any{"_id": id, "_type": "case", "title": "Loader", "severity": 2, "startDate": 1795424044869, "tlp": 2, "pap": 2,
		"tags": []any{}, "status": "Open", "endDate": nil}
}

func TestEachIsToldOnce(t *testing.T) {
	for name, c := range map[string]struct {
		config            map[string]any
		counts            []int // sightings of host, address, file
		untold, left, new int64
	}{
		"what was sighted":     {nil, []int{2, 0, 1}, 3, 1, 3},
		"what is an indicator": {map[string]any{"of_case": "ioc"}, []int{2, 1, 0}, 0, 4, 3},
		"all":                  {map[string]any{"of_case": "all", "type": "false-positive"}, []int{2, 1, 1}, 3, 0, 4},
		"expired":              {map[string]any{"of_case": "all", "type": "expiration", "source": "SOC"}, []int{2, 1, 1}, 3, 0, 4},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStack(t)
			object := s.aCase()
			for run := range 2 {
				report := s.run(t, "thehive:case", object, c.config)
				require.True(t, report.Get("success").Bool(), "%s", report)
				assert.Equal(t, run == 0, report.Get("full.changed").Bool())
				if run == 0 {
					assert.Equal(t, c.new, report.Get("full.new").Int())
				} else {
					assert.Equal(t, c.new, report.Get("full.standing").Int())
					assert.Contains(t, report.Get("full.message").String(), "Nothing new")
				}
				assert.Equal(t, c.untold, report.Get("full.untold.#").Int(), "%s", report)
				assert.Equal(t, c.left, report.Get("full.left_out").Int())
				assert.Equal(t, c.counts, []int{s.misp.Sightings("loader.example.net"), s.misp.Sightings("203.0.113.99"),
					s.misp.Sightings("parcel.exe|" + digest)})
			}
		})
	}
}

// TestInternationalNames: TheHive and MISP may spell one name in two ways.
func TestInternationalNames(t *testing.T) {
	const word, ascii = "bücher", "xn--bcher-kva"
	for name, c := range map[string]struct{ dataType, observed, typ, held string }{
		"letters, in mixed case":         {"domain", "BÜCHER.Example", "domain", ascii + ".example"},
		"punycode, in mixed case":        {"domain", "XN--Bcher-KVA.Example", "domain", ascii + ".example"},
		"punycode of what has letters":   {"domain", ascii + ".example", "text", word + ".example"},
		"letters of what has letters":    {"domain", "Bücher.Example", "text", word + ".example"},
		"defanged":                       {"domain", word + "[.]example", "domain", ascii + ".example"},
		"a last dot":                     {"fqdn", "www." + word + ".example.", "hostname", "www." + ascii + ".example"},
		"no public suffix":               {"domain", word + ".nowhere", "domain", ascii + ".nowhere"},
		"an underscore":                  {"fqdn", "_dmarc." + word + ".example", "hostname", "_dmarc." + ascii + ".example"},
		"mail, letters":                  {"mail", "Clerk@" + word + ".nowhere", "email-src", "clerk@" + ascii + ".nowhere"},
		"mail, punycode":                 {"mail", "clerk@" + ascii + ".nowhere", "text", "clerk@" + word + ".nowhere"},
		"URL, letters":                   {"url", "https://" + word + ".nowhere:8443/A?b=ü", "text", "https://" + ascii + ".nowhere:8443/A?b=ü"},
		"URL, punycode":                  {"url", "http://" + ascii + ".nowhere/a", "text", "http://" + word + ".nowhere/a"},
		"half of a composite, letters":   {"domain", word + ".example", "domain|ip", ascii + ".example|203.0.113.8"},
		"half of a composite, punycode":  {"domain", ascii + ".example", "domain|ip", ascii + ".example|203.0.113.8"},
		"a name of several such letters": {"domain", "例え.テスト", "domain", "xn--r8jz45g.xn--zckzah"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStack(t)
			client, err := misp.New(misp.Options{URL: s.misp.URL, Key: misptest.Key})
			require.NoError(t, err)
			_, err = client.PutEvent(t.Context(), misp.Event{UUID: misp.EventUUID("test", "case", "names"), Info: "x", Date: time.Now(),
				Attributes: []misp.Attribute{{Type: c.typ, Value: c.held}, {Type: "domain", Value: "bucher.example"}, {Type: "domain", Value: "www.example"}}})
			require.NoError(t, err)
			id := s.hive.AddCase(thehive.Case{Title: "T", TLP: 2, PAP: 2}, []thehive.Observable{{DataType: c.dataType, Data: c.observed, Sighted: true, TLP: 2}})
			report := s.run(t, "thehive:case", map[string]any{"_id": id, "_type": "case", "title": "T", "severity": 2, "startDate": 1795424044869, "tlp": 2, "pap": 2,
				"tags": []any{}, "status": "Open", "endDate": nil}, nil)
			require.True(t, report.Get("success").Bool(), "%s", report)
			assert.Equal(t, int64(1), report.Get("full.new").Int(), "%s", report)
			assert.Equal(t, 1, s.misp.Sightings(c.held))
		})
	}
}

// TestARerunCompletes stops MISP halfway.
func TestARerunCompletes(t *testing.T) {
	for name, fault := range map[string]misptest.Fault{"500": {Status: 500}, "answer lost": {Drop: true}} {
		t.Run(name, func(t *testing.T) {
			s := newStack(t)
			object := s.aCase()
			adds := 0
			s.misp.Fail(func(r *http.Request) misptest.Fault {
				if strings.HasPrefix(r.URL.Path, "/sightings/add") {
					if adds++; adds == 2 {
						return fault
					}
				}
				return misptest.Fault{}
			})
			first := s.run(t, "thehive:case", object, nil)
			assert.False(t, first.Get("success").Bool())
			assert.Contains(t, first.Get("errorMessage").String(), "MISP")
			second := s.run(t, "thehive:case", object, nil)
			require.True(t, second.Get("success").Bool(), "%s", second)
			assert.Equal(t, int64(3), second.Get("full.new").Int()+second.Get("full.standing").Int())
			assert.Equal(t, 2, s.misp.Sightings("loader.example.net"))
			assert.Equal(t, 1, s.misp.Sightings("parcel.exe|"+digest))
		})
	}
}

func TestMISPThatMayNotBeWrittenTo(t *testing.T) {
	s := newStack(t)
	report := s.run(t, "thehive:case", s.aCase(), map[string]any{"misp_key": misptest.ReadOnlyKey})
	assert.False(t, report.Get("success").Bool() && report.Get("full.new").Int() > 0)
}

func TestProbe(t *testing.T) {
	hive := cortextest.Answers("GET", "https://service.example.com/api/v1/user/current", 200, `{"login":"waggle@example.com","organisation":"acme"}`)
	cortextest.Probe(t, Responder, map[string]cortextest.Probed{
		"both take their keys": {Says: "TheHive takes the key of waggle@example.com, MISP 2.5.1 its own",
			Exchanges: append(hive, cortextest.Answers("GET", "https://service.example.com/servers/getVersion", 200, `{"version":"2.5.1"}`)...)},
		"TheHive refuses": {Error: "AuthenticationError",
			Exchanges: cortextest.Answers("GET", "https://service.example.com/api/v1/user/current", 401, `{"type":"AuthenticationError","message":"AuthenticationError"}`)},
		"MISP refuses": {Error: "Authentication failed",
			Exchanges: append(hive, cortextest.Answers("GET", "https://service.example.com/servers/getVersion", 403, `{"message":"Authentication failed."}`)...)},
	})
}
