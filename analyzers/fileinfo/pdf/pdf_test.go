package pdf_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/waggle-cti/waggle/analyzers/fileinfo/pdf"
	"github.com/waggle-cti/waggle/analyzers/fileinfo/sample"
)

func TestLargeFilesAreLeft(t *testing.T) {
	_, err := pdf.Read(t.Context(), &sample.File{Size: 16<<20 + 1})
	assert.EqualError(t, err, "it has more than 16 MB")
}
