package ftp

import "bytes"

// maxDepth bounds the elements of a path that are kept.
const maxDepth = 256

// appendPath returns the path that name leads to from dir, in dir's memory: "." and ".." are taken out where that is
// possible. A path whose beginning is not known begins with ".".
func appendPath(dir, name []byte) []byte {
	if len(name) > maxName {
		name = name[:maxName]
	}
	full := name
	if len(name) == 0 || name[0] != '/' {
		full = append(append(append(make([]byte, 0, len(dir)+1+len(name)), dir...), '/'), name...)
	}
	rooted := len(full) > 0 && full[0] == '/'
	var elems [maxDepth][]byte
	n := 0
	for i, e := range bytes.Split(full, []byte("/")) {
		switch {
		case len(e) == 0, string(e) == "." && i > 0:
		case string(e) == ".." && n > 0 && string(elems[n-1]) != ".." && (rooted || n > 1 || string(elems[0]) != "."):
			n--
		case string(e) == ".." && rooted && n == 0: // above the root is the root
		case n < maxDepth:
			elems[n] = e
			n++
		}
	}
	out := make([]byte, 0, len(full)+1)
	if rooted {
		out = append(out, '/')
	}
	out = append(out, bytes.Join(elems[:n], []byte("/"))...)
	if len(out) > 4*maxName {
		out = out[:4*maxName]
	}
	return append(dir[:0], out...)
}
