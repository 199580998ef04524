package carve

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"math/rand/v2"
	"testing"
)

func noise(n int, seed uint64) []byte {
	r := rand.New(rand.NewPCG(seed, 1))
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
}

// TestHasherChunks checks that the hashes do not depend on how the bytes come, for lengths around the block size.
func TestHasherChunks(t *testing.T) {
	var h Hasher
	var s Sums
	for _, n := range []int{0, 1, 63, 64, 65, hashBlock - 1, hashBlock, hashBlock + 1, 3*hashBlock + 7} {
		b := noise(n, uint64(n))
		for _, chunk := range []int{1, 3, 64, 100, hashBlock - 1, hashBlock, hashBlock + 1, 1 << 20} {
			h.Reset(AllHashes)
			for rest := b; len(rest) > 0; {
				k := min(chunk, len(rest))
				h.Write(rest[:k])
				rest = rest[k:]
			}
			h.Sums(&s)
			if s.MD5 != md5.Sum(b) || s.SHA1 != sha1.Sum(b) || s.SHA256 != sha256.Sum256(b) || s.Have != AllHashes {
				t.Fatalf("%d bytes in chunks of %d: wrong hash", n, chunk)
			}
			if h.Written() != int64(n) {
				t.Fatalf("written %d of %d", h.Written(), n)
			}
		}
	}
}

func TestHasherChoice(t *testing.T) {
	b := noise(100, 1)
	var h Hasher
	h.Write(b)
	var s Sums
	if h.Sums(&s); s.Have != 0 {
		t.Error("the zero value hashes")
	}
	h.Reset(SHA1)
	h.Write(b)
	if h.Sums(&s); s.Have != SHA1 || s.SHA1 != sha1.Sum(b) || s.MD5 != [16]byte{} {
		t.Error("SHA1 alone is wrong")
	}
	h.Write(b)
	if h.Sums(&s); s.SHA1 != sha1.Sum(append(b[:100:100], b...)) {
		t.Error("a stream cannot go on after Sums")
	}
	h.Stop()
	h.Write(b)
	if h.Sums(&s); s.Have != 0 || h.Want() != 0 {
		t.Error("Stop does not stop")
	}
}

func TestHasherAllocations(t *testing.T) {
	b := noise(3000, 2)
	h, s := new(Hasher), new(Sums)
	h.Reset(AllHashes)
	if n := testing.AllocsPerRun(100, func() {
		h.Reset(AllHashes)
		h.Write(b[:10])
		h.Write(b)
		h.Sums(s)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkHasher(b *testing.B) {
	data := noise(64<<10, 3)
	for _, c := range []struct {
		name  string
		want  Hashes
		chunk int
	}{
		{"none", 0, 1460}, {"sha256/1460", SHA256, 1460}, {"all/1460", AllHashes, 1460}, {"all/64KiB", AllHashes, 64 << 10},
		{"all/16", AllHashes, 16},
	} {
		b.Run(c.name, func(b *testing.B) {
			var h Hasher
			b.ReportAllocs()
			b.SetBytes(int64(c.chunk))
			h.Reset(c.want)
			for b.Loop() {
				h.Write(data[:c.chunk])
			}
		})
	}
}
