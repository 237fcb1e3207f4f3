package threatdata

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"time"
)

// readEPSS reads FIRST's scores: a comment with the date, a heading, and lines
// such as CVE-2024-3400,0.94,0.999. https://www.first.org/epss/data_stats
func readEPSS(r io.Reader) (found scores, dated time.Time, err error) {
	var list []scored
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		line := lines.Text()
		if strings.HasPrefix(line, "#") {
			dated = scoreDate(line)
			continue
		}
		cve, rest, _ := strings.Cut(line, ",")
		score, _, _ := strings.Cut(rest, ",")
		id, ok := packID(cve)
		p, err := strconv.ParseFloat(score, 64)
		if !ok || err != nil || !(p >= 0 && p <= 1) {
			continue // the heading, or a line of another version
		}
		list = append(list, scored{id, uint16(math.Round(p * epssScale))})
	}
	if err := lines.Err(); err != nil {
		return scores{}, time.Time{}, fmt.Errorf("not FIRST's scores: %w", err)
	}
	if len(list) == 0 {
		return scores{}, time.Time{}, errors.New("no score was found in FIRST's file")
	}
	return packScores(list), dated, nil
}

// scoreDate reads the date of "#model_version:v2025.03.14,score_date:2026-11-22T12:55:00Z".
func scoreDate(line string) time.Time {
	_, date, ok := strings.Cut(line, "score_date:")
	if !ok || len(date) < len(time.DateOnly) {
		return time.Time{}
	}
	return day(date[:len(time.DateOnly)])
}
