//go:build wlpoison

package proto

// poisoned tells that what parsers were lent is overwritten when the loan ends: one that keeps borrowed bytes gives wrong
// results, and its tests fail.
const poisoned = true

// poison is what stands where bytes were.
const poison = 0xdb

// loans lends copies. Parsers feed parsers, so several may be out at once.
type loans struct{ free [][]byte }

func (l *loans) lend(b []byte) []byte {
	var c []byte
	if n := len(l.free); n > 0 {
		c, l.free = l.free[n-1], l.free[:n-1]
	}
	return append(c[:0], b...)
}

// reclaim ends the loan of b.
func (l *loans) reclaim(b []byte) {
	overwrite(b)
	l.free = append(l.free, b)
}

func overwrite(b []byte) {
	for i := range b {
		b[i] = poison
	}
}
