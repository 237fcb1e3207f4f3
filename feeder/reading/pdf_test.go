package reading_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/waggle-cti/waggle/feeder/reading"
	"github.com/waggle-cti/waggle/shared/fetch"
	"github.com/waggle-cti/waggle/shared/ioc"
	"github.com/waggle-cti/waggle/shared/pdftext/pdftexttest"
)

func TestAnArticleThatIsPDF(t *testing.T) {
	file := pdftexttest.Lines("The malware Moth is a loader.\nIndicators of compromise:\n", "moth-panel[.]top\nmoth-second[.]top\n")
	for name, media := range map[string]string{"said so": "application/pdf", "said to be anything": "application/octet-stream", "said to be a page": "text/html"} {
		t.Run(name, func(t *testing.T) {
			w := &web{pages: map[string]fetch.Response{address: {Status: 200, ContentType: media, Body: file}}}
			f := read(t, w, summary(), reading.Terms{Files: true})
			assert.Equal(t, address, f.Article)
			assert.Empty(t, f.Note)
			assert.Contains(t, f.Text, "The malware Moth is a loader.\nIndicators")
			assert.Len(t, f.OfRole(ioc.Attack), 2)
		})
	}
}

func TestALongPDFIsCutAndSaysSo(t *testing.T) {
	pages := make([]string, 1001)
	pages[0] = "Malware C2: moth-panel[.]top, " + strings.Repeat("a word of many ", 20)
	w := &web{pages: map[string]fetch.Response{address: {Status: 200, ContentType: "application/pdf", Body: pdftexttest.Lines(pages...)}}}
	f := read(t, w, summary(), reading.Terms{})
	assert.Contains(t, f.Note, "only its beginning was read")
	assert.Contains(t, f.Note, "more than 1000 pages")
	assert.Len(t, f.OfRole(ioc.Attack), 1)
}

func TestALinkedListThatIsPDF(t *testing.T) {
	const at = "https://lab.example.com/files/iocs.pdf"
	list := func(body []byte) *web {
		return &web{pages: map[string]fetch.Response{
			address: linking("/files/iocs.pdf", "IOCs"),
			at:      {Status: 200, ContentType: "application/pdf", Body: body},
		}}
	}
	f := read(t, list(pdftexttest.Lines("moth-panel.top\nmoth-second.top")), summary(), reading.Terms{Files: true})
	assert.Empty(t, f.Note)
	assert.Len(t, f.OfRole(ioc.Attack), 2)

	f = read(t, list([]byte("%PDF-1.7\n")), summary(), reading.Terms{Files: true})
	assert.Contains(t, f.Note, "linked list iocs.pdf: lab.example.com: bad input (200): the PDF file holds no readable text")
}
