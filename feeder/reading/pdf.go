package reading

import (
	"bytes"
	"context"
	"errors"

	"github.com/waggle-cti/waggle/shared/fetch"
	"github.com/waggle-cti/waggle/shared/pdftext"
)

// isPDF goes by what the file holds: many servers say of any file that it is
// one to be stored.
func isPDF(answer *fetch.Response) bool { return bytes.HasPrefix(answer.Body, []byte("%PDF-")) }

// textOfPDF reads a PDF file. Of one that is too large the beginning is read, and
// the note says so.
func textOfPDF(ctx context.Context, answer *fetch.Response) (text, note string, err error) {
	text, err = pdftext.Text(ctx, answer.Body, pdftext.Limits{})
	switch {
	case ctx.Err() != nil:
		return "", "", ctx.Err()
	case errors.Is(err, pdftext.ErrLimit) && text != "":
		return text, "only its beginning was read: " + err.Error(), nil
	case err != nil:
		return "", "", unusable(answer, err.Error())
	}
	return text, "", nil
}
