package misp

import (
	"context"
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
		name, err := p.client.techniqueTag(ctx, id)
		switch {
		case err != nil:
			return err
		case name == "":
			p.refuseTag(attackTag + id + `"`)
		default:
			if _, err := p.attach(ctx, p.want.UUID, name); err != nil {
				return err
			}
		}
	}
	return nil
}

// techniqueTag gives the tag of a technique's cluster; "" if MISP has no such
// galaxy or cluster.
// https://github.com/MISP/MISP/blob/2.5/app/Controller/GalaxyClustersController.php (index)
func (c *Client) techniqueTag(ctx context.Context, id string) (string, error) {
	answer, err := c.do(ctx, upstream.Request{Method: "POST", Path: "/galaxy_clusters/index/" + attackGalaxy,
		JSON: map[string]any{"context": "all", "searchall": id}, Repeatable: true})
	if upstream.ReasonOf(err) == upstream.NotFound {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	if !answer.JSON().IsArray() {
		return "", answer.Strange("the answer holds no clusters")
	}
	for _, one := range answer.JSON().Array() {
		cluster := one.Get("GalaxyCluster")
		if name := cluster.Get("tag_name").String(); !cluster.Get("deleted").Bool() && tagsTechnique(name, id) {
			return name, nil
		}
	}
	return "", nil
}

func tagsTechnique(name, id string) bool {
	return strings.HasPrefix(name, attackTag) && strings.HasSuffix(name, " - "+id+`"`)
}
