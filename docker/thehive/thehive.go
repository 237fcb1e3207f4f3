// Package thehive holds what TheHive is given when it is set up: templates of
// cases and dashboards, as files that its page imports, too.
package thehive

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
)

//go:embed case-templates/*.json dashboards/*.json dashboards-thehive5/*.json
var files embed.FS

// Read decodes every file of a folder, in the order of the names. The folders
// are case-templates, dashboards for TheHive 4.1 and dashboards-thehive5.
func Read[T any](folder string) ([]T, error) {
	entries, err := fs.ReadDir(files, folder)
	if err != nil {
		return nil, err
	}
	out := make([]T, len(entries))
	for i, e := range entries {
		data, err := files.ReadFile(folder + "/" + e.Name())
		if err != nil {
			return nil, err
		}
		if err := json.Unmarshal(data, &out[i]); err != nil {
			return nil, fmt.Errorf("docker/thehive/%s/%s: %w", folder, e.Name(), err)
		}
	}
	return out, nil
}
