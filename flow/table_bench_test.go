package flow

import (
	"runtime"
	"testing"
)

// quiet makes a table that reports to nobody.
func quiet(tb testing.TB, pr Profile) *talk {
	k := newTalk(tb, pr)
	k.quiet = true
	k.table.o.Order = nil
	return k
}

// conversation makes the packets of a TCP flow with n segments of data.
func conversation(k *talk, n int) []*Packet {
	data := make([]byte, 1400)
	var out []*Packet
	add := func(d Dir, flags TCPFlags, seq, ack uint32, b []byte) {
		p := k.tcp(d, flags, seq, ack, "")
		p.Frame.Data, p.Buf, p.End, p.PayLen, p.IPLen, p.Window = b, b, uint32(len(b)), uint32(len(b)), uint32(len(b)+40), 65535
		out = append(out, p)
		k.now += 1e5
	}
	add(Orig, SYN, 100, 0, nil)
	add(Resp, SYN|ACK, 300, 101, nil)
	add(Orig, ACK, 101, 301, nil)
	seq := uint32(301)
	for i := range n {
		add(Resp, PSH|ACK, seq, 101, data)
		seq += uint32(len(data))
		if i%2 == 1 {
			add(Orig, ACK, 101, seq, nil)
		}
	}
	add(Orig, FIN|ACK, 101, seq, nil)
	add(Resp, FIN|ACK, seq, 102, nil)
	add(Orig, ACK, 102, seq+1, nil)
	return out
}

// TestAllocations holds the hot paths to no allocation at all.
func TestAllocations(t *testing.T) {
	for _, pr := range []Profile{Zeek(), Suricata()} {
		k := quiet(t, pr)
		packets := conversation(k, 40)
		run := func() {
			for _, p := range packets {
				k.table.Process(p)
			}
			k.table.Flush()
		}
		run()
		if n := testing.AllocsPerRun(20, run); n != 0 {
			t.Errorf("%s: %v allocations for a conversation of %d packets", pr.Name, n, len(packets))
		}
	}
	k := quiet(t, Zeek())
	udp := k.packet(Orig, ProtoUDP, make([]byte, 100))
	if n := testing.AllocsPerRun(100, func() { k.table.Process(udp) }); n != 0 {
		t.Errorf("UDP: %v allocations", n)
	}
}

// TestFlowSize keeps a million flows affordable.
func TestFlowSize(t *testing.T) {
	const flows = 100_000
	runtime.GC()
	var a, b runtime.MemStats
	runtime.ReadMemStats(&a)
	k := quiet(t, Zeek())
	p := k.packet(Orig, ProtoUDP, make([]byte, 10))
	for i := range flows {
		p.SrcPort, p.DstPort = uint16(i), uint16(i>>16)
		k.table.Process(p)
	}
	runtime.GC()
	runtime.ReadMemStats(&b)
	each := float64(b.HeapAlloc-a.HeapAlloc) / flows
	t.Logf("%.0f bytes a flow", each)
	if each > 420 {
		t.Errorf("%.0f bytes a flow", each)
	}
	runtime.KeepAlive(k)
}

// BenchmarkLookup finds flows among many, with all counters: UDP packets of 100,000 flows in turn.
func BenchmarkLookup(b *testing.B) {
	k := quiet(b, Zeek())
	p := k.packet(Orig, ProtoUDP, make([]byte, 10))
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		i++
		p.SrcPort, p.DstPort = uint16(i*7919), uint16(i&1)
		p.HostHash = uint64(i*7919&0xffff) * 0x9e3779b97f4a7c15
		k.table.Process(p)
	}
}

// BenchmarkSmall runs flows of ten packets from the first to the last.
func BenchmarkSmall(b *testing.B) { benchConversation(b, Zeek(), 2) }

// BenchmarkBulk runs a long flow; MB/s are of payload.
func BenchmarkBulk(b *testing.B) { benchConversation(b, Zeek(), 1000) }

// BenchmarkBulkAcked is BenchmarkBulk where bytes wait until they are acknowledged.
func BenchmarkBulkAcked(b *testing.B) { benchConversation(b, Suricata(), 1000) }

func benchConversation(b *testing.B, pr Profile, n int) {
	k := quiet(b, pr)
	packets := conversation(k, n)
	b.ReportAllocs()
	b.SetBytes(int64(n) * 1400)
	for b.Loop() {
		for _, p := range packets {
			k.table.Process(p)
		}
		k.table.Flush()
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(packets)), "ns/packet")
}

// BenchmarkOutOfOrder puts pairs of exchanged segments in order.
func BenchmarkOutOfOrder(b *testing.B) {
	k := quiet(b, Zeek())
	packets := conversation(k, 1000)
	for i := 3; i+4 < len(packets); i += 3 {
		packets[i], packets[i+1] = packets[i+1], packets[i]
	}
	b.ReportAllocs()
	for b.Loop() {
		for _, p := range packets {
			k.table.Process(p)
		}
		k.table.Flush()
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(packets)), "ns/packet")
}
