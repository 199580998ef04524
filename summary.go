package wirelore

import (
	"time"

	"github.com/wirelore/wirelore/flow"
	"github.com/wirelore/wirelore/pcap"
	"github.com/wirelore/wirelore/proto"
	"github.com/wirelore/wirelore/record"
)

// Summary tells what a run did, with counts of everything, what limits cut included.
type Summary struct {
	Name string
	// Capture is what the reader knows of the file.
	Capture pcap.Info
	// Packets and Bytes were read (bytes as captured, WireBytes as on the wire); Filtered packets were left out by Config.Filter.
	Packets, Filtered, Bytes, WireBytes uint64
	// First and Last are the times of the first and the last packet in the file, in ns; Earliest and Latest those of time.
	First, Last, Earliest, Latest int64
	Decode                        flow.DecodeStats
	Flow                          flow.Stats
	Proto                         proto.Counts
	// Zeek and EVE count the records written, by log and by event type.
	Zeek, EVE map[string]uint64
	Elapsed   time.Duration
}

func (s *Summary) count(p *pcap.Packet) {
	if s.Packets == 0 {
		s.First, s.Earliest, s.Latest = p.Nanos, p.Nanos, p.Nanos
	}
	s.Packets++
	s.Bytes += uint64(len(p.Data))
	s.WireBytes += uint64(p.Length)
	s.Last = p.Nanos
	s.Earliest, s.Latest = min(s.Earliest, p.Nanos), max(s.Latest, p.Nanos)
}

func (r *run) summarize(m *merger, began time.Time) {
	s := &r.sum
	s.Name = r.name
	s.Capture = *r.reader.Info()
	s.Decode = r.decoder.Stats()
	s.Zeek, s.EVE = map[string]uint64{}, map[string]uint64{}
	for stream, n := range m.logs {
		if stream.Form == record.EVE {
			s.EVE[stream.Path] += n
		} else {
			s.Zeek[stream.Path] += n
		}
	}
	for _, w := range r.workers {
		t := w.table.Stats()
		s.Flow.Add(&t)
		s.Proto.Add(w.rt.Counts)
	}
	r.shared.AddTo(&s.Proto)
	s.Elapsed = time.Since(began)
}
