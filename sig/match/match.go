package match

import (
	"errors"
	"fmt"
)

// Limits of a set.
const (
	// MaxPatterns is the most patterns that a [Set] holds.
	MaxPatterns = 1 << 20
	// MaxLen is the length of the longest pattern, in bytes. The shortest has one byte.
	MaxLen = 255
)

// ErrLimit is returned by [Compile], wrapped, for more than [MaxPatterns] patterns and for a pattern that is empty or longer than
// [MaxLen].
var ErrLimit = errors.New("match: limit exceeded")

// A Pattern is a string of bytes to look for. Its name is its index in the slice given to [Compile].
type Pattern struct {
	// Bytes is what to look for: 1 to [MaxLen] bytes. Compile copies it.
	Bytes []byte
	// NoCase says that the letters A to Z and a to z match in either case. Other bytes always match as they are.
	NoCase bool
}

// Options tune [Compile]. The zero value is right for nearly everything.
type Options struct {
	// FilterBits is the base-2 logarithm of the number of 32-bit words of the filter, 4 to 17. 0 chooses by the number of patterns.
	// A smaller filter takes less of the cache and lets more offsets pass.
	FilterBits int
}

// A Set is a compiled set of patterns. It is immutable: any number of goroutines may search with it at once.
type Set struct {
	recs []rec    // each different pattern, then one more that ends the last one's ids
	ids  []uint32 // pattern indices, by rec
	text []byte   // the patterns' bytes; those of NoCase patterns in lower case

	grams grams // patterns of four bytes and more
	pairs pairs // patterns of two and three bytes
	ones  ones  // patterns of one byte

	patterns int
	maxLen   int
}

// A rec is one different pattern.
type rec struct {
	text   uint32 // its bytes begin at Set.text[text]
	ids    uint32 // Set.ids[ids:next rec's ids] are the indices of the patterns that are equal to it
	n      uint8
	noCase bool
}

// A Hit is one occurrence of a pattern.
type Hit struct {
	// Pattern is the index of the pattern in the slice given to [Compile].
	Pattern uint32
	// End is the offset behind the last byte of the occurrence: from the start of the buffer, or of the stream.
	End int64
}

// Compile makes a set of the patterns; o may be nil. The same pattern may be given more than once: each is found. Bytes are copied.
// Its cost is a few microseconds for each pattern. The error wraps [ErrLimit].
func Compile(patterns []Pattern, o *Options) (*Set, error) {
	if len(patterns) > MaxPatterns {
		return nil, fmt.Errorf("%w: %d patterns", ErrLimit, len(patterns))
	}
	for i, p := range patterns {
		if len(p.Bytes) < 1 || len(p.Bytes) > MaxLen {
			return nil, fmt.Errorf("%w: pattern %d has %d bytes", ErrLimit, i, len(p.Bytes))
		}
	}
	bits := 0
	if o != nil && o.FilterBits != 0 {
		if o.FilterBits < minFilterBits || o.FilterBits > maxFilterBits {
			return nil, fmt.Errorf("%w: FilterBits is %d", ErrLimit, o.FilterBits)
		}
		bits = o.FilterBits
	}
	s := unique(patterns)
	s.buildGrams(bits)
	s.setReach()
	s.buildPairs()
	s.buildOnes()
	return s, nil
}

// Len is the number of patterns, duplicates included.
func (s *Set) Len() int { return s.patterns }

// MaxLen is the length of the longest pattern, 0 for an empty set.
func (s *Set) MaxLen() int { return s.maxLen }

// Size is what the tables take, in bytes.
func (s *Set) Size() int {
	n := len(s.recs)*12 + len(s.ids)*4 + len(s.text)
	n += len(s.grams.words)*4 + len(s.grams.start)*4 + len(s.grams.entries)*16
	n += len(s.pairs.bits)*4 + len(s.pairs.rank)*4 + len(s.pairs.start)*4 + len(s.pairs.entries)*8
	return n + len(s.ones.start)*4 + len(s.ones.recs)*4
}

// pattern is the text of a rec.
func (s *Set) pattern(r *rec) []byte { return s.text[r.text : r.text+uint32(r.n)] }
