package match

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"slices"
	"testing"
)

func mixedSet(tb testing.TB) ([]Pattern, []byte, *Set) {
	r := rand.New(rand.NewPCG(11, 12))
	a := alphabets()[5]
	b := a.bytes(r, 500)
	patterns := append(a.patterns(r, 20, 20, b), a.patterns(r, 20, 5, b)...)
	return patterns, b, compile(tb, patterns, &Options{FilterBits: 5})
}

func TestLoadEqualsCompile(t *testing.T) {
	patterns, b, s := mixedSet(t)
	stored := s.AppendBinary([]byte("before"))
	if !bytes.HasPrefix(stored, []byte("before")) {
		t.Fatal("AppendBinary does not append")
	}
	stored = stored[6:]
	if !bytes.Equal(stored, s.AppendBinary(nil)) {
		t.Fatal("AppendBinary differs")
	}
	loaded, err := Load(stored)
	if err != nil {
		t.Fatal(err)
	}
	again := loaded.AppendBinary(nil)
	if !bytes.Equal(again, stored) {
		t.Error("a loaded set is stored otherwise")
	}
	clear(stored)
	check(t, loaded, patterns, b)
	if loaded.Len() != s.Len() || loaded.MaxLen() != s.MaxLen() || loaded.Size() != s.Size() {
		t.Error("another length or size")
	}
	var x, y Seen
	if !slices.Equal(loaded.FindSet(b, &x, nil), s.FindSet(b, &y, nil)) {
		t.Error("FindSet in another order")
	}
}

func TestLoadEmptySet(t *testing.T) {
	s, err := Load(compile(t, nil, nil).AppendBinary(nil))
	if err != nil || s.Len() != 0 || s.Find([]byte("abcdef"), nil) != nil {
		t.Error(s, err)
	}
}

// reseal makes the checksum right again.
func reseal(b []byte) []byte {
	if len(b) >= headerLen {
		binary.LittleEndian.PutUint32(b[len(magic):], checksum(b))
	}
	return b
}

// TestLoadCorrupted cuts a stored set at every length and changes every byte of it: an error without a new checksum, and with one either
// an error or a set that is safe to search with.
func TestLoadCorrupted(t *testing.T) {
	_, text, s := mixedSet(t)
	good := s.AppendBinary(nil)
	for n := range good {
		loadBroken(t, good[:n])
		loadBroken(t, reseal(bytes.Clone(good[:n])))
	}
	if _, err := Load(reseal(append(bytes.Clone(good), 0))); !errors.Is(err, ErrFormat) {
		t.Error("one byte too many:", err)
	}
	loaded := 0
	for i := range good {
		for _, x := range []byte{1, 0x80, 0xff} {
			bad := bytes.Clone(good)
			bad[i] ^= x
			loadBroken(t, bad)
			if s, err := Load(reseal(bad)); err == nil {
				loaded++
				s.NewStream().Find(text, s.Find(text, nil))
			} else if !errors.Is(err, ErrFormat) {
				t.Fatal(err)
			}
		}
	}
	if loaded == 0 {
		t.Error("no change of a text or filter bit was accepted: the test tests nothing")
	}
}

func loadBroken(t *testing.T, b []byte) {
	t.Helper()
	if s, err := Load(b); s != nil || !errors.Is(err, ErrFormat) {
		t.Fatalf("%d bytes: %v", len(b), err)
	}
}

// TestLoadCounts gives counts that promise more than there is.
func TestLoadCounts(t *testing.T) {
	_, _, s := mixedSet(t)
	good := s.AppendBinary(nil)
	for field := range 6 {
		for _, n := range []uint32{0, 1, 17, 18, 31, 32, 255, 1 << 20, 1<<20 + 1, 1 << 28, 1 << 31, 1<<32 - 1} {
			bad := bytes.Clone(good)
			at := bad[len(magic)+4+4*field:]
			if binary.LittleEndian.Uint32(at) == n {
				continue
			}
			binary.LittleEndian.PutUint32(at, n)
			if field == 4 && n == 0 {
				continue // a filter without folding is well formed
			}
			if got := testing.AllocsPerRun(1, func() { loadBroken(t, reseal(bad)) }); got > 20 {
				t.Errorf("field %d = %d: %v allocations", field, n, got)
			}
		}
	}
}
