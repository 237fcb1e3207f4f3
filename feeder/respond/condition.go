package respond

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/waggle-cti/waggle/feeder/waggle"
)

// words is one word or a list of them; none holds always.
type words []string

// UnmarshalYAML implements yaml.Unmarshaler.
func (w *words) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		*w = words{n.Value}
		return nil
	}
	var all []string
	if err := n.Decode(&all); err != nil {
		return err
	}
	*w = all
	return nil
}

func (w words) has(one string) bool { return len(w) == 0 || slices.Contains(w, one) }

func (w words) any(holds func(string) bool) bool {
	return len(w) == 0 || slices.ContainsFunc(w, holds)
}

func (w words) String() string { return strings.Join(w, " or ") }

// comparison reads ">=70", "<30", "0" (the same as "=0").
func comparison(text string) (operator string, n int, err error) {
	operator, rest := operatorOf(text)
	n, err = strconv.Atoi(rest)
	if err != nil || n < 0 {
		return "", 0, fmt.Errorf("expected a comparison such as \">=70\" or \"<30\", got %q", text)
	}
	return operator, n, nil
}

// severityComparison reads ">=high", "low".
func severityComparison(text string) (operator string, s waggle.Severity, err error) {
	operator, rest := operatorOf(text)
	if s, ok := waggle.SeverityOf(rest); ok {
		return operator, s, nil
	}
	return "", 0, errors.New("expected a comparison with low, medium, high or critical, such as \">=high\", got " + strconv.Quote(text))
}

func operatorOf(text string) (operator, rest string) {
	text = strings.TrimSpace(text)
	for _, o := range []string{">=", "<=", ">", "<", "="} { // the longer first
		if rest, ok := strings.CutPrefix(text, o); ok {
			return o, strings.TrimSpace(rest)
		}
	}
	return "=", text
}

// compare tells whether a comparison holds, which was checked when it was read;
// none holds always.
func compare(text string, n int) bool {
	if text == "" {
		return true
	}
	operator, than, err := comparison(text)
	return err == nil && holds(operator, n, than)
}

func compareSeverity(text string, s waggle.Severity) bool {
	if text == "" {
		return true
	}
	operator, than, err := severityComparison(text)
	return err == nil && holds(operator, int(s), int(than))
}

func holds(operator string, a, b int) bool {
	switch operator {
	case ">=":
		return a >= b
	case "<=":
		return a <= b
	case ">":
		return a > b
	case "<":
		return a < b
	}
	return a == b
}
