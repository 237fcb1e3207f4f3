package web

import (
	"math"
	"regexp"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestContrast holds each pair of colours that meet to WCAG 2.2 AA: 4.5 for
// text, 3 for the edge of a field.
// https://www.w3.org/TR/WCAG22/#contrast-minimum
func TestContrast(t *testing.T) {
	css, err := staticFiles.ReadFile("static/style.css")
	require.NoError(t, err)
	light, dark := map[string]string{}, map[string]string{}
	for _, m := range regexp.MustCompile(`--([a-z-]+): #([0-9a-f]{6});`).FindAllStringSubmatch(string(css), -1) {
		if _, seen := light[m[1]]; seen {
			dark[m[1]] = m[2]
		} else {
			light[m[1]] = m[2]
		}
	}
	require.Len(t, dark, len(light), "each colour has a light and a dark form")

	pairs := []struct {
		on      string
		least   float64
		colours []string
	}{
		{"paper", 4.5, []string{"ink", "quiet", "link", "critical", "medium", "low"}},
		{"sheet", 4.5, []string{"ink", "quiet", "link"}},
		{"ink", 4.5, []string{"paper"}},
		{"link", 4.5, []string{"paper"}},
		{"mark", 4.5, []string{"ink"}},
		{"plain-bg", 4.5, []string{"plain", "ink"}},
		{"critical-bg", 4.5, []string{"critical"}},
		{"high-bg", 4.5, []string{"high"}},
		{"medium-bg", 4.5, []string{"medium"}},
		{"low-bg", 4.5, []string{"low"}},
		{"paper", 3, []string{"field", "accent"}},
		{"sheet", 3, []string{"field", "accent"}},
	}
	for theme, colours := range map[string]map[string]string{"light": light, "dark": dark} {
		for _, p := range pairs {
			for _, c := range p.colours {
				got := contrast(t, colours[c], colours[p.on])
				assert.GreaterOrEqual(t, got, p.least, "%s: %s on %s", theme, c, p.on)
			}
		}
	}
}

func contrast(t *testing.T, a, b string) float64 {
	x, y := luminance(t, a), luminance(t, b)
	return (max(x, y) + .05) / (min(x, y) + .05)
}

func luminance(t *testing.T, hex string) float64 {
	rgb, err := strconv.ParseUint(hex, 16, 32)
	require.NoError(t, err)
	var sum float64
	for i, weight := range []float64{.0722, .7152, .2126} {
		c := float64(rgb>>(8*i)&0xff) / 255
		if c <= .04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+.055)/1.055, 2.4)
		}
		sum += weight * c
	}
	return sum
}
