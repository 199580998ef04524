package magic

import (
	"cmp"
	"slices"
)

// A rule names one form of a file type.
type rule struct {
	mime     string
	strength int
	at       int    // offset of magic
	magic    string // bytes that must stand at offset at; may be empty
	fold     bool   // magic is lower case and letters match in either case
	// more checks what magic alone cannot tell; nil when magic is enough. The head is borrowed. It is passed by value
	// because a pointer given to an unknown function would move the head to the heap.
	more func(h head) bool
}

// before tells whether a is preferred to b.
func before(a, b *rule) bool { return order(a, b) < 0 }

func order(a, b *rule) int {
	if a.strength != b.strength {
		return cmp.Compare(b.strength, a.strength)
	}
	return cmp.Compare(a.mime, b.mime)
}

// matches looks for the rule's magic in from, which is h.b or h.text.
func (r *rule) matches(from []byte, h *head) bool {
	if len(from) < r.at+len(r.magic) {
		return false
	}
	at := from[r.at : r.at+len(r.magic)]
	if r.fold {
		if !equalFold(at, r.magic) {
			return false
		}
	} else if string(at) != r.magic {
		return false
	}
	return r.more == nil || r.more(*h)
}

// A list holds rules in order of preference; text says which part of the head they are anchored to.
type list struct {
	rules []*rule
	text  bool
}

// firstMatch returns the first rule of l that fits and is preferred to than (nil: to nothing).
func firstMatch(l list, h *head, than *rule) *rule {
	from := h.b
	if l.text {
		from = h.text
	}
	for _, r := range l.rules {
		if than != nil && !before(r, than) {
			return nil
		}
		if r.matches(from, h) {
			return r
		}
	}
	return nil
}

// after returns the part of l behind r.
func after(l list, r *rule) list {
	return list{l.rules[slices.Index(l.rules, r)+1:], l.text}
}

// candidates returns the two lists of rules that may fit the head.
func candidates(h *head) (raw, text list) {
	if len(h.b) > 0 {
		raw.rules = rawIndex[h.b[0]]
	}
	text.text = true
	if len(h.text) > 0 {
		text.rules = textIndex[h.text[0]]
	}
	return raw, text
}

// The indexes hold for each first byte the rules that may fit. They are built once and never written to again.
var (
	rawIndex  = index(archives, media, programs, documents, fonts, others)
	textIndex = index(markup, scripts, prose)
	typeNames = names(archives, media, programs, documents, fonts, others, markup, scripts, prose)
)

func index(tables ...[]rule) *[256][]*rule {
	var x [256][]*rule
	for _, t := range tables {
		for i := range t {
			r := &t[i]
			for c := range 256 {
				if r.mayStart(byte(c)) {
					x[c] = append(x[c], r)
				}
			}
		}
	}
	for c := range x {
		slices.SortStableFunc(x[c], order)
	}
	return &x
}

func (r *rule) mayStart(c byte) bool {
	if r.at > 0 || r.magic == "" {
		return true
	}
	return c == r.magic[0] || r.fold && lower(c) == r.magic[0]
}

func names(tables ...[]rule) []string {
	var all []string
	for _, t := range tables {
		for i := range t {
			all = append(all, t[i].mime)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

// equalFold compares b with a lower case string of the same length.
func equalFold(b []byte, s string) bool {
	for i, c := range b {
		if lower(c) != s[i] {
			return false
		}
	}
	return true
}
