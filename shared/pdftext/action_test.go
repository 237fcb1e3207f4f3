package pdftext_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/shared/pdftext"
	"github.com/waggle-cti/waggle/shared/pdftext/pdftexttest"
)

// active gives a file with objects beside a catalog, whose keys are given too.
func active(catalog string, objects ...string) []byte {
	file := "%PDF-1.7\n1 0 obj\n<< /Type /Catalog " + catalog + " >>\nendobj\n"
	for i, o := range objects {
		file += fmt.Sprintf("%d 0 obj\n%s\nendobj\n", i+2, o)
	}
	return []byte(file)
}

func TestActions(t *testing.T) {
	packed := pdftexttest.Compress("app.alert(1)")
	for name, c := range map[string]struct {
		file []byte
		want pdftext.Active
	}{
		"none": {pdftexttest.Lines("hello"), pdftext.Active{}},
		"a link": {
			active("", "<< /Annots [<< /A << /S /URI /URI (http://www.example.com/) >> >>] >>"),
			pdftext.Active{Actions: []pdftext.Action{{Kind: "URI", Target: "http://www.example.com/"}}},
		},
		"one at opening": {
			active("/OpenAction 2 0 R", "<< /S /JavaScript /JS (app.alert(1)) >>"),
			pdftext.Active{Actions: []pdftext.Action{{Kind: "JavaScript", Code: "app.alert(1)", Opens: true}}},
		},
		"a place at opening": {active("/OpenAction [2 0 R /Fit]", "<< /Type /Page >>"), pdftext.Active{}},
		"one after another": {
			active("/OpenAction << /S /Named /N /NextPage /Next 2 0 R >>", "<< /S /Launch /F << /F (a.exe) >> /Next << /S /URI /URI (http://a.example) >> >>"),
			pdftext.Active{Actions: []pdftext.Action{{Kind: "Launch", Target: "a.exe", Opens: true}, {Kind: "URI", Target: "http://a.example", Opens: true}}},
		},
		"in a circle": {
			active("/OpenAction 2 0 R", "<< /S /JavaScript /JS (a) /Next 2 0 R >>"),
			pdftext.Active{Actions: []pdftext.Action{{Kind: "JavaScript", Code: "a", Opens: true}}},
		},
		"when a page is shown": {
			active("", "<< /Type /Page /AA << /O << /S /JavaScript /JS <FEFF0061> >> >> >>"),
			pdftext.Active{Actions: []pdftext.Action{{Kind: "JavaScript", Code: "a", Opens: true}}},
		},
		"a script in a stream": {
			active("", "<< /S /JavaScript /JS 3 0 R >>", fmt.Sprintf("<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream", len(packed), packed)),
			pdftext.Active{Actions: []pdftext.Action{{Kind: "JavaScript", Code: "app.alert(1)"}}},
		},
		"a program with parameters": {
			active("", "<< /S /Launch /Win << /F (cmd.exe) /P (/c calc) >> >>"),
			pdftext.Active{Actions: []pdftext.Action{{Kind: "Launch", Target: "cmd.exe /c calc"}}},
		},
		"a name that is escaped": {
			active("", "<< /S /J#61vaScript /JS (a) >>"),
			pdftext.Active{Actions: []pdftext.Action{{Kind: "JavaScript", Code: "a"}}},
		},
		"a file that is its own": {
			active("", "<< /S /GoToR /F 3 0 R >>", "<< /F 3 0 R >>"),
			pdftext.Active{Actions: []pdftext.Action{{Kind: "GoToR"}}},
		},
		"an embedded file": {
			active("", "<< /Type /Filespec /F (a.exe) /UF <FEFF00E40062> /EF << /F 3 0 R >> >>"),
			pdftext.Active{Files: []string{"äb"}},
		},
		"forms": {active("/AcroForm << /XFA 2 0 R >>", "<< >>"), pdftext.Active{Forms: true}},
		"encrypted": {
			active("", "<< /Root 1 0 R /Encrypt << >> >>", "<< /S /JavaScript /JS (\x81\x02) >>", "<< /F (\x81) /EF << >> >>"),
			pdftext.Active{Encrypted: true, Actions: []pdftext.Action{{Kind: "JavaScript"}}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := pdftext.Actions(t.Context(), c.file, pdftext.Limits{})
			require.NoError(t, err)
			assert.Equal(t, c.want, got)
		})
	}
}

func TestActionsWithinLimits(t *testing.T) {
	_, err := pdftext.Actions(t.Context(), []byte("hello"), pdftext.Limits{})
	require.ErrorIs(t, err, pdftext.ErrNotPDF)

	many := new(strings.Builder)
	for i := range 2000 {
		fmt.Fprintf(many, "<< /S /URI /URI (http://a.example/%d) >> ", i)
	}
	file := active("", "<< /S /Launch /F (a.exe) >>", "["+many.String()+"]")
	got, err := pdftext.Actions(t.Context(), file, pdftext.Limits{})
	require.NoError(t, err)
	assert.Len(t, got.Actions, 1000)

	got, err = pdftext.Actions(t.Context(), file, pdftext.Limits{Steps: 40_000})
	require.ErrorIs(t, err, pdftext.ErrLimit)
	assert.Equal(t, "Launch", got.Actions[0].Kind, "what was found until then")

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = pdftext.Actions(ctx, file, pdftext.Limits{})
	require.ErrorIs(t, err, context.Canceled)
}

func FuzzActions(f *testing.F) {
	f.Add(active("/OpenAction 2 0 R", "<< /S /JavaScript /JS 3 0 R /Next << /S /Launch /Win << /F (a) /P (b) >> >> >>", "<< /Length 1 >>\nstream\na\nendstream"))
	f.Add(active("", "<< /Type /Filespec /F (a) /EF << /F 3 0 R >> >>", "<< /Annots [<< /A << /S /URI /URI (http://a.example) >> >>] /AA << /O 2 0 R >> >>"))
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := pdftext.Actions(t.Context(), data, pdftext.Limits{Decoded: 1 << 20, Steps: 200_000})
		if err != nil {
			assert.True(t, err == pdftext.ErrNotPDF || strings.Contains(err.Error(), pdftext.ErrLimit.Error()), err)
		}
		for _, a := range got.Actions {
			assert.Equal(t, strings.ToValidUTF8(a.Target+a.Code, ""), a.Target+a.Code)
		}
	})
}
