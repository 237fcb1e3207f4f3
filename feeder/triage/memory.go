package triage

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/google/renameio/v2"

	"github.com/waggle-cti/waggle/shared/thehive"
)

// File is the name of the file of lessons, in the folder of the feeder's data.
const File = "triage.json"

// version is the form of the file.
const version = 1

// Limits of what is remembered. A text is remembered as far as it is read.
const (
	maxLessons = 5000
	maxMemory  = 64 << 20
)

// Lesson is a story that analysts have decided about.
type Lesson struct {
	Story   string          `json:"story"`
	Case    string          `json:"case,omitempty"` // TheHive's id
	Outcome thehive.Outcome `json:"outcome"`
	At      time.Time       `json:"at"` // of the decision
	Text    string          `json:"text"`
}

// wanted is the lesson's label. A case that turned out a false positive was
// not worth its time; whatever else became of it, somebody took it up.
func (l Lesson) wanted() bool {
	return l.Outcome != thehive.Ignored && l.Outcome != thehive.FalsePositive
}

// memory is all lessons, and until when TheHive was read.
type memory struct {
	Version int       `json:"version"`
	Since   time.Time `json:"since,omitzero"`
	Lessons []Lesson  `json:"lessons"`
}

// recall reads the file; without one nothing was learnt yet.
func recall(path string) (memory, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return memory{Version: version}, nil
	}
	if err != nil {
		return memory{}, fmt.Errorf("lessons of triage: %w", err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxMemory))
	if err != nil {
		return memory{}, fmt.Errorf("lessons of triage: %w", err)
	}
	var m memory
	if err := json.Unmarshal(data, &m); err != nil {
		return memory{}, fmt.Errorf("lessons of triage, %s: %w", path, err)
	}
	if m.Version != version {
		return memory{}, fmt.Errorf("lessons of triage, %s: version %d, and this feeder knows %d: use the newer feeder, or take the file away to learn anew", path, m.Version, version)
	}
	return m, nil
}

// save puts the memory in the place of the file, all at once. Where the data are
// in PostgreSQL, nobody else has made its folder.
func (m memory) save(path string) error {
	data, err := json.Marshal(m)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("lessons of triage: %w", err)
	}
	if err := renameio.WriteFile(path, data, 0o600); err != nil {
		return fmt.Errorf("lessons of triage: %w", err)
	}
	return nil
}

// find gives the place of a story's lesson, -1 for none.
func (m memory) find(story string) int {
	return slices.IndexFunc(m.Lessons, func(l Lesson) bool { return l.Story == story })
}

// keep takes a lesson, in the place of an earlier one of its story, and forgets
// the oldest where there are too many.
func (m *memory) keep(l Lesson) {
	l.Text = beginning(l.Text)
	if i := m.find(l.Story); i >= 0 {
		m.Lessons[i] = l
		return
	}
	m.Lessons = append(m.Lessons, l)
	if over := len(m.Lessons) - maxLessons; over > 0 {
		m.Lessons = slices.Delete(m.Lessons, 0, over)
	}
}

// examples are the lessons as the classifier takes them.
func (m memory) examples() []Example {
	out := make([]Example, len(m.Lessons))
	for i, l := range m.Lessons {
		out[i] = Example{Text: l.Text, Wanted: l.wanted()}
	}
	return out
}
