package filename_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/waggle-cti/waggle/shared/filename"
)

func TestNames(t *testing.T) {
	for name, c := range map[string]struct{ program, disguised bool }{
		"report.pdf":          {false, false},
		"setup.exe":           {true, false},
		"SETUP.EXE":           {true, false},
		"invoice.pdf.exe":     {true, true},
		"invoice.pdf    .scr": {true, true},
		"invoice.pdf.exe. .":  {true, true},
		"v1.2.exe":            {true, false},
		"photo\u202egpj.exe":  {true, true},
		"archive.tar.gz":      {false, false},
		".exe":                {true, false},
		"":                    {false, false},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, c.program, filename.IsProgram(name))
			assert.Equal(t, c.disguised, filename.Disguise(name) != "")
		})
	}
}
