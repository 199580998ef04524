package pcap

import "sync/atomic"

// Slab is the memory that the Data of many packets lies in, when the Reader was asked to use slabs again
// (Options.Recycle). Its holders count: when the last one let go, and the Reader has gone on, its bytes are overwritten.
// A nil *Slab is memory that the garbage collector looks after; all methods are fine with it. Safe for concurrent use.
type Slab struct {
	buf     []byte
	holders atomic.Int32
	pool    *slabPool
}

// Hold keeps the slab's bytes as they are until Release.
func (s *Slab) Hold() {
	if s != nil {
		s.holders.Add(1)
	}
}

// Release gives up one Hold.
func (s *Slab) Release() {
	if s != nil && s.holders.Add(-1) == 0 {
		s.pool.put(s)
	}
}

// slabPool keeps slabs for the next use.
type slabPool struct{ free chan *Slab }

// pooledSlabs bounds the slabs that wait for their next use.
const pooledSlabs = 16

func newSlabPool() *slabPool { return &slabPool{make(chan *Slab, pooledSlabs)} }

// get returns a slab with one holder: the Reader.
func (p *slabPool) get() *Slab {
	select {
	case s := <-p.free:
		s.holders.Store(1)
		return s
	default:
	}
	s := &Slab{buf: make([]byte, slabSize), pool: p}
	s.holders.Store(1)
	return s
}

func (p *slabPool) put(s *Slab) {
	poison(s.buf)
	select {
	case p.free <- s:
	default: // left to the garbage collector
	}
}
