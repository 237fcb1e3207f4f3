package rss

import (
	"bytes"

	"github.com/mmcdole/gofeed"
)

// salvage reads each complete item of a broken feed by itself, at most
// maxItems. damaged counts the items that were begun and could not be read.
func salvage(body []byte) (items []*gofeed.Item, damaged int) {
	root, element := rootOf(body)
	if root == nil {
		return nil, 0
	}
	head, tail := frame(root)
	reader := gofeed.NewParser()
	for at := len(root); ; {
		start, end := nextElement(body, at, element)
		if start < 0 || len(items)+damaged >= maxItems {
			return items, damaged
		}
		if end < 0 {
			return items, damaged + 1
		}
		document := bytes.Join([][]byte{head, body[start:end], tail}, nil)
		one, err := reader.Parse(bytes.NewReader(document))
		if err != nil || len(one.Items) != 1 {
			damaged++
		} else {
			items = append(items, one.Items[0])
		}
		at = end
	}
}

// rootOf gives the root's start tag and the name of the elements that are its
// items. Nil means that the body is no XML feed.
func rootOf(body []byte) (tag []byte, element string) {
	end := bytes.IndexByte(body, '>')
	if end < 0 || body[0] != '<' {
		return nil, ""
	}
	tag = body[:end+1]
	switch name := localName(tag[1:]); name {
	case "rss", "RDF":
		return tag, "item"
	case "feed":
		return tag, "entry"
	}
	return nil, ""
}

// frame is what has to stand round a single item to make it a feed: the root
// with its namespaces, and RSS' channel.
func frame(root []byte) (head, tail []byte) {
	name := root[1:bytes.IndexAny(root, " \t\r\n>/")]
	if len(name) == 0 {
		return root, nil
	}
	head, tail = bytes.Clone(root), append(append([]byte("</"), name...), '>')
	if localName(root[1:]) == "rss" {
		head = append(head, "<channel>"...)
		tail = append([]byte("</channel>"), tail...)
	}
	return head, tail
}

// localName is the name at the start of s without its prefix.
func localName(s []byte) string {
	if end := bytes.IndexAny(s, " \t\r\n>/"); end >= 0 {
		s = s[:end]
	}
	if colon := bytes.IndexByte(s, ':'); colon >= 0 {
		s = s[colon+1:]
	}
	return string(s)
}

// nextElement finds the next element called name from at on: its start, and
// the position after its end tag, or -1 where it never ends. A start of
// another one before the end means that this one is not closed. CDATA sections
// and comments are passed over, since what stands in them is no tag.
func nextElement(body []byte, at int, name string) (start, end int) {
	start = -1
	for at < len(body) {
		open := bytes.IndexByte(body[at:], '<')
		if open < 0 {
			break
		}
		at += open
		rest := body[at:]
		switch {
		case bytes.HasPrefix(rest, []byte("<![CDATA[")):
			at = after(body, at, "]]>")
		case bytes.HasPrefix(rest, []byte("<!--")):
			at = after(body, at, "-->")
		case bytes.HasPrefix(rest, []byte("</")) && localName(rest[2:]) == name:
			at = after(body, at, ">")
			if start >= 0 {
				return start, at
			}
		case start < 0 && localName(rest[1:]) == name:
			start = at
			at++
		default:
			at++
		}
	}
	return start, -1
}

// after is the position behind the next mark from at on, or the body's end.
func after(body []byte, at int, mark string) int {
	found := bytes.Index(body[at:], []byte(mark))
	if found < 0 {
		return len(body)
	}
	return at + found + len(mark)
}
