package misp_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/shared/misp"
	"github.com/waggle-cti/waggle/shared/upstream"
)

func TestMarkingTags(t *testing.T) {
	assert.Equal(t, []string{"tlp:amber+strict", "PAP:RED"}, misp.MarkingTags("amber+strict", "red"))
}

func TestSharing(t *testing.T) {
	s, err := misp.ParseSharing([]string{"clear=all", "GREEN=Community", "amber=connected", "amber+strict=group:7", "red=organisation"})
	require.NoError(t, err)
	for tlp, want := range map[string]misp.Audience{
		"clear": {Distribution: misp.AllCommunities}, "green": {Distribution: misp.CommunityOnly}, "amber": {Distribution: misp.ConnectedCommunities},
		"amber+strict": {Distribution: misp.SharingGroup, SharingGroup: 7}, "red": {},
	} {
		assert.Equal(t, want, s.For(tlp), tlp)
	}
	nothing, err := misp.ParseSharing(nil)
	require.NoError(t, err)
	assert.Equal(t, misp.OrganisationOnly, nothing.For("clear").Distribution, "what has no rule stays")
	for _, rule := range []string{"", "amber", "amber=", "=all", "amber=world", "white=all", "amber=group:", "amber=group:0", "amber=group:x"} {
		_, err := misp.ParseSharing([]string{"red=organisation", rule})
		assert.ErrorContains(t, err, "no distribution", rule)
		assert.ErrorIs(t, err, upstream.BadInput)
	}
}
