package http

import (
	"bufio"
	"errors"
)

// unLZW reads the format of compress(1): codes of 9 to 16 bits, least significant bit first, in groups of eight.
type unLZW struct {
	r       *bufio.Reader
	max     uint
	block   bool
	width   uint
	free    int
	prev    int
	first   byte
	prefix  [1 << 16]uint16
	suffix  [1 << 16]byte
	stack   []byte
	bits    uint32
	nbits   uint
	inGroup int // bytes of the current group of width*8 bits that were read
}

var errLZW = errors.New("http: broken compress data")

const clearCode = 256

func newUnLZW(r *bufio.Reader) (*unLZW, error) {
	var h [3]byte
	for i := range h {
		c, err := r.ReadByte()
		if err != nil {
			return nil, err
		}
		h[i] = c
	}
	u := &unLZW{r: r, max: uint(h[2] & 31), block: h[2]&0x80 != 0, width: 9, prev: -1}
	if u.max < 9 || u.max > 16 {
		return nil, errLZW
	}
	u.reset()
	return u, nil
}

func (u *unLZW) reset() {
	u.width, u.prev = 9, -1
	u.free = clearCode
	if u.block {
		u.free++
	}
}

// Read implements io.Reader.
func (u *unLZW) Read(b []byte) (int, error) {
	for len(u.stack) == 0 {
		if err := u.decode(); err != nil {
			return 0, err
		}
	}
	n := 0
	for n < len(b) && len(u.stack) > 0 {
		b[n] = u.stack[len(u.stack)-1]
		u.stack = u.stack[:len(u.stack)-1]
		n++
	}
	return n, nil
}

// code reads the next code.
func (u *unLZW) code() (int, error) {
	for u.nbits < u.width {
		c, err := u.r.ReadByte()
		if err != nil {
			return 0, err
		}
		u.inGroup++
		u.bits |= uint32(c) << u.nbits
		u.nbits += 8
	}
	c := int(u.bits & (1<<u.width - 1))
	u.bits >>= u.width
	u.nbits -= u.width
	return c, nil
}

// align skips to the end of the group of eight codes, as the encoder does when the width changes.
func (u *unLZW) align() error {
	group := int(u.width)
	for u.inGroup%group != 0 {
		if _, err := u.r.ReadByte(); err != nil {
			return err
		}
		u.inGroup++
	}
	u.bits, u.nbits, u.inGroup = 0, 0, 0
	return nil
}

// decode takes one code and leaves its bytes on the stack, the last one first.
func (u *unLZW) decode() error {
	c, err := u.code()
	if err != nil {
		return err
	}
	if c == clearCode && u.block {
		if err := u.align(); err != nil {
			return err
		}
		u.reset()
		return nil
	}
	if u.prev < 0 {
		if c > 255 {
			return errLZW
		}
		u.prev, u.first = c, byte(c)
		u.stack = append(u.stack, byte(c))
		return nil
	}
	at := c
	if c >= u.free {
		if c > u.free {
			return errLZW
		}
		u.stack = append(u.stack, u.first)
		at = u.prev
	}
	for at > 255 {
		u.stack = append(u.stack, u.suffix[at])
		at = int(u.prefix[at])
	}
	u.first = byte(at)
	u.stack = append(u.stack, u.first)
	if u.free < 1<<u.max {
		u.prefix[u.free], u.suffix[u.free] = uint16(u.prev), u.first
		u.free++
		if u.free == 1<<u.width && u.width < u.max {
			if err := u.align(); err != nil {
				return err
			}
			u.width++
		}
	}
	u.prev = c
	return nil
}
