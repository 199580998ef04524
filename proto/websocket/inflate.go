package websocket

import (
	"compress/flate"
	"errors"
	"io"
)

const (
	// maxDeflated bounds a compressed message.
	maxDeflated = 1 << 20
	// A message may inflate to freeInflated bytes, or to maxRatio times its size when that is more.
	freeInflated = 64 << 10
	maxRatio     = 128
	// historySize is how far back deflate refers.
	historySize = 32 << 10
	// pieceSize is how much is unmasked or inflated at once.
	pieceSize = 16 << 10
)

var (
	errInflate      = errors.New("websocket: a message does not inflate")
	errInflateLimit = errors.New("websocket: a compressed message beyond the limits")
)

// inflater gathers one direction's compressed message and keeps the window that the next refers to (RFC 7692, section 7.2.2).
type inflater struct {
	fresh bool   // each message begins with an empty window
	dead  bool   // the window was lost: no later message can be inflated
	over  bool   // the message being gathered is lost
	in    []byte // the message so far
	hist  []byte
}

// add gathers more of the message; false when that made it too long.
func (f *inflater) add(b []byte) bool {
	if f.over || f.dead {
		return true
	}
	if len(f.in)+len(b) > maxDeflated {
		f.lose()
		return false
	}
	f.in = append(f.in, b...)
	return true
}

// lose gives the message up, and with its window all later ones that refer to it.
func (f *inflater) lose() {
	f.over, f.in = true, nil
	if !f.fresh {
		f.dead, f.hist = true, nil
	}
}

// next makes ready for another message. Few are long: the memory of one that was is not kept.
func (f *inflater) next() {
	f.over, f.in = false, f.in[:0]
	if cap(f.in) > historySize {
		f.in = nil
	}
}

// scratch is what work on one piece of a message needs.
type scratch struct {
	piece   [pieceSize]byte
	inflate io.ReadCloser
	in      tailed
}

// worker lends scratches to a worker's parsers. There are several as a message may carry WebSocket in turn.
type worker struct {
	inside bool // what messages carry is looked at
	free   []*scratch
}

func (w *worker) take() *scratch {
	n := len(w.free)
	if n == 0 {
		return new(scratch)
	}
	s := w.free[n-1]
	w.free = w.free[:n-1]
	return s
}

func (w *worker) give(s *scratch) {
	s.in = tailed{}
	w.free = append(w.free, s)
}

// tailed reads a message and then the empty block that its sender left out, with one more that ends the stream.
type tailed struct {
	msg  []byte
	tail []byte
}

var deflateTail = []byte{0, 0, 0xff, 0xff, 1, 0, 0, 0xff, 0xff}

func (t *tailed) Read(p []byte) (int, error) {
	if len(t.msg) == 0 {
		t.msg, t.tail = t.tail, nil
	}
	if len(t.msg) == 0 {
		return 0, io.EOF
	}
	n := copy(p, t.msg)
	t.msg = t.msg[n:]
	return n, nil
}

func (t *tailed) ReadByte() (byte, error) {
	if len(t.msg) == 0 {
		t.msg, t.tail = t.tail, nil
	}
	if len(t.msg) == 0 {
		return 0, io.EOF
	}
	c := t.msg[0]
	t.msg = t.msg[1:]
	return c, nil
}

// finish inflates the gathered message into out, piece by piece.
func (f *inflater) finish(w *scratch, out func([]byte)) error {
	defer f.next()
	if f.over || f.dead {
		return nil
	}
	w.in = tailed{f.in, deflateTail}
	if w.inflate == nil {
		w.inflate = flate.NewReader(&w.in)
	}
	if err := w.inflate.(flate.Resetter).Reset(&w.in, f.hist); err != nil {
		f.lose()
		return errInflate
	}
	left := max(freeInflated, maxRatio*len(f.in))
	for {
		n, err := w.inflate.Read(w.piece[:min(left+1, pieceSize)])
		if n > left {
			f.lose()
			return errInflateLimit
		}
		left -= n
		if n > 0 {
			f.remember(w.piece[:n])
			out(w.piece[:n])
		}
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			f.lose()
			return errInflate
		}
	}
}

// remember keeps the last historySize bytes of what was inflated.
func (f *inflater) remember(b []byte) {
	if f.fresh {
		return
	}
	if over := len(f.hist) + len(b) - historySize; over > 0 {
		f.hist = f.hist[:copy(f.hist, f.hist[min(over, len(f.hist)):])]
	}
	f.hist = append(f.hist, b[max(0, len(b)-historySize):]...)
}
