package main

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/waggle-cti/waggle/shared/cortex"
)

// worker is an entry of the catalog, with what its image needs to know.
type worker struct {
	cortex.Entry
	program string // the binary that holds it
	command string // its name there
}

// readCatalog reads catalog.json. A registry takes the place of the one that
// begins the images' names there, so that catalogs and images never differ.
func readCatalog(catalog []byte, registry string) ([]worker, error) {
	var entries map[string][]cortex.Entry
	if err := json.Unmarshal(catalog, &entries); err != nil {
		return nil, fmt.Errorf("catalog.json: %w", err)
	}
	var workers []worker
	for _, program := range []string{"analyzers", "responders"} {
		for _, e := range entries[program] {
			name := e.DockerImage[strings.LastIndexByte(e.DockerImage, '/')+1:]
			if registry != "" {
				e.DockerImage = strings.TrimSuffix(registry, "/") + "/" + name
			}
			workers = append(workers, worker{Entry: e, program: program, command: cortex.Definition{Name: e.Name}.Command()})
		}
	}
	if len(workers) == 0 {
		return nil, fmt.Errorf("catalog.json holds no workers")
	}
	return workers, nil
}

// feederName is the name of the feeder's image, which stands beside the workers'.
func feederName(workers []worker, version string) string {
	first := workers[0].DockerImage
	return first[:strings.LastIndexByte(first, '/')+1] + "waggle-feeder:" + version
}

// entries are those of one program, as a file for Cortex.
func entries(workers []worker, program string) ([]byte, error) {
	list := []cortex.Entry{}
	for _, w := range workers {
		if w.program == program {
			list = append(list, w.Entry)
		}
	}
	out, err := json.MarshalIndent(list, "", "  ")
	return append(out, '\n'), err
}
