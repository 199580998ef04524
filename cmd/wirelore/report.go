package main

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"

	"github.com/wirelore/wirelore"
	"github.com/wirelore/wirelore/carve"
	"github.com/wirelore/wirelore/proto"
	"github.com/wirelore/wirelore/record"
)

// report gathers what the summary of one or several captures tells. Most of it comes from the rows of Zeek logs, in their
// final order and by what their columns declare: a new protocol appears by itself.
type report struct {
	hosts     *tally // weight: bytes, a: packets, b: flows
	services  *tally // weight: bytes, a: flows
	names     *tally // weight: times, sources: logs
	files     *tally // weight: files, a: bytes
	alerts    *tally // keys: see alert; weight: alerts; nil: no rules are judged
	anomalies map[string]uint64
	logs      []string // by their bits in names
	carved    carve.Stats
	captures  []captureSummary
	total     wirelore.Summary // of what adds up

	mu     sync.Mutex // guards anomalies and sinks, which workers touch
	sinks  []*carve.Files
	wanted map[string]bool
}

func newReport() *report {
	r := &report{hosts: newTally(), services: newTally(), names: newTally(), files: newTally(),
		anomalies: map[string]uint64{}, wanted: map[string]bool{"conn": true, "files": true}}
	for _, s := range wirelore.Schema() {
		if s.Form == record.TSV && len(nameColumns(s)) > 0 {
			r.wanted[s.Path] = true
		}
	}
	return r
}

// wants tells whether the report reads a Zeek log.
func (r *report) wants(path string) bool { return r.wanted[path] }

// nameColumns are a log's columns that hold one domain name.
func nameColumns(s *record.Stream) (names []string) {
	for _, f := range s.Fields {
		if f.Is == record.Domain && f.Type == record.String {
			names = append(names, f.Name)
		}
	}
	return names
}

// sink returns a sink that shows each record to the report, and hands on to next what keep wants.
func (r *report) sink(next wirelore.Sink, keep func(*record.Stream) bool) wirelore.Sink {
	return &reportSink{report: r, next: next, keep: keep, plans: map[*record.Stream]*plan{}}
}

type reportSink struct {
	report *report
	next   wirelore.Sink
	keep   func(*record.Stream) bool
	plans  map[*record.Stream]*plan
	last   *record.Stream
	at     *plan
}

// plan is what is done with the records of one stream.
type plan struct {
	keep bool
	read func(line []byte) // nil: nothing
}

// Write implements wirelore.Sink.
func (s *reportSink) Write(ctx context.Context, rec *wirelore.Record) error {
	if rec.Stream != s.last {
		s.last, s.at = rec.Stream, s.plan(rec.Stream)
	}
	if s.at.read != nil {
		s.at.read(rec.Line)
	}
	if !s.at.keep {
		return nil
	}
	return s.next.Write(ctx, rec)
}

// Flush implements wirelore.Sink.
func (s *reportSink) Flush(ctx context.Context) error {
	if s.next == nil {
		return nil
	}
	return s.next.Flush(ctx)
}

// Abort implements wirelore.Aborter.
func (s *reportSink) Abort() {
	if a, ok := s.next.(wirelore.Aborter); ok {
		a.Abort()
	}
}

func (s *reportSink) plan(st *record.Stream) *plan {
	if p, ok := s.plans[st]; ok {
		return p
	}
	p := &plan{keep: s.next != nil && s.keep(st)}
	switch names := nameColumns(st); {
	case st.Form == record.EVE:
		if st.Path == "alert" && s.report.alerts != nil {
			p.read = s.report.alert
		}
	case st.Path == "conn":
		p.read = s.report.conn(st)
	case st.Path == "files":
		p.read = s.report.file(st)
	case len(names) > 0:
		p.read = s.report.name(st, names)
	}
	s.plans[st] = p
	return p
}

// conn reads hosts and services.
func (r *report) conn(st *record.Stream) func([]byte) {
	row := newRowReader(st, "id.orig_h", "id.resp_h", "service", "orig_pkts", "orig_ip_bytes", "resp_pkts", "resp_ip_bytes", "proto")
	return func(line []byte) {
		v := row.read(line)
		packets, size := number(v[3])+number(v[5]), number(v[4])+number(v[6])
		for i, addr := range v[:2] {
			if addr == nil || (i == 1 && string(v[0]) == string(addr)) {
				continue
			}
			e := r.hosts.at(addr)
			e.weight += size
			e.a += packets
			e.b++
		}
		service := v[2]
		if service == nil {
			service = append([]byte("other "), v[7]...)
		}
		e := r.services.at(service)
		e.weight += size
		e.a++
	}
}

// file reads types of files.
func (r *report) file(st *record.Stream) func([]byte) {
	row := newRowReader(st, "mime_type", "seen_bytes")
	return func(line []byte) {
		v := row.read(line)
		mime := v[0]
		if mime == nil {
			mime = []byte("unknown")
		}
		e := r.files.at(mime)
		e.weight++
		e.a += number(v[1])
	}
}

// name reads the names asked for.
func (r *report) name(st *record.Stream, columns []string) func([]byte) {
	row, bit := newRowReader(st, columns...), r.bit(st.Path)
	return func(line []byte) {
		for _, v := range row.read(line) {
			if len(v) == 0 {
				continue
			}
			e := r.names.at(v)
			e.weight++
			e.sources |= bit
		}
	}
}

// bit is the log's in entry.sources; logs beyond the 64th share one.
func (r *report) bit(log string) uint64 {
	i := slices.Index(r.logs, log)
	if i < 0 {
		i = len(r.logs)
		r.logs = append(r.logs, log)
	}
	return 1 << min(i, 63)
}

// from names the logs of a set of bits.
func (r *report) from(sources uint64) string {
	var names []string
	for i, l := range r.logs {
		if sources&(1<<min(i, 63)) != 0 {
			names = append(names, l)
		}
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}

// maxAnomalies bounds the names of anomalies that are told apart.
const maxAnomalies = 4096

// analyzer counts anomalies by name on each worker, and adds up at the end.
func (r *report) analyzer() *proto.Analyzer {
	return &proto.Analyzer{Name: "summary", Doc: "what the command's summary counts", Start: func(s *proto.Setup) error {
		own := map[string]uint64{}
		s.OnAnomaly(func(a *proto.Anomaly) {
			name := a.Weird
			if name == "" {
				name = a.Name
			}
			if _, ok := own[name]; !ok && len(own) >= maxAnomalies {
				name = "others"
			}
			own[name]++
		})
		s.AtEnd(func() {
			r.mu.Lock()
			defer r.mu.Unlock()
			for k, n := range own {
				r.anomalies[k] += n
			}
		})
		return nil
	}}
}

// carve makes file sinks that the report can ask for their counters.
func (r *report) carve(o carve.Options) func(*proto.Setup) (proto.Files, error) {
	make := carve.New(o)
	return func(s *proto.Setup) (proto.Files, error) {
		f, err := make(s)
		if c, ok := f.(*carve.Files); ok {
			r.mu.Lock()
			r.sinks = append(r.sinks, c)
			r.mu.Unlock()
		}
		return f, err
	}
}

// done takes the end of a run; the error is that of extraction.
func (r *report) done(sum *wirelore.Summary) error {
	r.captures = append(r.captures, captureOf(sum))
	r.add(sum)
	errs := make([]error, 0, len(r.sinks))
	for _, f := range r.sinks {
		addStats(&r.carved, f.Stats())
		errs = append(errs, f.Err())
	}
	r.sinks = nil
	return errors.Join(errs...)
}

// add adds what is told of all captures together; what a capture's file holds besides packets is let go.
func (r *report) add(s *wirelore.Summary) {
	t := &r.total
	if s.Packets > 0 {
		if t.Packets == 0 {
			t.Earliest, t.Latest = s.Earliest, s.Latest
		}
		t.Earliest, t.Latest = min(t.Earliest, s.Earliest), max(t.Latest, s.Latest)
	}
	t.Packets += s.Packets
	t.Bytes += s.Bytes
	t.Elapsed += s.Elapsed
	t.Flow.Add(&s.Flow)
	t.Proto.Add(s.Proto)
	t.Decode.FragmentsCut += s.Decode.FragmentsCut
	t.Decode.TunnelsCut += s.Decode.TunnelsCut
	t.Decode.TunnelDepthCut += s.Decode.TunnelDepthCut
	t.Decode.HeadersCut += s.Decode.HeadersCut
	c := &s.Capture.Cut
	t.Capture.Cut.Comments += c.Interfaces + c.Sections + c.Comments + c.Options + c.Names + c.Statistics + c.Custom + c.Journal + c.Secrets
	if t.Zeek == nil {
		t.Zeek, t.EVE = map[string]uint64{}, map[string]uint64{}
	}
	for log, n := range s.Zeek {
		t.Zeek[log] += n
	}
	for event, n := range s.EVE {
		t.EVE[event] += n
	}
}

func addStats(to *carve.Stats, s carve.Stats) {
	to.Files += s.Files
	to.Bytes += s.Bytes
	to.Joined += s.Joined
	to.Truncated += s.Truncated
	to.JoinCut += s.JoinCut
	to.JoinEvicted += s.JoinEvicted
	to.FlowsCut += s.FlowsCut
	to.GatherCut += s.GatherCut
	to.ExtractCut += s.ExtractCut
	to.DepthCut += s.DepthCut
	to.GapsCut += s.GapsCut
	to.Extracted += s.Extracted
	to.AlreadyThere += s.AlreadyThere
	to.WriteErrors += s.WriteErrors
}
