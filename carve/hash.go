package carve

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"hash"
)

// Hashes is a set of hash functions over the content of files.
type Hashes uint8

// The hash functions. They identify files in the reports of the field; none is meant to withstand an attacker, but for
// SHA-256.
const (
	MD5    Hashes = 1 << iota // RFC 1321
	SHA1                      // FIPS 180-4
	SHA256                    // FIPS 180-4

	AllHashes = MD5 | SHA1 | SHA256
)

// hashBlock is how many bytes are collected before the hash functions run. It is a multiple of their block of 64 bytes,
// so that they take whole blocks from it without a copy of their own.
const hashBlock = 1024

// A Hasher computes the chosen hashes of one stream of bytes after another. Its zero value is ready and hashes nothing;
// states are made when first asked for and used again after Reset. Small writes are collected, so that bytes that come
// one by one cost no more than a copy. A Hasher is not safe for concurrent use.
type Hasher struct {
	want    Hashes
	used    int // bytes of block not yet hashed
	md5     hash.Hash
	sha1    hash.Hash
	sha256  hash.Hash
	block   []byte
	written int64
}

// Sums holds hash values. Have says which are set.
type Sums struct {
	MD5    [md5.Size]byte
	SHA1   [sha1.Size]byte
	SHA256 [sha256.Size]byte
	Have   Hashes
}

// Reset begins a new stream with the hashes of want. It allocates only what no stream before needed.
func (h *Hasher) Reset(want Hashes) {
	h.want, h.used, h.written = want&AllHashes, 0, 0
	if h.want == 0 {
		return
	}
	if h.block == nil {
		h.block = make([]byte, hashBlock)
	}
	if h.want&MD5 != 0 {
		h.md5 = restart(h.md5, md5.New)
	}
	if h.want&SHA1 != 0 {
		h.sha1 = restart(h.sha1, sha1.New)
	}
	if h.want&SHA256 != 0 {
		h.sha256 = restart(h.sha256, sha256.New)
	}
}

func restart(s hash.Hash, make func() hash.Hash) hash.Hash {
	if s == nil {
		return make()
	}
	s.Reset()
	return s
}

// Want returns the hashes that are computed.
func (h *Hasher) Want() Hashes { return h.want }

// Written returns the number of bytes hashed so far.
func (h *Hasher) Written() int64 { return h.written }

// Stop gives up the stream, as after a gap in it: further writes cost nothing and Sums has nothing.
func (h *Hasher) Stop() { h.want = 0 }

// Write adds b, borrowed, to the stream.
func (h *Hasher) Write(b []byte) {
	if h.want == 0 {
		return
	}
	h.written += int64(len(b))
	if h.used > 0 || len(b) < hashBlock {
		n := copy(h.block[h.used:], b)
		h.used += n
		if h.used < hashBlock {
			return
		}
		h.run(h.block)
		h.used = 0
		b = b[n:]
	}
	whole := len(b) &^ (hashBlock - 1)
	h.run(b[:whole])
	h.used = copy(h.block, b[whole:])
}

// run hands b to each function. Writes to a hash.Hash never fail.
func (h *Hasher) run(b []byte) {
	if len(b) == 0 {
		return
	}
	if h.want&MD5 != 0 {
		h.md5.Write(b)
	}
	if h.want&SHA1 != 0 {
		h.sha1.Write(b)
	}
	if h.want&SHA256 != 0 {
		h.sha256.Write(b)
	}
}

// Sums writes the hashes of what was written so far to s, which should lie on the heap to save an allocation. The
// stream may go on.
func (h *Hasher) Sums(s *Sums) {
	s.Have = h.want
	if h.want == 0 {
		return
	}
	h.run(h.block[:h.used])
	h.used = 0
	if h.want&MD5 != 0 {
		h.md5.Sum(s.MD5[:0])
	}
	if h.want&SHA1 != 0 {
		h.sha1.Sum(s.SHA1[:0])
	}
	if h.want&SHA256 != 0 {
		h.sha256.Sum(s.SHA256[:0])
	}
}
