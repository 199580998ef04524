package proto

import (
	"bytes"
	"iter"
)

// Upgrade tells a protocol what the HTTP exchange said that led to it: the data of Session.HandoffWith behind an accepted
// Upgrade (RFC 9110, section 7.8). Its bytes are *shared*: immutable, valid for the flow's life.
type Upgrade struct {
	// Time is when the server accepted, in ns.
	Time int64
	// Target is the request's target as sent.
	Target []byte
	// Fields are the header fields of each direction's message, in order.
	Fields [2][]UpgradeField
}

// UpgradeField is one header field, its value trimmed.
type UpgradeField struct{ Name, Value []byte }

// Values goes through the values of direction d's fields of a name, ignoring its case. They are *shared*.
func (u *Upgrade) Values(d Dir, name string) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for _, f := range u.Fields[d] {
			if bytes.EqualFold(f.Name, []byte(name)) && !yield(f.Value) {
				return
			}
		}
	}
}

// Value returns the first of Values, nil when there is none.
func (u *Upgrade) Value(d Dir, name string) []byte {
	for v := range u.Values(d, name) {
		return v
	}
	return nil
}
