package thehive_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"

	"github.com/waggle-cti/waggle/shared/thehive"
	"github.com/waggle-cti/waggle/shared/thehive/thehivetest"
	"github.com/waggle-cti/waggle/shared/upstream"
)

const (
	handedCase = `{"_id":"~40960","_type":"case","title":"Loader","severity":3,"startDate":1795424044869,"createdAt":1795424044886,
		"endDate":1795500000000,"tags":["a"],"tlp":3,"pap":1}`
	handedAlert = `{"_id":"~4192","_type":"alert","title":"Loader seen","severity":2,"date":1795424037492,"createdAt":1795424037685,
		"tags":["b"],"tlp":1,"pap":0,"case":null}`
)

func TestHanded(t *testing.T) {
	server := thehivetest.Start(t, thehivetest.Options{})
	c := client(t, server.URL)
	theCase := thehive.Record{Kind: "case", ID: "~40960", Title: "Loader", Severity: 3, TLP: 3, PAP: 1,
		Date: time.UnixMilli(1795424044869).UTC(), Closed: true, Tags: []string{"a"}}
	for name, test := range map[string]struct {
		dataType, object string
		want             thehive.Record
	}{
		"case": {"thehive:case", handedCase, theCase},
		"alert": {"thehive:alert", handedAlert, thehive.Record{Kind: "alert", ID: "~4192", Title: "Loader seen", Severity: 2, TLP: 1,
			Date: time.UnixMilli(1795424037492).UTC(), Tags: []string{"b"}}},
		"observable": {"thehive:case_artifact", `{"_id":"~1","dataType":"ip","data":"203.0.113.7","tlp":0,"tags":["o"],"case":` + handedCase + `}`, theCase},
		"no marking": {"thehive:case", `{"_id":"~1","title":"t","tlp":null}`, thehive.Record{Kind: "case", ID: "~1", Title: "t", TLP: 2, PAP: 2}},
	} {
		t.Run(name, func(t *testing.T) {
			got, _, err := c.Handed(t.Context(), test.dataType, gjson.Parse(test.object))
			require.NoError(t, err)
			assert.Equal(t, test.want, got)
		})
	}

	_, _, err := c.Handed(t.Context(), "thehive:alert", gjson.Parse(`{"_id":"~4192","case":"~99"}`))
	assert.ErrorIs(t, err, upstream.NotFound)
}

func TestHandedAlertOfACase(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/api/v1/query" {
			_, _ = w.Write([]byte("[]"))
			return
		}
		assert.Equal(t, "/api/v1/case/~40960", r.URL.Path)
		_, _ = w.Write([]byte(`{"_id":"~40960","_type":"Case","_createdAt":1795424044886,"title":"Loaders","severity":4,"tlp":3,"pap":2,
			"status":"Resolved","tags":["c"]}`))
	}))
	defer server.Close()
	object := `{"_id":"~4192","title":"Loader seen","tags":["b"],"tlp":1,"pap":0,"case":"~40960"}`
	got, _, err := client(t, server.URL).Handed(t.Context(), "thehive:alert", gjson.Parse(object))
	require.NoError(t, err)
	assert.Equal(t, thehive.Record{Kind: "case", ID: "~40960", Title: "Loaders", Severity: 4, TLP: 3, PAP: 2,
		Date: time.UnixMilli(1795424044886).UTC(), Closed: true, Tags: []string{"c", "b"}}, got, "the case's own but for the tags")
}

func TestHandedObservables(t *testing.T) {
	server := thehivetest.Start(t, thehivetest.Options{})
	c := client(t, server.URL)
	id := server.AddCase(thehive.Case{Title: "Loaders"}, []thehive.Observable{{DataType: "ip", Data: "203.0.113.7", TLP: 1}})
	values := func(dataType, object string) []string {
		t.Helper()
		_, found, err := c.Handed(t.Context(), dataType, gjson.Parse(object))
		require.NoError(t, err)
		var out []string
		for _, o := range found {
			out = append(out, o.DataType+" "+o.Data)
		}
		return out
	}
	assert.Equal(t, []string{"ip 203.0.113.7"}, values("thehive:case", `{"_id":"`+id+`"}`))
	assert.Empty(t, values("thehive:alert", `{"_id":"~99"}`))
	assert.Equal(t, []string{"url http://bad-host.net/a"}, values("thehive:case_artifact", `{"_id":"~1","dataType":"url","data":"http://bad-host.net/a"}`))

	_, file, err := c.Handed(t.Context(), "thehive:case_artifact", gjson.Parse(
		`{"_id":"~1","dataType":"file","ioc":true,"message":"m","attachment":{"name":"a.exe","hashes":["aa","bb"]}}`))
	require.NoError(t, err)
	assert.Equal(t, []thehive.Observable{{ID: "~1", DataType: "file", Message: "m", TLP: 2, IOC: true,
		Attachment: &thehive.Attachment{Name: "a.exe", Hashes: []string{"aa", "bb"}}}}, file)
}

func TestPageAndTLPName(t *testing.T) {
	old, current := thehive.Version{Major: 4}, thehive.Version{Major: 5}
	theCase, alert := thehive.Record{Kind: "case", ID: "~1", TLP: 3}, thehive.Record{Kind: "alert", ID: "~2", TLP: 1}
	const base = "https://thehive.example.com/"
	assert.Equal(t, base+"index.html#!/case/~1/details", theCase.Page(base, old))
	assert.Equal(t, base+"cases/~1/details", theCase.Page(base, current))
	assert.Equal(t, base+"alerts/~2/details", alert.Page(base, current))
	assert.Empty(t, alert.Page(base, old))
	assert.Equal(t, "red", theCase.TLPName(old))
	assert.Equal(t, "amber+strict", theCase.TLPName(current))
	assert.Equal(t, "green", alert.TLPName(old))
}
