package eml

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"fmt"

	"github.com/gabriel-vasile/mimetype"

	"github.com/waggle-cti/waggle/shared/cortex"
	"github.com/waggle-cti/waggle/shared/filename"
	"github.com/waggle-cti/waggle/shared/harmless"
	"github.com/waggle-cti/waggle/shared/message"
)

// mostFiles is how many attachments are returned as files.
const mostFiles = 50

// attachment is a part that is to be saved and not read.
type attachment struct {
	Name     string `json:"name"`
	Type     string `json:"type"`     // by content
	Declared string `json:"declared"` // as the message says
	Inline   bool   `json:"inline,omitempty"`
	Size     int    `json:"size"` // bytes
	MD5      string `json:"md5"`
	SHA1     string `json:"sha1"`
	SHA256   string `json:"sha256"`
	Within   string `json:"within,omitempty"` // the place of the message within this one that it is of

	data []byte
}

// readAttachments notes what is attached, and judges it by name and content.
func (f *full) readAttachments(parts []message.Part) {
	for _, p := range parts {
		if p.IsText() || len(p.Data) == 0 {
			continue
		}
		media := mimetype.Detect(p.Data)
		a := attachment{
			Name: harmless.Cut(p.Filename, 255), Type: media.String(), Declared: harmless.Cut(p.Type, 255), Inline: p.Disposition == "inline", Size: len(p.Data),
			MD5: hexOf(md5.Sum(p.Data)), SHA1: hexOf(sha1.Sum(p.Data)), SHA256: hexOf(sha256.Sum256(p.Data)), Within: p.Within, data: p.Data,
		}
		if a.Name == "" {
			a.Name = "part-" + p.Path + media.Extension()
		}
		f.judgeAttachment(a, media)
		if len(f.Attachments) < most {
			f.Attachments = append(f.Attachments, a)
		}
	}
}

func hexOf[T [16]byte | [20]byte | [32]byte](sum T) string { return fmt.Sprintf("%x", sum) }

func (f *full) judgeAttachment(a attachment, media *mimetype.MIME) {
	program := media.Is("application/vnd.microsoft.portable-executable") || media.Is("application/x-elf") || media.Is("application/x-mach-binary") || media.Is("application/x-ms-shortcut")
	if how := filename.Disguise(a.Name); how != "" {
		f.find(cortex.Suspicious, "disguised attachment", "The name of an attachment "+how+".", fmt.Sprintf("%+q", a.Name))
	}
	switch {
	case program || filename.IsProgram(a.Name):
		f.find(cortex.Suspicious, "program attached", "A double click runs what is attached.", a.Name)
	case media.Is("text/html") || a.Declared == "text/html":
		f.find(cortex.Suspicious, "web page attached", "A web page is attached: it opens outside of the mail program and its filters.", a.Name)
	}
}

// save writes the attachments into the output folder.
func (f *full) save(job *cortex.Job) ([]cortex.Artifact, error) {
	var out []cortex.Artifact
	for i, a := range f.Attachments {
		if i == mostFiles {
			f.Notes = append(f.Notes, fmt.Sprintf("Only the first %d attachments are returned as files.", mostFiles))
			break
		}
		file, name, err := job.OutputFile(a.Name)
		if err != nil {
			return nil, err
		}
		if _, err = file.Write(a.data); err == nil {
			err = file.Close()
		}
		if err != nil {
			return nil, fmt.Errorf("the attachment %q can't be written to the output folder: %w", name, err)
		}
		out = append(out, cortex.Artifact{DataType: "file", File: name, ContentType: a.Type, Message: "EML: attached", Tags: []string{"attachment"}})
	}
	return out, nil
}
