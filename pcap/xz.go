package pcap

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"hash/crc64"
	"io"
	"math"

	"github.com/ulikunitz/xz/lzma"
)

// The .xz container (file format specification 1.2.1). It is read here, and LZMA2 by the library, because the
// size of the dictionary is in each block's header and must be checked before it is allocated.
//
//	stream header(12)  blocks  index  stream footer(12)  padding
const (
	xzMagic     = "\xfd7zXZ\x00"
	xzHeader    = 12
	xzFooterEnd = "YZ"
	xzLZMA2     = 0x21
)

// maxDictionary is the greatest dictionary or window of any compression: as much as zstd accepts unless told otherwise, twice of xz -9.
const maxDictionary = 128 << 20

var (
	errXZ       = errors.New("xz structure is wrong")
	errXZSum    = errors.New("xz check sum is wrong")
	errXZFilter = errors.New("xz filters other than LZMA2 are not supported: decompress it first")
)

type xzReader struct {
	raw   *countingBytes
	check byte  // kind of check, of the stream
	dicts int64 // bytes of dictionaries allocated
	total int64 // bytes of the streams before
	lzma  *lzma.Reader2
	sum   hash.Hash
	err   error
}

// countingBytes is a bufio.Reader that knows its position, for padding.
type countingBytes struct {
	*bufio.Reader
	n int64
}

func (c *countingBytes) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.n += int64(n)
	return n, err
}

func (c *countingBytes) ReadByte() (byte, error) {
	b, err := c.Reader.ReadByte()
	if err == nil {
		c.n++
	}
	return b, err
}

func openXZ(raw *bufio.Reader) (io.Reader, func() error, error) {
	x := &xzReader{raw: &countingBytes{Reader: raw}}
	if err := x.streamHeader(); err != nil {
		return nil, nil, noEOF(err)
	}
	return x, nil, nil
}

func (x *xzReader) Read(p []byte) (int, error) {
	for x.err == nil {
		if x.lzma == nil {
			x.err = x.nextBlock()
			continue
		}
		n, err := x.lzma.Read(p)
		if n > 0 && x.sum != nil {
			x.sum.Write(p[:n])
		}
		if errors.Is(err, io.EOF) {
			err = x.endBlock()
		}
		x.err = err
		if n > 0 {
			return n, nil
		}
	}
	return 0, x.err
}

// streamHeader reads magic(6) flags(2) CRC32 of the flags(4).
func (x *xzReader) streamHeader() error {
	var h [xzHeader]byte
	if _, err := io.ReadFull(x.raw, h[:]); err != nil {
		return err
	}
	if string(h[:6]) != xzMagic {
		return errTrailing
	}
	if crc32.ChecksumIEEE(h[6:8]) != binary.LittleEndian.Uint32(h[8:]) {
		return errXZSum
	}
	x.check = h[7] & 0x0f
	if _, known := x.checkSize(); !known || h[6] != 0 || h[7]&0xf0 != 0 {
		return errXZ
	}
	return nil
}

// checkSize is the length of a block's check; unknown kinds have a length as well but are not known to us.
func (x *xzReader) checkSize() (int, bool) {
	switch x.check {
	case 0:
		return 0, true
	case 1:
		return 4, true
	case 4:
		return 8, true
	case 10:
		return sha256.Size, true
	}
	return 0, false
}

// nextBlock begins a block, or at the index ends the stream and begins the next one.
func (x *xzReader) nextBlock() error {
	size, err := x.raw.ReadByte()
	if err != nil {
		return noEOF(err)
	}
	if size == 0 {
		return x.endStream()
	}
	h := make([]byte, (int(size)+1)*4)
	h[0] = size
	if _, err := io.ReadFull(x.raw, h[1:]); err != nil {
		return noEOF(err)
	}
	body, sum := h[1:len(h)-4], h[len(h)-4:]
	if crc32.ChecksumIEEE(h[:len(h)-4]) != binary.LittleEndian.Uint32(sum) {
		return errXZSum
	}
	dict, err := xzDictionary(body)
	if err != nil {
		return err
	}
	if err := x.afford(dict); err != nil {
		return err
	}
	if x.lzma, err = (lzma.Reader2Config{DictCap: dict}).NewReader2(x.raw); err != nil {
		return err
	}
	switch x.check {
	case 1:
		x.sum = crc32.NewIEEE()
	case 4:
		x.sum = crc64.New(crc64.MakeTable(crc64.ECMA))
	case 10:
		x.sum = sha256.New()
	}
	return nil
}

// afford refuses blocks that have nothing but large dictionaries, each of which costs an allocation.
func (x *xzReader) afford(dict int) error {
	x.dicts += int64(dict)
	if x.dicts > 2*maxDictionary+defaultRatio*(x.total+x.raw.n) {
		return fmt.Errorf("its blocks want dictionaries out of all proportion: %w", ErrLimit)
	}
	return nil
}

// xzDictionary reads a block header after its size and returns the size of the dictionary:
//
//	flags(1) [compressed size] [uncompressed size] filters: identifier, length, properties
func xzDictionary(b []byte) (int, error) {
	r := bytes.NewReader(b)
	flags, err := r.ReadByte()
	if err != nil || flags&0x3c != 0 {
		return 0, errXZ
	}
	if flags&3 != 0 {
		return 0, errXZFilter
	}
	size := uint64(math.MaxUint64)
	for bit := byte(0x40); bit != 0; bit <<= 1 {
		if flags&bit != 0 {
			if size, err = binary.ReadUvarint(r); err != nil {
				return 0, errXZ
			}
		}
		if bit == 0x40 { // compressed size
			size = math.MaxUint64
		}
	}
	id, err := binary.ReadUvarint(r)
	if err != nil {
		return 0, errXZ
	}
	if id != xzLZMA2 {
		return 0, errXZFilter
	}
	n, err := r.ReadByte()
	if err != nil || n != 1 {
		return 0, errXZ
	}
	code, err := r.ReadByte()
	if err != nil {
		return 0, errXZ
	}
	dict, err := lzma.DecodeDictCap(code)
	if err != nil {
		return 0, errXZ
	}
	if dict > maxDictionary {
		return 0, fmt.Errorf("it wants a dictionary of %d bytes: %w of %d", dict, ErrLimit, maxDictionary)
	}
	return int(max(min(uint64(dict), size), lzma.MinDictCap)), nil
}

// endBlock reads the padding and the check after a block's data.
func (x *xzReader) endBlock() error {
	x.lzma = nil
	if err := x.zeros(); err != nil {
		return err
	}
	n, _ := x.checkSize()
	want := make([]byte, n)
	if _, err := io.ReadFull(x.raw, want); err != nil {
		return noEOF(err)
	}
	if x.sum == nil {
		return nil
	}
	got := x.sum.Sum(nil)
	x.sum = nil
	if n < sha256.Size { // xz stores CRCs little-endian
		for i, j := 0, len(got)-1; i < j; i, j = i+1, j-1 {
			got[i], got[j] = got[j], got[i]
		}
	}
	if !bytes.Equal(got, want) {
		return errXZSum
	}
	return nil
}

// zeros reads padding up to a multiple of 4.
func (x *xzReader) zeros() error {
	for x.raw.n%4 != 0 {
		b, err := x.raw.ReadByte()
		if err != nil {
			return noEOF(err)
		}
		if b != 0 {
			return errXZ
		}
	}
	return nil
}

// endStream reads the index, which begins with the zero already read, the footer, and the header of the next stream if there is one.
func (x *xzReader) endStream() error {
	records, err := binary.ReadUvarint(x.raw)
	if err != nil {
		return noEOF(err)
	}
	for ; records > 0; records-- { // two sizes for each block; each record takes input, so it ends
		for range 2 {
			if _, err := binary.ReadUvarint(x.raw); err != nil {
				return noEOF(err)
			}
		}
	}
	if err := x.zeros(); err != nil {
		return err
	}
	var f [4 + xzHeader]byte // CRC32 of the index, footer
	if _, err := io.ReadFull(x.raw, f[:]); err != nil {
		return noEOF(err)
	}
	if string(f[14:]) != xzFooterEnd || crc32.ChecksumIEEE(f[8:14]) != binary.LittleEndian.Uint32(f[4:]) {
		return errXZ
	}
	for {
		b, err := x.raw.Peek(4)
		if len(b) == 0 {
			return err
		}
		if !bytes.Equal(b, []byte{0, 0, 0, 0}) {
			return x.nextStream()
		}
		_, _ = x.raw.Discard(4)
	}
}

func (x *xzReader) nextStream() error {
	x.total += x.raw.n
	x.raw.n = 0
	return noEOF(x.streamHeader())
}
