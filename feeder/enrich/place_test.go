package enrich_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/feeder/enrich"
	"github.com/waggle-cti/waggle/shared/cortexapi"
	"github.com/waggle-cti/waggle/shared/cortexapi/cortexapitest"
	"github.com/waggle-cti/waggle/shared/ioc"
	"github.com/waggle-cti/waggle/shared/thehive"
	"github.com/waggle-cti/waggle/shared/thehive/thehivetest"
	"github.com/waggle-cti/waggle/shared/upstream"
)

// lab is a TheHive with a Cortex behind it, and an alert there with one value.
type lab struct {
	hive     *thehivetest.Server
	cortex   *cortexapitest.Server
	enricher *enrich.Enricher
	alert    enrich.Alert
	now      time.Time
}

// made says what a lab is to be.
type made struct {
	version  string
	tlp, pap int // of the alert and its observable
	dataType string
	hive     func(*thehivetest.Options)
	settings func(*enrich.Options)
}

const names = "Waggle_Names_1_0"

func newLab(t *testing.T, m made) *lab {
	t.Helper()
	l := &lab{now: time.Now(), cortex: cortexapitest.Start(t, cortexapitest.Options{Workers: []cortexapitest.Worker{worker(names, "ip")}})}
	o := thehivetest.Options{Version: m.version, Cortexes: []thehivetest.Cortex{{Name: "local", URL: l.cortex.URL, Key: cortexapitest.Key}}}
	if m.hive != nil {
		m.hive(&o)
	}
	l.hive = thehivetest.Start(t, o)
	client, err := thehive.New(thehive.Options{URL: l.hive.URL, Key: thehivetest.Key, Settle: time.Millisecond, HTTP: upstream.Options{Retries: -1}})
	require.NoError(t, err)
	l.enricher = enricher(t, l.cortex, func(o *enrich.Options) {
		o.TheHive, o.Now = client, func() time.Time { return l.now }
		if m.settings != nil {
			m.settings(o)
		}
	})
	created, err := client.CreateAlert(t.Context(), thehive.Alert{Type: "waggle", Source: "blog", SourceRef: "1", Title: "Loader", TLP: m.tlp, PAP: m.pap,
		Observables: []thehive.Observable{{DataType: m.dataType, Data: "203.0.113.7", TLP: m.tlp}}})
	require.NoError(t, err)
	l.alert = enrich.Alert{ID: created.ID, Revision: 1, Holds: true}
	return l
}

// asking is about the value, of a story that is marked TLP:GREEN and PAP:AMBER.
func (l *lab) place(t *testing.T) enrich.Place {
	return l.enricher.Place(t.Context(), ask(names), []enrich.Alert{l.alert})
}

func marked(version string) made { return made{version: version, tlp: 1, pap: 2, dataType: "ip"} }

func with(m made, change func(*made)) made {
	change(&m)
	return m
}

func TestPlace(t *testing.T) {
	elsewhere := func(t *testing.T) *cortexapitest.Server {
		return cortexapitest.Start(t, cortexapitest.Options{Workers: []cortexapitest.Worker{worker("Waggle_Other_1_0", "ip")}})
	}(t)
	four, five := marked("4.1.24-1"), marked("5.7.3-1")
	for name, c := range map[string]struct {
		made     made
		promoted bool
		where    string // alert, case; "" = nowhere
		want     enrich.Place
	}{
		"an alert of TheHive 4.1":     {four, false, "", enrich.Place{}},
		"a case of TheHive 4.1":       {four, true, "case", enrich.Place{}},
		"an alert of TheHive 5":       {five, false, "alert", enrich.Place{}},
		"a case of TheHive 5":         {five, true, "case", enrich.Place{}},
		"turned off":                  {with(five, func(m *made) { m.settings = func(o *enrich.Options) { o.ThroughTheHive = false } }), true, "", enrich.Place{}},
		"no connector":                {with(five, func(m *made) { m.hive = func(o *thehivetest.Options) { o.Alone = true } }), false, "", enrich.Place{Direct: "TheHive has no connector to Cortex"}},
		"a connector to nowhere":      {with(four, func(m *made) { m.hive = func(o *thehivetest.Options) { o.Cortexes = nil } }), true, "", enrich.Place{Direct: "TheHive's connector reaches no Cortex that has analyzers"}},
		"a Cortex without this one":   {with(four, func(m *made) { m.hive = func(o *thehivetest.Options) { o.Cortexes[0].URL = elsewhere.URL } }), true, "", enrich.Place{Direct: "TheHive's connector offers no " + names}},
		"held as another type":        {with(four, func(m *made) { m.dataType = "other" }), true, "", enrich.Place{Direct: "TheHive holds no observable ip of this value"}},
		"marked laxer there":          {with(four, func(m *made) { m.tlp = 0 }), true, "", enrich.Place{Direct: "TheHive marks it less strictly than the story is"}},
		"a laxer PAP there":           {with(five, func(m *made) { m.pap = 1 }), false, "", enrich.Place{Direct: "TheHive marks it less strictly than the story is"}},
		"marked RED there":            {with(five, func(m *made) { m.tlp = 4 }), false, "", enrich.Place{Refused: "not run: it is marked TLP:red and PAP:amber in TheHive"}},
		"a PAP there that forbids it": {with(four, func(m *made) { m.pap = 3 }), true, "", enrich.Place{Refused: "not run: it is marked TLP:green and PAP:red in TheHive"}},
		"stricter, and still allowed": {with(five, func(m *made) { m.tlp = 2 }), false, "alert", enrich.Place{}},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLab(t, c.made)
			in := l.alert.ID
			if c.promoted {
				in = l.hive.Import(l.alert.ID)
			}
			if c.where != "" {
				c.want.Observable = l.hive.Observables(in)[0].ID
			}
			assert.Equal(t, c.want, l.place(t))
		})
	}
}

// TestAnotherOrganisation: TheHive's Cortex has an analyzer of the name, whose
// jobs cannot be seen with our key.
func TestAnotherOrganisation(t *testing.T) {
	l := newLab(t, marked("5.7.3-1"))
	e, err := enrich.New(foreign{}, enrich.Options{Settings: enrich.Defaults(), TheHive: offering{names}})
	require.NoError(t, err)
	place := e.Place(t.Context(), ask(names), []enrich.Alert{l.alert})
	assert.Equal(t, "TheHive is connected to another Cortex, or to another organisation of it", place.Direct)
}

// foreign is a Cortex with one analyzer.
type foreign struct{ deaf }

func (foreign) Analyzers(context.Context) ([]cortexapi.Worker, error) {
	return []cortexapi.Worker{{ID: "ours", Name: names, Definition: names}}, nil
}

// offering is a TheHive 5 with an analyzer and an alert.
type offering struct{ analyzer string }

func (offering) Version(context.Context) (thehive.Version, error) {
	return thehive.Version{Major: 5}, nil
}
func (offering) Alert(context.Context, string) (thehive.Alert, error) {
	return thehive.Alert{PAP: 2}, nil
}
func (offering) Case(context.Context, string) (thehive.Case, error) { return thehive.Case{}, nil }
func (offering) AlertObservables(context.Context, string) ([]thehive.Observable, error) {
	return []thehive.Observable{{ID: "~1", DataType: "ip", Data: "203.0.113.7", TLP: 1}}, nil
}
func (offering) CaseObservables(context.Context, string) ([]thehive.Observable, error) {
	return nil, nil
}
func (o offering) Analyzers(context.Context) ([]thehive.Analyzer, error) {
	return []thehive.Analyzer{{ID: "theirs", Name: o.analyzer, Cortexes: []string{"local"}}}, nil
}
func (offering) StartJob(context.Context, thehive.Analyzer, string, string) (thehive.Job, error) {
	return thehive.Job{}, nil
}
func (offering) Jobs(context.Context, string) ([]thehive.Job, error) { return nil, nil }

func TestPlaceOfAValueThatIsOnItsWay(t *testing.T) {
	for name, c := range map[string]struct {
		version string
		alerts  []enrich.Alert
		later   bool
	}{
		"soon in an alert of TheHive 5": {"5.7.3-1", []enrich.Alert{{}}, true},
		"TheHive 4.1 cannot use it":     {"4.1.24-1", []enrich.Alert{{}}, false},
		"TheHive refuses the alert":     {"5.7.3-1", []enrich.Alert{{Failing: true}}, false},
		"no alert of its own":           {"5.7.3-1", []enrich.Alert{{Holds: true}}, false},
		"the alert was deleted":         {"5.7.3-1", []enrich.Alert{{ID: "~404", Holds: true}}, false},
		"no story names it":             {"5.7.3-1", nil, false},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLab(t, marked(c.version))
			assert.Equal(t, enrich.Place{Later: c.later}, l.enricher.Place(t.Context(), ask(names), c.alerts))
		})
	}
}

// TestTheHiveIsAskedSeldom: of an alert once a minute, and while it fails not at
// all.
func TestTheHiveIsAskedSeldom(t *testing.T) {
	l := newLab(t, marked("5.7.3-1"))
	for range 50 {
		require.NotEmpty(t, l.place(t).Observable)
	}
	asked := len(l.hive.Requests())
	assert.Less(t, asked, 12)
	l.alert.Revision++ // it grew
	require.NotEmpty(t, l.place(t).Observable)
	assert.Greater(t, len(l.hive.Requests()), asked)

	failed := 0
	l.hive.Fail(func(*http.Request) thehivetest.Fault {
		failed++
		return thehivetest.Fault{Status: 503}
	})
	l.alert.Revision++
	for range 5 {
		assert.Contains(t, l.place(t).Direct, "TheHive: upstream (503)")
	}
	assert.Equal(t, 1, failed)
	l.hive.Fail(nil)
	l.now = l.now.Add(2 * time.Minute)
	assert.NotEmpty(t, l.place(t).Observable)
}

func TestStartThroughTheHive(t *testing.T) {
	posts := func(f thehivetest.Fault) func(*http.Request) thehivetest.Fault {
		return func(r *http.Request) thehivetest.Fault {
			if strings.HasSuffix(r.URL.Path, "/job") {
				return f
			}
			return thehivetest.Fault{}
		}
	}
	for name, c := range map[string]struct {
		fault          thehivetest.Fault
		rate           int  // jobs an hour that Cortex allows
		gone           bool // the observable was taken away meanwhile
		job, lost      bool
		hold           time.Duration
		direct         string
		there, atLabel bool // whose job Cortex has
	}{
		"taken":                   {rate: 1, job: true, there: true},
		"the observable is gone":  {rate: 1, gone: true, job: true, direct: "Observable not found", atLabel: true},
		"the key may not analyse": {fault: thehivetest.Fault{Status: 403}, rate: 1, job: true, direct: "TheHive: auth (403)", atLabel: true},
		"the answer is lost":      {fault: thehivetest.Fault{Drop: true}, rate: 1, lost: true, there: true},
		"TheHive fails":           {fault: thehivetest.Fault{Status: 500}, rate: 1, lost: true},
		"Cortex' limit":           {rate: 0, hold: time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLab(t, marked("5.7.3-1"))
			limited := worker(names, "ip")
			limited.Rate, limited.RateUnit = 1, "Hour"
			l.cortex.SetWorkers(limited)
			observable := l.place(t).Observable
			require.NotEmpty(t, observable)
			if c.rate == 0 {
				_, err := l.enricher.Start(t.Context(), ask(names), "", "another")
				require.NoError(t, err)
			}
			if c.gone {
				observable = "~404"
			}
			before := len(l.cortex.Jobs())
			l.hive.Fail(posts(c.fault))
			got, err := l.enricher.Start(t.Context(), ask(names), observable, "label")
			require.NoError(t, err)
			assert.Equal(t, []any{c.job, c.lost, c.hold}, []any{got.Job != "", got.Lost != nil, got.Hold})
			if c.direct == "" {
				assert.Empty(t, got.Direct)
			}
			assert.Contains(t, got.Direct, c.direct)
			made := l.cortex.Jobs()[before:]
			require.Len(t, made, map[bool]int{true: 1}[c.there || c.atLabel])
			if c.atLabel {
				assert.Equal(t, "label", made[0].Label)
			}

			l.hive.Fail(nil)
			job, known, err := l.enricher.Recall(t.Context(), ask(names), observable, "label", l.now)
			require.NoError(t, err)
			assert.Equal(t, []any{c.there || c.atLabel, true}, []any{job != "", known})
		})
	}
}

func TestRecallWhileTheHiveIsAway(t *testing.T) {
	l := newLab(t, marked("5.7.3-1"))
	observable := l.place(t).Observable
	l.hive.Fail(func(*http.Request) thehivetest.Fault { return thehivetest.Fault{Status: 503} })
	for range 3 {
		job, known, err := l.enricher.Recall(t.Context(), ask(names), observable, "label", l.now)
		require.NoError(t, err)
		assert.Equal(t, []any{"", false}, []any{job, known})
	}
}

// TestAnOldJobIsNotRecalled: what an observable was analysed for days ago is no
// answer to what was asked now.
func TestAnOldJobIsNotRecalled(t *testing.T) {
	l := newLab(t, marked("5.7.3-1"))
	observable := l.place(t).Observable
	begun, err := l.enricher.Start(t.Context(), ask(names), observable, "label")
	require.NoError(t, err)
	for since, want := range map[time.Duration]string{0: begun.Job, time.Minute: begun.Job, time.Hour: ""} {
		job, known, err := l.enricher.Recall(t.Context(), ask(names), observable, "another", l.now.Add(since))
		require.NoError(t, err)
		assert.Equal(t, []any{want, true}, []any{job, known})
	}
	other := ask("Waggle_Other_1_0")
	other.Kind = ioc.IP
	job, _, err := l.enricher.Recall(t.Context(), other, observable, "another", l.now)
	require.NoError(t, err)
	assert.Empty(t, job, "of another analyzer")
}
