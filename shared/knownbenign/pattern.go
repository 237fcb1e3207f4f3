package knownbenign

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode"
)

// maxPattern is the longest pattern, in bytes.
const maxPattern = 4 << 10

// pattern reads a regular expression as PHP writes them, with delimiters and
// modifiers, and gives it in the syntax of RE2, which runs in linear time on
// any value. What RE2 cannot do (back references, looking around) is refused,
// and so is what matches the empty string: it matches everything.
// https://www.php.net/manual/en/regexp.reference.delimiters.php
func pattern(text string) (*regexp.Regexp, error) {
	if len(text) > maxPattern {
		return nil, fmt.Errorf("it is %d bytes long; %d are allowed", len(text), maxPattern)
	}
	body, modifiers, err := undelimit(strings.TrimSpace(text))
	if err != nil {
		return nil, err
	}
	flags := ""
	for _, m := range modifiers {
		switch m {
		case 'i', 'm', 's':
			flags += string(m)
		case 'u', 'D': // as RE2 is anyhow
		default:
			return nil, fmt.Errorf("its modifier %q is none that RE2 has", m)
		}
	}
	if flags != "" {
		body = "(?" + flags + ")" + body
	}
	re, err := regexp.Compile(body)
	if err != nil {
		return nil, fmt.Errorf("RE2 cannot do it: %w", err)
	}
	if re.MatchString("") {
		return nil, errors.New("it matches everything")
	}
	return re, nil
}

// undelimit takes a pattern out of its delimiters.
func undelimit(text string) (body, modifiers string, err error) {
	if text == "" {
		return "", "", errors.New("it is empty")
	}
	open := rune(text[0])
	if open >= unicode.MaxASCII || open == '\\' || open <= ' ' || unicode.IsLetter(open) || unicode.IsDigit(open) {
		return "", "", errors.New("it has no delimiters, as in /pattern/i")
	}
	end := string(open)
	if i := strings.IndexRune("([{<", open); i >= 0 {
		end = ")]}>"[i : i+1]
	}
	last := strings.LastIndex(text, end)
	if last < 1 {
		return "", "", errors.New("its second delimiter is missing")
	}
	return text[1:last], text[last+1:], nil
}
