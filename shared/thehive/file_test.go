package thehive_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/shared/thehive"
	"github.com/waggle-cti/waggle/shared/thehive/thehivetest"
	"github.com/waggle-cti/waggle/shared/upstream"
)

// list is a file in its nth version.
func list(version string) thehive.File {
	return thehive.File{Name: "list.csv", ContentType: "text/csv", Data: []byte("value\n" + version + "\n"), Message: "what else there is", TLP: 1, Tags: []string{"waggle", "waggle:rest"}}
}

func TestKeepAlertFile(t *testing.T) {
	elsewhere := list("an analyst's")
	elsewhere.Tags = []string{"ours"}
	for name, c := range map[string]struct {
		files []thehive.File
		want  []string // contents that are left
	}{
		"once":                   {[]thehive.File{list("1")}, []string{"value\n1\n"}},
		"again":                  {[]thehive.File{list("1"), list("1")}, []string{"value\n1\n"}},
		"grown":                  {[]thehive.File{list("1"), list("1 2"), list("1 2 3")}, []string{"value\n1 2 3\n"}},
		"back to what it was":    {[]thehive.File{list("1"), list("2"), list("1")}, []string{"value\n1\n"}},
		"another's of that name": {[]thehive.File{elsewhere, list("1"), list("2")}, []string{"value\nan analyst's\n", "value\n2\n"}},
		"another's of that content": {[]thehive.File{
			{Name: "copy.csv", Data: list("1").Data, Tags: []string{"ours"}}, list("1")}, []string{"value\n1\n"}},
	} {
		t.Run(name, func(t *testing.T) {
			onEach(t, func(t *testing.T, server *thehivetest.Server, client *thehive.Client) {
				id := raised(t, client).ID
				for _, f := range c.files {
					require.NoError(t, client.KeepAlertFile(t.Context(), id, f))
				}
				var got []string
				for _, content := range server.Files(id) {
					got = append(got, string(content))
				}
				assert.Equal(t, c.want, got)
				assert.Len(t, server.Observables(id), 3+len(c.want), "the values stay")
			})
		})
	}
}

func TestKeepAlertFileSendsAllOfIt(t *testing.T) {
	onEach(t, func(t *testing.T, server *thehivetest.Server, client *thehive.Client) {
		id := raised(t, client).ID
		require.NoError(t, client.KeepAlertFile(t.Context(), id, list("1")))
		o := server.Observables(id)[3]
		assert.Equal(t, []any{"file", "", "what else there is", 1, []string{"waggle", "waggle:rest"}, "list.csv"},
			[]any{o.DataType, o.Data, o.Message, o.TLP, o.Tags, o.Attachment.Name})
	})
}

// TestKeepAlertFileAfterACrash: what was added but whose predecessor was not
// taken away is put right by the next call.
func TestKeepAlertFileAfterACrash(t *testing.T) {
	onEach(t, func(t *testing.T, server *thehivetest.Server, client *thehive.Client) {
		id := raised(t, client).ID
		require.NoError(t, client.KeepAlertFile(t.Context(), id, list("1")))
		server.Fail(func(r *http.Request) thehivetest.Fault {
			if r.Method == http.MethodDelete {
				return thehivetest.Fault{Reset: true}
			}
			return thehivetest.Fault{}
		})
		require.Error(t, client.KeepAlertFile(t.Context(), id, list("2")))
		require.Len(t, server.Files(id), 2)
		server.Fail(nil)
		require.NoError(t, client.KeepAlertFile(t.Context(), id, list("2")))
		assert.Equal(t, [][]byte{list("2").Data}, server.Files(id))
	})
}

func TestKeepAlertFileRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		alert  string
		change func(*thehive.File)
		reason upstream.Reason
	}{
		"no name":    {"", func(f *thehive.File) { f.Name = "" }, upstream.BadInput},
		"no content": {"", func(f *thehive.File) { f.Data = nil }, upstream.BadInput},
		"no tag":     {"", func(f *thehive.File) { f.Tags = nil }, upstream.BadInput},
		"TLP 9":      {"", func(f *thehive.File) { f.TLP = 9 }, upstream.BadInput},
		"no alert":   {"~404", func(*thehive.File) {}, upstream.NotFound},
	} {
		t.Run(name, func(t *testing.T) {
			onEach(t, func(t *testing.T, server *thehivetest.Server, client *thehive.Client) {
				id := raised(t, client).ID
				if c.alert != "" {
					id = c.alert
				}
				f := list("1")
				c.change(&f)
				assert.Equal(t, c.reason, upstream.ReasonOf(client.KeepAlertFile(t.Context(), id, f)))
				assert.Empty(t, server.Files(id))
			})
		})
	}
}

func TestReadFile(t *testing.T) {
	onEach(t, func(t *testing.T, server *thehivetest.Server, client *thehive.Client) {
		id := raised(t, client).ID
		require.NoError(t, client.KeepAlertFile(t.Context(), id, list("1")))
		held, err := client.AlertObservables(t.Context(), id)
		require.NoError(t, err)
		content, err := client.ReadFile(t.Context(), held[len(held)-1])
		require.NoError(t, err)
		assert.Equal(t, list("1").Data, content)

		_, err = client.ReadFile(t.Context(), thehive.Observable{ID: "~1", Attachment: &thehive.Attachment{ID: "gone"}})
		assert.ErrorIs(t, err, upstream.NotFound)
		_, err = client.ReadFile(t.Context(), held[0])
		assert.ErrorIs(t, err, upstream.BadInput, "a value")
	})
}
