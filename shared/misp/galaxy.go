package misp

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"

	"github.com/waggle-cti/waggle/shared/upstream"
)

// attackGalaxy is the galaxy of ATT&CK's techniques.
// https://github.com/MISP/misp-galaxy/blob/main/galaxies/mitre-attack-pattern.json
const attackGalaxy = "c4e851fa-775f-11e7-8163-b774922098cd"

// attackTag begins the tags of that galaxy's clusters, which end in the
// technique's id: misp-galaxy:mitre-attack-pattern="Phishing - T1566".
const attackTag = `misp-galaxy:mitre-attack-pattern="`

// techniques tags the event with the clusters of its techniques. MISP is asked
// for their names, which change with ATT&CK's versions.
func (p *put) techniques(ctx context.Context) error {
	for _, id := range p.want.Techniques {
		if slices.ContainsFunc(p.held.Tags, func(held string) bool { return tagsTechnique(held, id) }) {
			continue
		}
		found, err := p.client.techniqueCluster(ctx, id)
		if err != nil {
			return err
		}
		if found.id == "" {
			p.refuseTag(attackTag + id + `"`)
			continue
		}
		if err := p.attachCluster(ctx, found); err != nil {
			return err
		}
	}
	return nil
}

// attachCluster attaches a cluster to the event. Of a cluster MISP makes the tag
// itself, also for users who may make none.
// https://github.com/MISP/MISP/blob/2.5/app/Controller/GalaxiesController.php (attachCluster)
func (p *put) attachCluster(ctx context.Context, one cluster) error {
	_, err := p.client.post(ctx, "/galaxies/attachCluster/"+url.PathEscape(p.want.UUID)+"/event",
		map[string]any{"Galaxy": map[string]string{"target_id": one.id}})
	if errors.Is(err, Permission) {
		p.refuseTag(one.tag)
		return nil
	}
	if err != nil {
		return err
	}
	p.result.Changed = true
	return nil
}

// cluster is a cluster of a galaxy: its number, and the tag that it has.
type cluster struct{ id, tag string }

// techniqueCluster gives the cluster of a technique; the zero value if MISP has
// no such galaxy or cluster.
// https://github.com/MISP/MISP/blob/2.5/app/Controller/GalaxyClustersController.php (index)
func (c *Client) techniqueCluster(ctx context.Context, id string) (cluster, error) {
	answer, err := c.do(ctx, upstream.Request{Method: "POST", Path: "/galaxy_clusters/index/" + attackGalaxy,
		JSON: map[string]any{"context": "all", "searchall": id}, Repeatable: true})
	if upstream.ReasonOf(err) == upstream.NotFound {
		return cluster{}, nil
	}
	if err != nil {
		return cluster{}, err
	}
	if !answer.JSON().IsArray() {
		return cluster{}, answer.Strange("the answer holds no clusters")
	}
	for _, one := range answer.JSON().Get("#.GalaxyCluster").Array() {
		if name := one.Get("tag_name").String(); !one.Get("deleted").Bool() && tagsTechnique(name, id) {
			return cluster{one.Get("id").String(), name}, nil
		}
	}
	return cluster{}, nil
}

func tagsTechnique(name, id string) bool {
	return strings.HasPrefix(name, attackTag) && strings.HasSuffix(name, " - "+id+`"`)
}
