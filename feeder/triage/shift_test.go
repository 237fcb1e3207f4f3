package triage_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/waggle-cti/waggle/feeder/triage"
)

func TestShift(t *testing.T) {
	m := triage.Train(reader, lessons())
	points, why := m.Shift("A flaw of VPN gateways is exploited")
	assert.Greater(t, points, 5)
	assert.LessOrEqual(t, points, triage.MaxShift)
	assert.Contains(t, why, "looks like posts your team took up: words ")
	assert.Contains(t, why, "vpn")

	points, why = m.Shift("New Android trojan empties bank accounts")
	assert.Less(t, points, -5)
	assert.GreaterOrEqual(t, points, -triage.MaxShift)
	assert.Contains(t, why, "looks like posts your team passed over: words ")
	assert.Contains(t, why, "android")
}

func TestShiftOfFewLessonsIsSmall(t *testing.T) {
	m := triage.Train(reader, lessons()[:4])
	points, _ := m.Shift("Firewall gateway flaw number 1 lets attackers in over the VPN")
	assert.Greater(t, points, 0)
	assert.LessOrEqual(t, points, triage.MaxShift*2/10)
}

func TestShiftWithoutLessons(t *testing.T) {
	var none *triage.Model
	for name, m := range map[string]*triage.Model{"no model": none, "no lessons": triage.Train(reader, nil)} {
		t.Run(name, func(t *testing.T) {
			points, why := m.Shift("Firewall")
			assert.Zero(t, points)
			assert.Empty(t, why)
		})
	}
}
