// Package keyring keeps the keys and passwords that a set-up makes: one file
// each, in folders that only their owner may enter.
package keyring

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/google/renameio/v2"

	"github.com/waggle-cti/waggle/feeder/secret"
	"github.com/waggle-cti/waggle/shared/upstream"
)

// Ring is the keys below one folder. A name may have one folder in it:
// "feeder/thehive-key".
type Ring struct {
	folder string
	known  []string // every secret that went through it
}

// New gives the ring of a folder, which is made with the first key. Secrets that
// lie elsewhere are hidden by Hide as well.
func New(folder string, elsewhere ...secret.Text) *Ring {
	r := &Ring{folder: folder}
	for _, s := range elsewhere {
		r.know(s)
	}
	return r
}

func (r *Ring) know(s secret.Text) {
	if s.Set() {
		r.known = append(r.known, s.Reveal())
	}
}

// Hide takes every secret that the ring knows of out of a text.
func (r *Ring) Hide(text string) string { return upstream.Redact(text, r.known...) }

// Path is where the file of a name is.
func (r *Ring) Path(name string) string { return filepath.Join(r.folder, filepath.FromSlash(name)) }

// Get gives a key; none is there where the file is not, or is empty.
func (r *Ring) Get(name string) (secret.Text, error) {
	info, err := os.Stat(r.Path(name))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return secret.Text{}, nil
	case err != nil:
		return secret.Text{}, err
	case info.Size() == 0:
		return secret.Text{}, nil
	}
	key, err := secret.From("", r.Path(name), name, name)
	r.know(key)
	return key, err
}

// Put keeps a key, with mode 0600 in folders of mode 0700.
func (r *Ring) Put(name string, key secret.Text) error {
	r.know(key)
	path := r.Path(name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("the folder for keys: %w", err)
	}
	return renameio.WriteFile(path, []byte(key.Reveal()+"\n"), 0o600)
}

// generated is the number of random bytes of a generated secret.
const generated = 24

// Generate makes a secret of 32 letters, digits, - and _, which every one of the
// servers takes as a password: MISP wants sixteen characters of any kind.
func (r *Ring) Generate() secret.Text {
	raw := make([]byte, generated)
	_, _ = rand.Read(raw) // never fails
	s := secret.New(base64.RawURLEncoding.EncodeToString(raw))
	r.know(s)
	return s
}
