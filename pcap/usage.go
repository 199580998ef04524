// # Usage
//
// Open a capture and call Next until it returns io.EOF:
//
//	r, err := pcap.Open("trace.pcapng.gz", nil)
//	if err != nil {
//		return err
//	}
//	defer r.Close()
//	var p pcap.Packet
//	for {
//		err := r.Next(&p)
//		if err == io.EOF {
//			break
//		}
//		if err != nil {
//			return err // all packets before the break have been seen
//		}
//		use(&p)
//	}
//
// [Reader.Info] tells about the file: interfaces, comments, names, counters of what is odd in it. [Reader.Secrets] gives TLS and other keys
// that it carries, [Reader.Meta] what it says about a single packet. [NewWriter] writes. [FromGoPacket] and [GoPacket]
// exchange packets with gopacket.
//
// # Formats
//
// Classic pcap: micro- and nanoseconds, both byte orders, versions since 2.0 with their order of lengths, the modified formats of the
// patches ss990417, ss990915 and ss991029, Nokia's, AIX's and Ixia's. Where variants share a magic number the first records decide.
//
// pcapng: all sections, byte orders and resolutions; Enhanced, Simple and obsolete Packet Blocks; Interface Description and
// Statistics, Name Resolution, Decryption Secrets, Custom and systemd Journal Blocks. Other blocks are skipped and counted.
//
// Both may be compressed with gzip, zstd, xz, bzip2, lz4 or lzma, twice over if need be. The content decides, never a file's name.
// Of xz, only the filter LZMA2 is read. Other capture formats are named in the error and can be converted with editcap.
//
// # Broken files
//
// A file that ends in the middle of a packet, or is damaged, gives all packets before that place and then an [*Error] with file,
// offset, packet number and reason. What can be read without guessing is read, and counted in [Odd].
//
// No length field leads to an allocation: memory follows the bytes that arrive. Packets, blocks, metadata, dictionaries, layers of compression, and
// the size and ratio of decompression have limits ([Options]).
//
// # Ownership and concurrency
//
// Packet.Data is shared: a part of a slab of 1 MiB, which is written once and never again. It can be kept and used on any goroutine,
// and keeps its slab from being freed; copy what is small and kept for long. A Reader and a Writer are used by one goroutine at a time; [Reader.Position] is
// safe at any time. The package has no state of its own and starts no goroutine.
//
// # Performance
//
// Next costs some 10 nanoseconds and no allocation for a packet, and for each MiB of input a read and a new slab, which together are
// bound by memory bandwidth. See the benchmarks.
package pcap
