package misp

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/waggle-cti/waggle/shared/marking"
	"github.com/waggle-cti/waggle/shared/upstream"
)

// MarkingTags gives an event's tags for its marking, by the names of package
// marking: "tlp:amber" and "PAP:AMBER", as MISP's taxonomies spell them.
// https://www.misp-project.org/taxonomies.html
func MarkingTags(tlp, pap string) []string {
	return []string{"tlp:" + tlp, "PAP:" + strings.ToUpper(pap)}
}

// Audience is whom MISP shows an event to.
type Audience struct {
	Distribution Distribution
	SharingGroup int // id, with Distribution SharingGroup
}

// Sharing gives the audience for each TLP, by its name.
type Sharing map[string]Audience

// ParseSharing reads rules such as "amber=organisation", with organisation,
// community, connected, all or group:<id of a sharing group>. The error has
// reason upstream.BadInput and names the rule that can't be read.
func ParseSharing(rules []string) (Sharing, error) {
	s := Sharing{}
	for _, rule := range rules {
		tlp, to, _ := strings.Cut(strings.ToLower(rule), "=")
		audience, ok := parseAudience(to)
		if !ok || !marking.IsTLP(tlp) {
			return nil, &upstream.Error{Reason: upstream.BadInput,
				Message: fmt.Sprintf("configuration: %.64q is no distribution for a TLP", rule),
				Next:    "write each as tlp=organisation, community, connected, all or group:<id>, with tlp clear, green, amber, amber+strict or red"}
		}
		s[tlp] = audience
	}
	return s, nil
}

// For gives the audience for a TLP. One without a rule stays in the
// organisation.
func (s Sharing) For(tlp string) Audience { return s[tlp] }

func parseAudience(name string) (Audience, bool) {
	if id, isGroup := strings.CutPrefix(name, "group:"); isGroup {
		group, err := strconv.Atoi(id)
		return Audience{SharingGroup, group}, err == nil && group > 0
	}
	to, ok := map[string]Distribution{
		"organisation": OrganisationOnly, "community": CommunityOnly, "connected": ConnectedCommunities, "all": AllCommunities,
	}[name]
	return Audience{Distribution: to}, ok
}
