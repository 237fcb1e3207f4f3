package thehive

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"github.com/waggle-cti/waggle/shared/upstream"
)

// Alert is an alert, to be written or as TheHive holds it.
type Alert struct {
	// Type, Source and SourceRef together are the alert's natural key: there
	// is one alert for them in an organisation. Longer ones than TheHive takes
	// are shortened so that they stay distinct; semicolons become commas.
	Type      string
	Source    string
	SourceRef string

	Title        string    // one line of 512 characters at most
	Description  string    // Markdown
	ExternalLink string    // where the reader finds the original
	Severity     int       // 1 low – 4 critical; 0 = 2
	TLP          int       // 0 CLEAR, 1 GREEN, 2 AMBER, 3 AMBER+STRICT, 4 RED; TheHive 4.1 knows 3 as RED and nothing above
	PAP          int       // 0–3
	Date         time.Time // of the event; zero = now
	Tags         []string
	Observables  []Observable // only written; read them by AlertObservables

	// Fields are custom fields, a whole number (int), text, yes or no each;
	// left out in writing where TheHive has none of the name.
	Fields map[string]any
	// Techniques are ids of ATT&CK (T1059.001), which TheHive 5 notes as
	// procedures; only written, and left out where it does not know them.
	Techniques []string

	// What TheHive adds.
	ID      string // "~28840"
	Status  string // 4.1: New, Updated, Ignored, Imported; 5: as configured
	Case    string // id of the case it was imported into
	Created time.Time
}

// CreatedAlert is what became of a CreateAlert.
type CreatedAlert struct {
	ID       string
	Existed  bool      // there was an alert with that key before
	Failures []Failure // observables that TheHive did not take
}

// key names the alert in TheHive's addresses and in our order of writing.
func (a Alert) key() string { return a.Type + ";" + a.Source + ";" + a.SourceRef }

// CreateAlert makes an alert with all its observables, or adds what is missing
// to the one that has its key. Its other fields stay as they are then, since
// they may be an analyst's by now.
//
// It may be called again at will, also when the first call's outcome never
// came to be known: TheHive checks for duplicates, but not against a create
// that is still running, so creates of one key go one after another here, and
// after an unknown outcome the alert is looked for before the error is given.
// What comes with the error holds as well: with an ID, the alert is there and
// only observables are missing.
//
// Text that is longer than TheHive 5's OpenAPI allows is cut; numbers off the scale, and an
// empty type, source, reference or title, are errors with reason
// upstream.BadInput. An empty observable is a Failure.
func (c *Client) CreateAlert(ctx context.Context, a Alert) (CreatedAlert, error) {
	a, err := a.fit()
	if err != nil {
		return CreatedAlert{}, err
	}
	v, err := c.Version(ctx)
	if err != nil {
		return CreatedAlert{}, err
	}
	unlock, err := c.order.Lock(ctx, "alert "+a.key())
	if err != nil {
		return CreatedAlert{}, err
	}
	defer unlock()

	sent, err := c.send(ctx, v, a)
	created := CreatedAlert{ID: sent.id, Failures: sent.failures}
	if err != nil {
		if created.ID, err = c.existing(ctx, v, a, err); err != nil {
			return CreatedAlert{}, err
		}
		created.Existed = true
		if sent.rest, err = c.missing(ctx, alertHolder(v, created.ID), sent.observables); err != nil {
			return created, err
		}
	}
	_, _, more, err := c.add(ctx, v, alertHolder(v, created.ID), sent.rest)
	created.Failures = append(created.Failures, more...)
	return created, err
}

// sending is what a create has come to.
type sending struct {
	id          string
	observables []Observable // all that can be sent
	rest        []Observable // those that have not been
	failures    []Failure
}

// send prepares the observables and posts the alert; once more if our list of
// data types was from before a type was taken away, and without each optional
// thing that TheHive does not know.
func (c *Client) send(ctx context.Context, v Version, a Alert) (s sending, err error) {
	optional := c.optionalOf(v, a)
	for tries := 0; ; tries++ {
		if s.observables, s.failures, err = c.prepare(ctx, v, a.Observables); err != nil {
			return s, err
		}
		s.id, s.rest, err = c.createAlert(ctx, v, a, optional, s.observables)
		switch {
		case err == nil:
			return s, nil
		case isUnknownType(err) && tries == 0:
			c.forgetTypes()
		case !c.without(&optional, err):
			return s, err
		}
	}
}

// createAlert posts the alert with as many observables as one request bears,
// and gives those that are left.
func (c *Client) createAlert(ctx context.Context, v Version, a Alert, o optional, observables []Observable) (id string, rest []Observable, err error) {
	body, rest := compose(v, a, o, observables)
	path := "/api/alert"
	if v.Major >= 5 {
		path = "/api/v1/alert"
	}
	answer, err := c.do(ctx, upstream.Request{Method: http.MethodPost, Path: path, JSON: body})
	if err != nil {
		return "", nil, err
	}
	r, err := entity(answer)
	return r.Get("_id").String(), rest, err
}

// existing tells whether the alert is there although its creation ended with
// failure: as a duplicate, or because only the answer was lost. If it is not
// found, the failure stands; but a duplicate that is not found is worth another
// try later.
func (c *Client) existing(ctx context.Context, v Version, a Alert, failure error) (id string, err error) {
	unclear := upstream.Temporary(failure) && upstream.ReasonOf(failure) != upstream.RateLimited && !unsent(failure)
	if isDuplicate(failure) {
		failure = &upstream.Error{Service: service, Reason: upstream.Failure, Message: "the alert exists, but is not found by its reference",
			Next: "try again later; if it lasts, rebuild TheHive's index", Err: failure}
	} else if !unclear {
		return "", failure
	}
	// TheHive may still be at it: look at once, after a quarter of the time, and at its end.
	for _, wait := range []time.Duration{0, c.settle / 4, c.settle * 3 / 4} {
		if err := pause(ctx, wait); err != nil {
			return "", failure
		}
		found, ok, err := c.find(ctx, v, a.Type, a.Source, a.SourceRef)
		if err == nil && ok {
			return found.ID, nil
		}
	}
	return "", failure
}

// FindAlert gives the alert with a natural key, and whether there is one. The
// parts are shortened as CreateAlert does.
func (c *Client) FindAlert(ctx context.Context, typ, source, ref string) (Alert, bool, error) {
	v, err := c.Version(ctx)
	if err != nil {
		return Alert{}, false, err
	}
	return c.find(ctx, v, name(typ, maxType), name(source, maxSource), name(ref, maxSourceRef))
}

func (c *Client) find(ctx context.Context, v Version, typ, source, ref string) (Alert, bool, error) {
	if v.Major >= 5 {
		rows, err := c.query(ctx, "find-alert", step{"_name": "listAlert"},
			step{"_name": "filter", "_and": []step{equals(v, "type", typ), equals(v, "source", source), equals(v, "sourceRef", ref)}},
			page(0, 1))
		if err != nil || len(rows) == 0 {
			return Alert{}, false, err
		}
		return readAlert(rows[0]), true, nil
	}
	a, err := c.Alert(ctx, Alert{Type: typ, Source: source, SourceRef: ref}.key())
	if upstream.ReasonOf(err) == upstream.NotFound {
		return Alert{}, false, nil
	}
	return a, err == nil, err
}

// AlertsOfSource gives the alerts of a source, 100 at most, without their
// observables. As any list it is TheHive's index that gives it, a moment late.
func (c *Client) AlertsOfSource(ctx context.Context, source string) ([]Alert, error) {
	v, err := c.Version(ctx)
	if err != nil {
		return nil, err
	}
	filter := equals(v, "source", name(source, maxSource))
	filter["_name"] = "filter"
	rows, err := c.query(ctx, "alerts-of-source", step{"_name": "listAlert"}, filter, page(0, 100))
	if err != nil {
		return nil, err
	}
	out := make([]Alert, len(rows))
	for i, r := range rows {
		out[i] = readAlert(r)
	}
	return out, nil
}

// Alert reads an alert by its id, without its observables. One that is not
// there is an error with reason upstream.NotFound.
func (c *Client) Alert(ctx context.Context, id string) (Alert, error) {
	v, err := c.Version(ctx)
	if err != nil {
		return Alert{}, err
	}
	answer, err := c.do(ctx, upstream.Request{Method: http.MethodGet, Path: alertPath(v, id)})
	if err != nil {
		return Alert{}, err
	}
	r, err := entity(answer)
	return readAlert(r), err
}

// alertPath is the address of an alert; id may be a natural key on 4.1. The
// status of an alert shows only in version 0 of 4.1's API.
func alertPath(v Version, id string) string {
	if v.Major >= 5 {
		return "/api/v1/alert/" + url.PathEscape(id)
	}
	return "/api/alert/" + strings.ReplaceAll(url.PathEscape(id), "%3B", ";")
}

// readAlert reads an alert of the API's version 0 or 1.
func readAlert(r gjson.Result) Alert {
	a := Alert{
		ID:           r.Get("_id").String(),
		Type:         r.Get("type").String(),
		Source:       r.Get("source").String(),
		SourceRef:    r.Get("sourceRef").String(),
		Title:        r.Get("title").String(),
		Description:  r.Get("description").String(),
		ExternalLink: r.Get("externalLink").String(),
		Severity:     int(r.Get("severity").Int()),
		TLP:          int(r.Get("tlp").Int()),
		PAP:          int(r.Get("pap").Int()),
		Date:         moment(r.Get("date")),
		Tags:         texts(r.Get("tags")),
		Status:       r.Get("status").String(),
		Fields:       readFields(r),
		Case:         r.Get("case").String(),
		Created:      moment(r.Get("createdAt")),
	}
	if r.Get("_createdAt").Exists() { // version 1
		a.Created = moment(r.Get("_createdAt"))
		a.Case = r.Get("caseId").String()
	}
	return a
}

// fit checks what cannot be mended, and mends the rest to the limits.
func (a Alert) fit() (Alert, error) {
	a.Type, a.Source, a.SourceRef = name(a.Type, maxType), name(a.Source, maxSource), name(a.SourceRef, maxSourceRef)
	a.Title = clean(a.Title, maxTitle, false)
	a.Description = clean(a.Description, maxDescription, true)
	a.ExternalLink = clean(a.ExternalLink, maxLink, false)
	a.Tags = tags(a.Tags)
	if a.Severity == 0 {
		a.Severity = 2
	}
	for what, text := range map[string]string{"type": a.Type, "source": a.Source, "reference": a.SourceRef, "title": a.Title} {
		if text == "" {
			return a, invalid("the alert has no "+what, "give it one")
		}
	}
	if a.Description == "" { // required by TheHive
		a.Description = a.Title
	}
	return a, scales(a.Severity, a.TLP, a.PAP)
}

// scales checks numbers that TheHive 4.1 would store as they come.
func scales(severity, tlp, pap int) error {
	switch {
	case severity < 1 || severity > 4:
		return invalid("severity off its scale", "use 1 (low) to 4 (critical)")
	case tlp < 0 || tlp > 4:
		return invalid("TLP off its scale", "use 0 (CLEAR) to 4 (RED)")
	case pap < 0 || pap > 3:
		return invalid("PAP off its scale", "use 0 (CLEAR) to 3 (RED)")
	}
	return nil
}

// tlp puts a TLP on the version's scale: TheHive 4.1 ends with 3, RED.
func tlp(v Version, level int) int {
	if v.Major < 5 {
		return min(level, 3)
	}
	return level
}
