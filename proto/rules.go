package proto

import (
	"bytes"
	"fmt"

	"github.com/wirelore/wirelore/record"
)

// RuleBuffer is a sticky buffer without its transaction's type: what a rule engine sees of a Buffer.
type RuleBuffer struct {
	Name, Modifier string
	Aliases        []string
	Dir            Dir
	At             Stage
	Content        func(content []byte) ([]byte, error)
	Grows          bool
	Window         int
	Multiple       bool
	get            func(tx any, i int) ([]byte, bool)
	ready          func(tx any) bool
}

// Ready tells whether enough of a buffer that Grows has come to look at.
func (b *RuleBuffer) Ready(t *Transaction) bool {
	return b.ready == nil || t.Complete(b.Dir) || b.ready(t.value)
}

// Get returns the i-th value of the buffer in transaction t, borrowed until the next buffer is asked for; false when there
// are not so many. A buffer that is not Multiple has one at most.
func (b *RuleBuffer) Get(t *Transaction, i int) ([]byte, bool) { return b.get(t.value, i) }

// Keyword is a rule keyword of a protocol that is no buffer: a number, a flag, a list.
type Keyword[T any] struct {
	Name    string
	Aliases []string
	Doc     string
	// Dirs tells in which directions it can be judged, and At from which stage on.
	Dirs [2]bool
	At   [2]Stage
	// Compile reads what stands behind the colon ("" : nothing) and returns the condition, which is pure and does not
	// allocate. Its error says what is wrong with the value.
	Compile func(arg string) (func(tx *T, d Dir) bool, error)
}

// RuleKeyword is a Keyword without its transaction's type.
type RuleKeyword struct {
	Name    string
	Aliases []string
	Dirs    [2]bool
	At      [2]Stage
	// Compile reads the value and returns the condition.
	Compile func(arg string) (func(t *Transaction, d Dir) bool, error)
}

// RuleBuffers implements Protocol.
func (d *Def[T]) RuleBuffers() []RuleBuffer {
	out := make([]RuleBuffer, len(d.spec.Buffers))
	for i := range d.spec.Buffers {
		b := &d.spec.Buffers[i]
		out[i] = RuleBuffer{Name: b.Name, Modifier: b.Modifier, Aliases: b.Aliases, Dir: b.Dir, At: b.At, Grows: b.Grows, Content: b.Content,
			Window: b.Window, Multiple: b.Nth != nil}
		if b.Ready != nil {
			out[i].ready = func(tx any) bool { return b.Ready(tx.(*T)) }
		}
		if b.Nth != nil {
			out[i].get = func(tx any, i int) ([]byte, bool) { return b.Nth(tx.(*T), i) }
			continue
		}
		out[i].get = func(tx any, i int) ([]byte, bool) {
			if i > 0 {
				return nil, false
			}
			v := b.One(tx.(*T))
			return v, v != nil
		}
	}
	return out
}

// RuleKeywords implements Protocol.
func (d *Def[T]) RuleKeywords() []RuleKeyword {
	out := make([]RuleKeyword, len(d.spec.Keywords))
	for i := range d.spec.Keywords {
		k := &d.spec.Keywords[i]
		out[i] = RuleKeyword{Name: k.Name, Aliases: k.Aliases, Dirs: k.Dirs, At: k.At,
			Compile: func(arg string) (func(*Transaction, Dir) bool, error) {
				fn, err := k.Compile(arg)
				if err != nil {
					return nil, err
				}
				return func(t *Transaction, d Dir) bool { return fn(t.value.(*T), d) }, nil
			}}
	}
	return out
}

func (d *Def[T]) complete() [2]Stage { return d.spec.Complete }

func (d *Def[T]) txID(value any, base *Tx, dir Dir) uint64 {
	if d.spec.TxID != nil {
		return d.spec.TxID(value.(*T), dir)
	}
	return base.ID
}

func (d *Def[T]) embed(e *record.Encoder, value any, dir Dir) bool {
	if d.spec.Alert != nil {
		return d.spec.Alert(e, value.(*T), dir)
	}
	if d.alert == nil {
		return false
	}
	record.Embed(e, d.alert, value.(*T))
	return true
}

// HashContent is a Buffer.Content for buffers that hold n characters in lower case: the only contents that can be in them.
func HashContent(n int) func(content []byte) ([]byte, error) {
	return func(content []byte) ([]byte, error) {
		if len(content) != n {
			return nil, fmt.Errorf("the content has %d characters, the buffer always %d", len(content), n)
		}
		return bytes.ToLower(content), nil
	}
}

// UpperContent is a Buffer.Content for buffers in upper case.
func UpperContent(content []byte) ([]byte, error) { return bytes.ToUpper(content), nil }
