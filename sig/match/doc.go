// Package match finds which of many byte patterns occur in a buffer or a stream: 1 to 100,000 patterns of 1 to 255 bytes, in one case or in
// either, in one pass.
//
//	set, err := match.Compile([]match.Pattern{{Bytes: []byte("cmd.exe"), NoCase: true}, {Bytes: []byte("\x00\x01\x86\xa0")}}, nil)
//	...
//	hits = set.Find(payload, hits[:0])           // every occurrence
//	ids = set.FindSet(payload, &seen, ids[:0])   // each pattern that occurs, once
//
//	stream := set.NewStream()                    // the same over chunks
//	hits = stream.Find(chunk, hits[:0])
//
// # How it works
//
// A pattern is looked for by two grams of it, pieces of four bytes: one at an even offset of the pattern and one at an odd offset. Hence
// only every other offset of the buffer has to be looked at. Of the grams that a pattern offers, those are taken that are rare in network
// traffic, by a small table of frequencies, and that few other patterns have. A filter, which stays in the processor's cache, tells for the
// gram at an offset whether any pattern wants it; mostly none does. Otherwise the entries of its bucket are compared: eight bytes
// around the gram first, then all of the pattern. Letters are folded in the filter, for all patterns if one is NoCase, and the last
// comparison is exact.
//
// Patterns of two and three bytes have a table of 65,536 bits of their own, and those of one byte one of 256 entries.
//
// On amd64 the filters look at 16 or 32 offsets at a time when the processor has AVX2. The build tag noasm leaves that out; what is found,
// and in which order, is the same.
//
// # Performance
//
// With 20,000 patterns of real rules 0.9 to 1 GB/s of HTTP traffic on one core, with 100 patterns 5 GB/s and more, and 40 to 100 ns for a
// buffer of 60 bytes. Without AVX2, 0.6 GB/s and 1.2 GB/s. Tables take some 90 bytes for each pattern. The folder's README has figures
// and the other designs that were measured.
//
// What passes the filter costs most: patterns that consist of what all traffic holds ("HTTP/1.", runs of zeros) slow down the search for
// all others. Searching takes time and room in proportion to what is found: against hostile input, which can be made to match all
// over, FindSet, which reports a pattern once, is the one to use.
//
// # Thread safety
//
// A [Set] is immutable and shared by any number of goroutines. A [Stream] and a [Seen] belong to one goroutine at a time.
package match
