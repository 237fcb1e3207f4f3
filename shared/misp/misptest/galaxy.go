package misptest

import (
	"strconv"
	"strings"
)

// attackGalaxy is the one galaxy of the server, which it has if it has clusters.
const attackGalaxy = "c4e851fa-775f-11e7-8163-b774922098cd"

// indexClusters is POST /galaxy_clusters/index/{galaxy}: the clusters that hold
// what is searched for, and not only those of which it is the id.
// https://github.com/MISP/MISP/blob/2.5/app/Controller/GalaxyClustersController.php
func (s *Server) indexClusters(c call) answer {
	if c.PathValue("galaxy") != attackGalaxy || len(s.options.Clusters) == 0 {
		return said(c, 404, "Invalid galaxy.")
	}
	out := []object{}
	for i, name := range s.options.Clusters {
		if strings.Contains(strings.ToLower(name), strings.ToLower(c.body.Get("searchall").String())) {
			_, value, _ := strings.Cut(strings.TrimSuffix(name, `"`), `"`)
			out = append(out, object{"GalaxyCluster": object{"id": strconv.Itoa(i + 1), "type": "mitre-attack-pattern", "value": value, "tag_name": name, "deleted": false}})
		}
	}
	return answer{status: 200, body: out}
}
