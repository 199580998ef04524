package flow

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/wirelore/wirelore/pcap"
)

// talk feeds a table with packets made by hand, and notes what it reports.
type talk struct {
	tb     testing.TB
	table  *Table
	now    int64
	number uint64
	a, b   Addr
	ap, bp uint16
	open   map[*Flow]*told
	closed []string // one line for each flow that ended
	data   strings.Builder
	events []string
	order  []string
	server map[uint16]bool
	idle   int64
	quiet  bool // notes nothing
}

// told is what was reported of one flow; it holds the rules that every report must keep.
type told struct {
	ended [2]bool
	bytes [2]int
}

const testStart = 1_600_000_000 * second

func newTalk(tb testing.TB, pr Profile) *talk {
	k := &talk{
		tb: tb, now: testStart, open: map[*Flow]*told{},
		a: AddrFrom4([4]byte{10, 0, 0, 1}), b: AddrFrom4([4]byte{10, 0, 0, 2}), ap: 40000, bp: 7777,
		server: map[uint16]bool{80: true},
	}
	pr.IgnoreChecksums = true
	k.table = NewTable(Options{Profile: pr, Order: func(at int64, first uint64, layer uint8) {
		k.order = append(k.order, fmt.Sprint((at-testStart)/int64(time.Millisecond), " ", first, " ", layer))
	}}, k)
	return k
}

// packet makes a packet between the two hosts.
func (k *talk) packet(d Dir, proto uint8, payload []byte) *Packet {
	k.number++
	p := &Packet{
		Frame: pcap.Packet{Data: payload, Length: uint32(len(payload) + 54), Nanos: k.now, Number: k.number},
		Now:   k.now, Buf: payload, Src: k.a, Dst: k.b, SrcPort: k.ap, DstPort: k.bp, HostHash: 42,
		Version: 4, Proto: proto, End: uint32(len(payload)), PayLen: uint32(len(payload)), IPLen: uint32(len(payload) + 40),
	}
	if d == Resp {
		p.Src, p.Dst, p.SrcPort, p.DstPort = p.Dst, p.Src, p.DstPort, p.SrcPort
	}
	return p
}

func (k *talk) tcp(d Dir, flags TCPFlags, seq, ack uint32, payload string) *Packet {
	p := k.packet(d, ProtoTCP, []byte(payload))
	p.Flags, p.Seq, p.Ack, p.Window = flags, seq, ack, 1000
	return p
}

// say runs a script: words "> SA 100 200 data" for a segment, "+1.5" for time that passes, "t" for a tick, all separated by
// "|". A window follows the acknowledgement after a slash.
func (k *talk) say(script string) {
	k.tb.Helper()
	for line := range strings.SplitSeq(script, "|") {
		w := strings.Fields(line)
		switch {
		case len(w) == 0:
		case w[0] == "t":
			k.table.Tick(k.now, k.number)
		case w[0][0] == '+':
			s, err := strconv.ParseFloat(w[0][1:], 64)
			if err != nil {
				k.tb.Fatal(err)
			}
			k.now += int64(s * 1e9)
		default:
			k.table.Process(k.segmentOf(w))
			k.now += int64(time.Millisecond)
		}
	}
}

func (k *talk) segmentOf(w []string) *Packet {
	k.tb.Helper()
	d := Orig
	if w[0] == "<" {
		d = Resp
	}
	var flags TCPFlags
	for _, c := range w[1] {
		i := strings.IndexRune("FSRPAUEW", c)
		if i < 0 {
			k.tb.Fatalf("flag %c", c)
		}
		flags |= 1 << i
	}
	num := func(i int) uint32 {
		if i >= len(w) {
			return 0
		}
		n, err := strconv.ParseUint(w[i], 10, 32)
		if err != nil {
			k.tb.Fatal(err)
		}
		return uint32(n)
	}
	window := uint64(1000)
	if len(w) > 3 {
		if ack, win, ok := strings.Cut(w[3], "/"); ok {
			w[3] = ack
			window, _ = strconv.ParseUint(win, 10, 16)
		}
	}
	data := ""
	if len(w) > 4 {
		data = w[4]
	}
	p := k.tcp(d, flags, num(2), num(3), data)
	p.Window = uint16(window)
	return p
}

// end flushes and returns one line for each flow.
func (k *talk) end() string {
	k.table.Flush()
	if len(k.open) != 0 {
		k.tb.Errorf("%d flows were not closed", len(k.open))
	}
	if held := k.table.Stats().Held; held != 0 {
		k.tb.Errorf("%d bytes are still held", held)
	}
	return strings.Join(k.closed, "; ")
}

func (k *talk) note(f *Flow) *told {
	if k.quiet {
		return &told{}
	}
	n := k.open[f]
	if n == nil {
		k.tb.Fatal("a report of a flow that is not open")
	}
	return n
}

func (k *talk) Open(f *Flow, _ *Packet) {
	if k.quiet {
		return
	}
	if k.open[f] != nil {
		k.tb.Fatal("opened twice")
	}
	k.open[f] = &told{}
}

func (k *talk) Packet(f *Flow, _ Dir, p *Packet) {
	if f != nil && !k.quiet {
		k.note(f)
	}
}

func (k *talk) Processed(*Flow, Dir, *Packet) {}

func (k *talk) Datagram(f *Flow, d Dir, _ *Packet, b []byte) { k.Data(f, d, b) }

func (k *talk) Data(f *Flow, d Dir, b []byte) {
	if k.quiet {
		return
	}
	n := k.note(f)
	if n.ended[d] {
		k.tb.Fatal("data after the end")
	}
	if len(b) == 0 && f.TCP != nil {
		k.tb.Fatal("no data")
	}
	n.bytes[d] += len(b)
	k.data.WriteByte("><"[d])
	k.data.Write(b)
}

func (k *talk) Gap(f *Flow, d Dir, n int64) {
	if k.quiet {
		return
	}
	if n <= 0 || k.note(f).ended[d] {
		k.tb.Fatalf("gap of %d", n)
	}
	fmt.Fprintf(&k.data, "%c[%d]", "><"[d], n)
}

func (k *talk) EndOfData(f *Flow, d Dir) {
	if k.quiet {
		return
	}
	n := k.note(f)
	if n.ended[d] {
		k.tb.Fatal("ended twice")
	}
	n.ended[d] = true
	k.data.WriteByte(")("[d])
}

func (k *talk) Close(f *Flow) {
	if k.quiet {
		return
	}
	n := k.note(f)
	if f.TCP != nil && n.ended != [2]bool{true, true} {
		k.tb.Fatal("closed without the end of data")
	}
	delete(k.open, f)
	k.closed = append(k.closed, fmt.Sprintf("%s %s %d/%d", f.History.Bytes(), f.ConnState(), f.Bytes(Orig), f.Bytes(Resp)))
}

func (k *talk) Event(f *Flow, _ Dir, _ *Packet, e Event) {
	if k.quiet {
		return
	}
	if f != nil {
		k.note(f)
	}
	i := e.Info()
	if i.Weird != "" {
		k.events = append(k.events, i.Weird)
	} else {
		k.events = append(k.events, strings.TrimPrefix(i.Anomaly, "stream."))
	}
}

func (k *talk) LikelyServer(_ uint8, port uint16) bool { return k.server[port] }
func (k *talk) InactivityTimeout(*Flow) int64          { return k.idle }
