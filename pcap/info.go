package pcap

import (
	"math"
	"net/netip"
	"strconv"
	"time"
)

// Info is what is known of a capture so far: what stands at its beginning when it is opened, everything
// when Next has returned io.EOF. It and all that it holds is borrowed: valid until the next call of Next or Info.
type Info struct {
	// Format is "pcap", "pcapng", or "gopacket" for packets handed in.
	Format string
	// Version is the format's version as in the file, such as "2.4".
	Version string
	// Variant names a departure from the format, such as "modified (ss991029)" or "nokia"; "" for none.
	Variant string
	// ByteOrder is "little-endian", "big-endian", or "mixed" for pcapng sections that differ.
	ByteOrder string
	// Resolution is that of the time stamps, for pcapng the first interface's.
	Resolution Resolution
	// Compression names the layers of compression the inner one first, as "gzip" or "gzip in xz"; "" for none.
	Compression string

	// Packets, Bytes and WireBytes count what Next has returned: packets, their captured bytes, their bytes on the wire.
	Packets, Bytes, WireBytes uint64

	// Interfaces are those of all sections; Packet.Interface is an index into it. Classic pcap has one.
	Interfaces []Interface
	// Sections of pcapng.
	Sections []Section
	// Comments of sections, interfaces, statistics and packets, in the order of the file.
	Comments []Comment
	// Names are the name resolution records of pcapng.
	Names []Name
	// Statistics are those that the capturing program left.
	Statistics []Statistics
	// Custom blocks, and the entries of systemd journal export blocks.
	Custom  []CustomBlock
	Journal [][]byte

	// Blocks counts pcapng blocks by type. Types beyond the first 256 are together under 0.
	Blocks map[uint32]uint64
	// Odd counts what is wrong in the file, but could be read.
	Odd Odd
	// Cut counts what the limits left out.
	Cut Cut
}

// Odd counts things that are not as they should be and were read regardless.
type Odd struct {
	// Swapped record lengths, as old versions of libpcap wrote them.
	SwappedLengths uint64
	// OverSnapshot counts packets longer than the snapshot length, OverLength packets with more bytes captured than were on the wire;
	// Packet.Length is set to what was captured then.
	OverSnapshot, OverLength uint64
	// BadOptions counts option lists that do not fit into their block. Options before the fault are used.
	BadOptions uint64
	// BadBlocks counts blocks without packets, the content of which could not be understood.
	BadBlocks uint64
	// UnpaddedBlocks counts block lengths that are no multiple of 4.
	UnpaddedBlocks uint64
	// NoTime counts packets without a time, as pcapng's simple packets. Packet.Nanos is 0.
	NoTime uint64
	// BadTime counts times that int64 nanoseconds cannot hold, and were clamped.
	BadTime uint64
}

// Cut counts what was not kept because of a limit.
type Cut struct {
	Interfaces, Sections, Comments, Options, Names, Statistics, Custom, Journal, Secrets uint64
}

// Interface is one capture interface.
type Interface struct {
	// Link is the link type of its packets, RawLink as in the file where old systems wrote another number.
	Link, RawLink LinkType
	// SnapLen is the greatest number of bytes captured of a packet, 0 for no limit. It may be wrong.
	SnapLen uint32
	// Section is the index in Info.Sections (0 for pcap).
	Section int
	// FCSLen is the length of the frame check sequence at each packet's end in bytes, -1 when unknown.
	FCSLen     int
	Resolution Resolution
	// Offset is added to each time stamp of the file (already done in Packet.Nanos), in seconds.
	Offset                          int64
	Name, Description, Hardware, OS string
	// Filter is the capture filter: text, or "BPF" and the length of a compiled one.
	Filter string
	// Addresses are the interface's IP addresses with their networks.
	Addresses []netip.Prefix
	// MAC is its EUI-48 or EUI-64, copied.
	MAC []byte
	// Speeds in bits per second, 0 when unknown.
	Speed, TxSpeed, RxSpeed uint64
	// TimeZone is the zone of the capturing host, as in the file: seconds, or a name of the tz database.
	TimeZone string
}

// Section is one section of a pcapng capture.
type Section struct {
	// Offset is where its header block begins, Length as given there, -1 when it was not.
	Offset, Length            int64
	BigEndian                 bool
	Version                   string
	Hardware, OS, Application string
}

// Comment is a comment on a packet, or on what else stands in the file.
type Comment struct {
	// On is "section", "interface", "packet", "statistics", "names", "secrets".
	On string
	// Packet is the number of the packet, otherwise of the last packet before the comment.
	Packet uint64
	Text   string
}

// Name is what an address was resolved to. One of Addr and MAC is set.
type Name struct {
	Addr  netip.Addr
	MAC   []byte
	Names []string
}

// Statistics are counters kept by the program that captured. Counters that it did not give are nil.
type Statistics struct {
	// Interface is an index into Info.Interfaces.
	Interface uint32
	// Nanos is when they were taken, Start and End the time of the capture; Unix nanoseconds, 0 when not given.
	Nanos, Start, End                                   int64
	Received, Dropped, Accepted, DroppedByOS, Delivered *uint64
}

// CustomBlock is a block in a format of its own, named by a Private Enterprise Number. Data is copied and includes options.
type CustomBlock struct {
	Enterprise uint32
	Section    int
	Copyable   bool
	Data       []byte
}

// Secret is the content of one Decryption Secrets Block.
type Secret struct {
	Type SecretType
	// Section is the index in Info.Sections; secrets apply to the packets of their section.
	Section int
	// Data is shared; for TLS it is text in the NSS Key Log format.
	Data []byte
}

// SecretType says what a Secret holds (draft-ietf-opsawg-pcapng, section 4.7).
type SecretType uint32

// Secret types.
const (
	SecretTLS       SecretType = 0x544c534b // NSS Key Log
	SecretSSH       SecretType = 0x5353484b
	SecretWireGuard SecretType = 0x57474b4c
	SecretZigBeeNWK SecretType = 0x5a4e574b
	SecretZigBeeAPS SecretType = 0x5a415053
	SecretOPCUA     SecretType = 0x55414b4c
)

// PacketMeta is what a capture says about one packet beyond its bytes.
type PacketMeta struct {
	Comments []string
	// Flags is pcapng's epb_flags: bits 0-1 direction (1 inbound, 2 outbound), 2-4 reception type, 5-8 FCS length, 16-31 link errors.
	Flags uint32
	// Dropped counts packets lost between this and the one before.
	Dropped uint64
	// ID, Queue, Process and Thread are nil when not given.
	ID              *uint64
	Queue           *uint32
	Process, Thread *uint32
	// Hashes and Verdicts begin with a byte that names their kind; shared.
	Hashes, Verdicts [][]byte
	// Modified is set for modified pcap: interface index, protocol and packet type as the Linux kernel gave them.
	Modified *ModifiedHeader
}

// ModifiedHeader is the extra part of a record header in modified pcap.
type ModifiedHeader struct {
	Ifindex    uint32
	Protocol   uint16
	PacketType uint8
}

// Resolution is the unit of time stamps in the encoding of pcapng's if_tsresol: a negative power of 10, or of 2 when the upper bit is set.
type Resolution uint8

// Usual resolutions.
const (
	Microseconds Resolution = 6
	Nanoseconds  Resolution = 9
)

// String returns a unit's name, or the power.
func (r Resolution) String() string {
	switch {
	case r == 0:
		return "seconds"
	case r == 3:
		return "milliseconds"
	case r == Microseconds:
		return "microseconds"
	case r == Nanoseconds:
		return "nanoseconds"
	case r&0x80 != 0:
		return "2^-" + strconv.Itoa(int(r&0x7f)) + " s"
	}
	return "10^-" + strconv.Itoa(int(r)) + " s"
}

// Duration returns the unit, at least a nanosecond.
func (r Resolution) Duration() time.Duration {
	base := 10.0
	if r&0x80 != 0 {
		base = 2
	}
	return max(time.Duration(1e9*math.Pow(base, -float64(r&0x7f))), 1)
}

// Info returns what is known so far.
func (r *Reader) Info() *Info {
	r.info.Packets, r.info.Bytes, r.info.WireBytes = r.count, r.bytes, r.wire
	if n, ok := r.format.(*ng); ok {
		n.countBlocks()
	}
	return &r.info
}

// Secrets returns the decryption secrets met so far, shared, in the order of the file. They usually precede the packets that they decrypt.
func (r *Reader) Secrets() []Secret { return r.secrets }

const defaultMetadata = 64 << 20

// keep tells whether n more bytes of metadata may be kept, beside a fixed cost for each piece.
func (r *Reader) keep(n int) bool {
	limit := r.opt.MaxMetadata
	if limit == 0 {
		limit = defaultMetadata
	}
	n += 64
	if n > limit-r.kept {
		return false
	}
	r.kept += n
	return true
}

// comment keeps a comment.
func (r *Reader) comment(on string, packet uint64, text []byte) {
	if !r.keep(len(text)) {
		r.info.Cut.Comments++
		return
	}
	r.info.Comments = append(r.info.Comments, Comment{On: on, Packet: packet, Text: string(text)})
}
