//go:build !wlpoison

package proto

// poisoned is false in all but tests with the tag wlpoison; see there.
const poisoned = false

type loans struct{}

func (loans) lend(b []byte) []byte { return b }

func (loans) reclaim([]byte) {}

func overwrite([]byte) {}
