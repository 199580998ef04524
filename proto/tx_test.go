package proto_test

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"testing"

	"github.com/wirelore/wirelore/proto"
)

// inSession runs fn as a parser's Data, once.
func inSession(t testing.TB, l proto.Limits, fn func(s *session)) *rig {
	p := define(proto.Spec[note]{Name: "x", Detect: anywhere, Limits: l}, script{data: func(s *session, _ proto.Dir, b []byte) (result, error) {
		fn(s)
		return result{Used: len(b)}, nil
	}})
	r := newRig(t, protocols(p))
	r.open(proto.TCP, 1).send("c:x").close()
	return r
}

func TestTransactions(t *testing.T) {
	r := inSession(t, proto.Limits{OpenTx: 5}, func(s *session) {
		var open []*note
		for i := range 5 {
			tx, err := s.Begin()
			if err != nil || tx.ID != uint64(i) || tx.Start != s.Now() || tx.text != nil {
				t.Fatalf("%v %+v", err, tx)
			}
			tx.text = tx.Keep([]byte{byte(i)})
			open = append(open, tx)
		}
		if _, err := s.Begin(); !errors.Is(err, proto.ErrLimit) {
			t.Errorf("%v", err)
		}
		s.Close(open[1])
		s.Close(open[1]) // twice is once
		s.Close(open[4])
		s.Close(open[0])
		for i := range 3 {
			tx, err := s.Begin()
			if err != nil || tx.ID != uint64(5+i) || tx.text != nil || tx.Cut() != 0 {
				t.Fatalf("%v %+v", err, tx)
			}
			tx.text = tx.Keep([]byte("new"))
		}
		if _, err := s.Begin(); !errors.Is(err, proto.ErrLimit) {
			t.Errorf("%v", err)
		}
		if open[2].text[0] != 2 || open[3].text[0] != 3 {
			t.Errorf("%q %q", open[2].text, open[3].text)
		}
	})
	if r.Counts.TxLimit != 2 || r.Counts.Transactions != 8 {
		t.Errorf("%+v", r.Counts)
	}
}

// TestKeep grows many pieces of one transaction at random, beside a model, up to the limit and beyond.
func TestKeep(t *testing.T) {
	const limit = 20000
	inSession(t, proto.Limits{TxKeep: limit}, func(s *session) {
		rng := rand.New(rand.NewPCG(1, 1))
		for range 20 {
			tx, err := s.Begin()
			if err != nil {
				t.Fatal(err)
			}
			var got, want [][]byte
			total, cut := 0, 0
			for step := range 400 {
				b := make([]byte, rng.IntN(120))
				for i := range b {
					b[i] = byte(rng.Uint32())
				}
				fits := b[:min(len(b), limit-total)]
				total += len(fits)
				cut += len(b) - len(fits)
				if i := rng.IntN(20); i < len(got) {
					got[i] = tx.Append(got[i], b)
					want[i] = append(want[i], fits...)
				} else {
					got = append(got, tx.Keep(b))
					want = append(want, bytes.Clone(fits))
				}
				for i := range b {
					b[i] = '!'
				}
				for i := range got {
					if !bytes.Equal(got[i], want[i]) {
						t.Fatalf("step %d: piece %d is %q, want %q", step, i, got[i], want[i])
					}
					if cap(got[i]) != len(got[i]) {
						t.Fatalf("step %d: piece %d could be appended to", step, i)
					}
				}
				if tx.Cut() != cut {
					t.Fatalf("step %d: %d cut, want %d", step, tx.Cut(), cut)
				}
			}
			if cut == 0 {
				t.Fatal("nothing was cut")
			}
			s.Close(tx)
		}
	})
}

// TestKeepNothing tells what is there but empty from what is absent.
func TestKeepNothing(t *testing.T) {
	inSession(t, proto.Limits{TxKeep: 3}, func(s *session) {
		tx, err := s.Begin()
		if err != nil {
			t.Fatal(err)
		}
		if b := tx.Keep(nil); b == nil || len(b) != 0 {
			t.Errorf("%v", b)
		}
		if b := tx.Append([]byte("x"), nil); string(b) != "x" {
			t.Errorf("%q", b)
		}
		if a := tx.Keep([]byte("abcde")); string(a) != "abc" || tx.Cut() != 2 {
			t.Errorf("%q %d", a, tx.Cut())
		}
		if b := tx.Keep([]byte("f")); b == nil || len(b) != 0 || tx.Cut() != 3 {
			t.Errorf("%v %d", b, tx.Cut())
		}
	})
}

// TestAppendMemory grows two values in turn, byte by byte: the memory must stay in proportion to what is kept.
func TestAppendMemory(t *testing.T) {
	inSession(t, proto.Limits{}, func(s *session) {
		tx, err := s.Begin()
		if err != nil {
			t.Fatal(err)
		}
		var a, b []byte
		for range 8000 {
			a = tx.Append(a, []byte("a"))
			b = tx.Append(b, []byte("b"))
		}
		if got := proto.ArenaSize(&tx.Tx); got > 256<<10 {
			t.Errorf("%d bytes of memory for %d that are kept", got, len(a)+len(b))
		}
	})
}

// TestFreeMemory: transactions that wait for reuse hold little.
func TestFreeMemory(t *testing.T) {
	inSession(t, proto.Limits{}, func(s *session) {
		tx, err := s.Begin()
		if err != nil {
			t.Fatal(err)
		}
		tx.Keep(make([]byte, 1<<20))
		s.Close(tx)
		if got := proto.ArenaSize(&tx.Tx); got > 64<<10 {
			t.Errorf("a closed transaction holds %d bytes", got)
		}
	})
}
