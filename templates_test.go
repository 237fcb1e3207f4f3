package bundle_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"

	"github.com/waggle-cti/waggle/shared/absent"
	"github.com/waggle-cti/waggle/shared/chromium"
)

// npm is where `make angular` leaves AngularJS and Bootstrap, of the versions
// that TheHive 4.1.24 holds.
const npm = "dist/npm"

// report is a golden report as TheHive gives it to the template.
type report struct {
	Name  string `json:"name"`
	Scope scope  `json:"scope"`
}

// scope is what a template can name.
// https://docs.strangebee.com/thehive/administration/analyzer-templates/
type scope struct {
	Name     string          `json:"name"`
	Artifact map[string]any  `json:"artifact"`
	Content  json.RawMessage `json:"content"`
	Success  bool            `json:"success"`
	Status   string          `json:"status"`
}

// TestTemplates shows every golden report of every analyzer in its template, as
// TheHive does, in a real browser: as it is, and with markup, expressions and
// endless words in each of its texts. WAGGLE_SCREENSHOTS names a folder for
// pictures, which `make screenshots` sets.
func TestTemplates(t *testing.T) {
	needAngular(t)
	server := httptest.NewServer(pages())
	defer server.Close()
	window := chromium.Window(t)

	templates, err := filepath.Glob("analyzers/*/long.html")
	require.NoError(t, err)
	require.NotEmpty(t, templates)
	for _, path := range templates {
		worker := filepath.Dir(path)
		t.Run(worker, func(t *testing.T) {
			template, err := os.ReadFile(path)
			require.NoError(t, err)
			p := page{t, window, filepath.Base(worker), string(template), reports(t, worker)}
			p.do(chromedp.Navigate(server.URL + "/testdata/thehive.html"))
			p.show("none")
			for _, theme := range []string{"light", "dark"} {
				p.look("none", 1140, theme)
				p.shoot(theme)
			}
			p.look("none", 780, "light")
			for _, change := range []string{"everything", "texts"} {
				p.show(change)
				p.look(change, 1140, "light")
			}
		})
	}
}

// page is the browser's window with one worker's reports.
type page struct {
	t        *testing.T
	ctx      context.Context
	worker   string
	template string
	reports  []report
}

func (p page) do(actions ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	require.NoError(p.t, chromedp.Do(p.ctx, actions...))
}

// show puts the reports into the page, with a change of testdata/look.js. Failed
// ones have one text, so one of them is enough to change.
func (p page) show(change string) {
	p.t.Helper()
	shown, failed := []report{}, false
	for _, r := range p.reports {
		if r.Scope.Success || change == "none" || !failed {
			shown = append(shown, r)
		}
		failed = failed || !r.Scope.Success
	}
	given, err := json.Marshal([]any{p.template, shown})
	require.NoError(p.t, err)
	p.do(chromedp.Evaluate[chromedp.Void](fmt.Sprintf(`show(...%s, changes.%s)`, given, change)))
}

// look finds nothing wrong in a window of a width in pixels, in a theme.
func (p page) look(change string, width int64, theme string) {
	p.t.Helper()
	size := emulation.SetDeviceMetricsOverrideParams{Width: width, Height: 900, DeviceScaleFactor: 1}
	_, err := chromedp.Run(p.ctx, func(ctx context.Context, t *chromedp.Target) (cdp.Empty, error) {
		return cdp.Call(ctx, t, emulation.SetDeviceMetricsOverride, size)
	})
	require.NoError(p.t, err)
	wrong, err := chromedp.Run(p.ctx, chromedp.Evaluate[[]string](fmt.Sprintf(`document.body.className = %q; look(%q)`, theme, change)))
	require.NoError(p.t, err)
	if len(wrong) > 12 {
		wrong = append(wrong[:12], fmt.Sprintf("and %d more", len(wrong)-12))
	}
	assert.Empty(p.t, wrong, "%s, %d pixels wide, %s, changed: %s", p.worker, width, theme, change)
}

func (p page) shoot(theme string) {
	p.t.Helper()
	folder := os.Getenv("WAGGLE_SCREENSHOTS")
	if folder == "" {
		return
	}
	picture, err := chromedp.Run(p.ctx, chromedp.FullScreenshot(100))
	require.NoError(p.t, err)
	require.NoError(p.t, os.MkdirAll(folder, 0o755))
	require.NoError(p.t, os.WriteFile(filepath.Join(folder, p.worker+"-"+theme+".png"), picture, 0o644))
}

// pages serves AngularJS, Bootstrap and what testdata holds.
func pages() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/npm/", http.StripPrefix("/npm/", http.FileServer(http.Dir(npm))))
	mux.Handle("/testdata/", http.StripPrefix("/testdata/", http.FileServer(http.Dir("testdata"))))
	mux.HandleFunc("/favicon.ico", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	return mux
}

func needAngular(t *testing.T) {
	t.Helper()
	for _, file := range []string{"angular/angular.js", "bootstrap/dist/css/bootstrap.css"} {
		if _, err := os.Stat(filepath.Join(npm, file)); err == nil {
			continue
		}
		absent.Skip(t, "no %s/%s: run `make angular`, which takes it from npm, to see the report templates in a browser", npm, file)
	}
}

// reports reads the golden reports of a worker's folder, and what was asked.
func reports(t *testing.T, worker string) []report {
	t.Helper()
	outputs, err := filepath.Glob(filepath.Join(worker, "testdata", "*", "output.json"))
	require.NoError(t, err)
	require.NotEmpty(t, outputs, "no golden report")
	var all []report
	for _, path := range outputs {
		output, err := os.ReadFile(path)
		require.NoError(t, err)
		input, err := os.ReadFile(filepath.Join(filepath.Dir(path), "input.json"))
		require.NoError(t, err)
		all = append(all, report{Name: filepath.Base(filepath.Dir(path)), Scope: asTheHive(filepath.Base(worker), output, input)})
	}
	return all
}

// asTheHive is what TheHive makes of a report: the full report, or all of it
// where it failed.
func asTheHive(name string, output, input []byte) scope {
	out, in := gjson.ParseBytes(output), gjson.ParseBytes(input)
	s := scope{Name: name, Artifact: map[string]any{"dataType": in.Get("dataType").String()}, Content: json.RawMessage(out.Raw), Success: out.Get("success").Bool(), Status: "Failure"}
	if full := out.Get("full"); full.Exists() {
		s.Content = json.RawMessage(full.Raw)
	}
	if s.Success {
		s.Status = "Success"
	}
	if file := in.Get("filename"); file.Exists() {
		s.Artifact["attachment"] = map[string]any{"name": file.String()}
	} else {
		s.Artifact["data"] = in.Get("data").Value()
	}
	return s
}
