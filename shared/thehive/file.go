package thehive

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"

	"github.com/waggle-cti/waggle/shared/upstream"
)

// fileType is the data type of observables that are files; every TheHive has it.
const fileType = "file"

// File is a file that becomes an observable of an alert or a case.
type File struct {
	Name        string // as it is saved: "waggle-0123.csv"
	ContentType string // media type; empty = application/octet-stream
	Data        []byte // not empty
	Message     string
	TLP         int      // as an alert's
	Tags        []string // at least one that only its writer gives, see KeepAlertFile
}

// KeepAlertFile makes a file the only one of its name and tags among an
// alert's observables: it is added unless it is there already, and earlier
// versions of it are taken away then. A file of the same name that lacks one of
// the tags is somebody else's, and stays.
//
// It may be called again at will: the new one is added before the old one
// goes, so at no moment there is none. An alert that is not there is an error
// with reason upstream.NotFound.
//
// Sources: the part names are those of TheHive 5's OpenAPI (operation "Create
// Observable in Alert"); 4.1.24 takes the same.
func (c *Client) KeepAlertFile(ctx context.Context, alertID string, f File) error {
	v, err := c.Version(ctx)
	if err != nil {
		return err
	}
	return c.keepFile(ctx, v, alertHolder(v, alertID), f)
}

// KeepCaseFile does with a case what KeepAlertFile does with an alert.
func (c *Client) KeepCaseFile(ctx context.Context, caseID string, f File) error {
	v, err := c.Version(ctx)
	if err != nil {
		return err
	}
	return c.keepFile(ctx, v, caseHolder(v, caseID), f)
}

func (c *Client) keepFile(ctx context.Context, v Version, in holder, f File) error {
	if f.Name == "" || len(f.Data) == 0 || len(f.Tags) == 0 {
		return invalid("a file without name, content or tag", "give it all three")
	}
	if err := scales(1, f.TLP, 0); err != nil {
		return err
	}
	unlock, err := c.order.Lock(ctx, in.order)
	if err != nil {
		return err
	}
	defer unlock()
	f.Tags = tags(f.Tags)
	held, err := c.observables(ctx, in.find, in.id)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(f.Data)
	digest := hex.EncodeToString(sum[:])
	there := false
	var old []Observable
	for _, o := range held {
		switch {
		case o.Attachment == nil:
		case slices.Contains(o.Attachment.Hashes, digest):
			there = true // under whatever name: TheHive takes no file twice
		case f.is(o):
			old = append(old, o)
		}
	}
	if !there {
		if err := c.attach(ctx, v, in, f); err != nil {
			return err
		}
	}
	for _, o := range old {
		if err := c.deleteObservable(ctx, in, o.ID); err != nil {
			return err
		}
	}
	return nil
}

// is tells whether an observable is an earlier version of the file.
func (f File) is(o Observable) bool {
	return o.Attachment.Name == f.Name && !slices.ContainsFunc(f.Tags, func(tag string) bool { return !slices.Contains(o.Tags, tag) })
}

// ReadFile gives the content of the file of an observable that TheHive gave, up
// to the client's MaxBody. A file that is gone is an error with reason
// upstream.NotFound.
//
// Sources: thehive4py 1.8 (download_attachment) for TheHive 4, thehive4py 2.0
// (observable.download_attachment) for TheHive 5.
func (c *Client) ReadFile(ctx context.Context, o Observable) ([]byte, error) {
	if o.Attachment == nil || o.Attachment.ID == "" {
		return nil, invalid("the observable has no file", "choose one that has")
	}
	v, err := c.Version(ctx)
	if err != nil {
		return nil, err
	}
	path := "/api/datastore/" + url.PathEscape(o.Attachment.ID)
	if v.Major >= 5 {
		path = "/api/v1/observable/" + url.PathEscape(o.ID) + "/attachment/" + url.PathEscape(o.Attachment.ID) + "/download"
	}
	answer, err := c.load(ctx, upstream.Request{Path: path, Header: http.Header{"Accept": {"*/*"}}})
	if err != nil {
		return nil, err
	}
	return answer.Body, nil
}

// attach sends the file as multipart/form-data: "_json" holds the observable
// without its value, "attachment" the file.
func (c *Client) attach(ctx context.Context, v Version, to holder, f File) error {
	about, err := json.Marshal(Observable{DataType: fileType, Message: clean(f.Message, maxMessage, true), TLP: f.TLP, Tags: f.Tags}.body(v))
	if err != nil {
		return err // of plain strings and numbers: cannot be
	}
	_, err = c.do(ctx, upstream.Request{Method: http.MethodPost, Path: to.path, Multipart: []upstream.Part{
		{Name: "_json", ContentType: "application/json", Data: about},
		{Name: "attachment", Filename: f.Name, ContentType: f.ContentType, Data: f.Data},
	}})
	switch {
	case upstream.ReasonOf(err) == upstream.Auth:
		return c.whyForbidden(ctx, to, err)
	case isDuplicate(err):
		return nil
	}
	return err
}

// deleteObservable takes an observable away; one that is gone is no error.
func (c *Client) deleteObservable(ctx context.Context, from holder, id string) error {
	_, err := c.do(ctx, upstream.Request{Method: http.MethodDelete, Path: from.remove + url.PathEscape(id), Repeatable: true})
	if upstream.ReasonOf(err) == upstream.NotFound {
		return nil
	}
	return err
}
