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

// attachCluster is POST /galaxies/attachCluster/{event}/event. Unlike a plain
// tag, that of a cluster needs no right to make tags.
// https://github.com/MISP/MISP/blob/2.5/app/Controller/GalaxiesController.php
func (s *Server) attachCluster(c call) answer {
	tags, _, of := s.tagsOf(c.PathValue("id"), c.who)
	at := integer(c.body.Get("Galaxy.target_id").String()) - 1
	switch {
	case tags == nil:
		return said(c, 404, "Invalid event.")
	case of.organisation != c.who.organisation && !c.who.admin:
		return said(c, 403, "No permission to attach this cluster to given target.")
	case at < 0 || at >= len(s.options.Clusters):
		return said(c, 404, "Invalid Galaxy cluster")
	}
	name, done := s.options.Clusters[at], "Cluster already attached."
	if !hasTag(*tags, name) {
		*tags = append(*tags, tag{name, false})
		s.tags[name], of.published = true, false
		done = "Cluster attached."
	}
	return answer{status: 200, body: object{"saved": true, "success": done, "check_publish": true}}
}
