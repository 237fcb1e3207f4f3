package strictyaml

import (
	"reflect"
	"slices"
	"strings"
)

// keysOf lists the keys that a type and those within it are written with.
func keysOf(t reflect.Type, seen map[reflect.Type]bool) []string {
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Map:
		return keysOf(t.Elem(), seen)
	case reflect.Struct:
	default:
		return nil
	}
	if seen[t] {
		return nil
	}
	seen[t] = true
	var keys []string
	for f := range t.Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		if name == "-" {
			continue
		}
		if name != "" {
			keys = append(keys, name)
		}
		keys = append(keys, keysOf(f.Type, seen)...)
	}
	return keys
}

// nearest gives the key that a word was most likely meant to be: one slip away,
// or two from a long one. "" if there is none, and for a key that belongs
// elsewhere.
func nearest(word string, keys []string) string {
	const long, longest = 6, 40 // letters
	if len(word) > longest || slices.Contains(keys, word) {
		return ""
	}
	within := 1
	if len(word) >= long {
		within = 2
	}
	best := ""
	for _, key := range keys {
		if n := slips(word, key); n <= within {
			best, within = key, n-1
		}
	}
	return best
}

// slips counts the letters that must be added, left out, replaced or changed
// with their neighbour to make b of a.
// https://en.wikipedia.org/wiki/Damerau%E2%80%93Levenshtein_distance (optimal string alignment)
func slips(a, b string) int {
	rows := [3][]int{make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := range len(a) {
		above, row := rows[i%3], rows[(i+1)%3]
		row[0] = i + 1
		for j := range len(b) {
			row[j+1] = min(above[j+1]+1, row[j]+1)
			if a[i] == b[j] {
				row[j+1] = min(row[j+1], above[j])
			} else {
				row[j+1] = min(row[j+1], above[j]+1)
			}
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], rows[(i+2)%3][j-1]+1)
			}
		}
	}
	return rows[len(a)%3][len(b)]
}
