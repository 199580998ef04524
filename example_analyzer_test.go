package wirelore_test

import (
	"context"
	"fmt"
	"log"
	"net/netip"
	"sync"

	"github.com/wirelore/wirelore"
	"github.com/wirelore/wirelore/proto"
	"github.com/wirelore/wirelore/record"
)

// An analyzer of one's own hangs hooks where the built-in ones do. This one looks for hosts that were refused by many ports,
// and writes a log of its own: scan.log for Zeek's form, "scan" for EVE.
func Example_analyzer() {
	e, err := wirelore.New(wirelore.Config{
		Analyzers: append(wirelore.Analyzers(), scans(10)),
		Zeek:      &wirelore.ZeekOutput{JSON: true, Logs: func(path string) bool { return path == "scan" }},
	})
	if err != nil {
		log.Fatal(err)
	}
	for r, err := range e.Records(context.Background(), wirelore.File("testdata/office.pcapng")) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(string(r.Line))
	}
	// Output:
	// {"ts":1768467750.452000,"scanner":"10.1.0.22","target":"10.1.0.40","ports":10}
}

// scan is a row of the log.
type scan struct {
	from, to netip.Addr
	ports    uint64
}

var scanLog = &record.Log[scan]{
	Path: "scan", Event: "scan", Scope: record.PerTime, Doc: "hosts that were refused by many ports of another",
	Columns: []record.Column[scan]{
		{Zeek: "scanner", EVE: "scan.scanner", Type: record.Address, Is: record.IP, Doc: "who tried",
			Put: func(e *record.Encoder, s *scan) { e.Addr(s.from) }},
		{Zeek: "target", EVE: "scan.target", Type: record.Address, Is: record.IP, Doc: "who refused",
			Put: func(e *record.Encoder, s *scan) { e.Addr(s.to) }},
		{Zeek: "ports", EVE: "scan.ports", Type: record.Count, Doc: "ports that refused",
			Put: func(e *record.Encoder, s *scan) { e.Uint(s.ports) }},
	},
}

// scans makes the analyzer. All flows between two hosts are one worker's: state lives in a closure, without locks.
func scans(least int) *proto.Analyzer {
	return &proto.Analyzer{
		Name: "scan", Doc: "hosts that were refused by many ports of another",
		Logs: []proto.Described{proto.Describe(scanLog)},
		Start: func(s *proto.Setup) error {
			type pair struct{ from, to netip.Addr }
			refused := map[pair]map[uint16]bool{}
			w := record.Open(s.Output, scanLog)
			s.OnFlow(nil, func(f *proto.Flow) {
				if f.ConnState() != "REJ" {
					return
				}
				p := pair{f.Side[proto.Orig].Addr.Netip(), f.Side[proto.Resp].Addr.Netip()}
				ports := refused[p]
				if ports == nil {
					ports = map[uint16]bool{}
					refused[p] = ports
				}
				if len(ports) > least {
					return
				}
				if ports[f.Side[proto.Resp].Port] = true; len(ports) == least {
					w.Write(&record.Header{Nanos: f.Last, TxID: -1}, &scan{p.from, p.to, uint64(len(ports))})
				}
			})
			return nil
		},
	}
}

// Everything odd can be counted, however many workers there are: each has a Start of its own, and a lock where they meet.
func Example_anomalies() {
	var mu sync.Mutex
	odd := map[string]int{}
	counter := &proto.Analyzer{Name: "odd", Doc: "counts anomalies", Start: func(s *proto.Setup) error {
		own := map[string]int{}
		s.OnAnomaly(func(a *proto.Anomaly) { own[a.Weird]++ })
		s.AtEnd(func() {
			mu.Lock()
			defer mu.Unlock()
			for name, n := range own {
				odd[name] += n
			}
		})
		return nil
	}}
	e, err := wirelore.New(wirelore.Config{Analyzers: []*proto.Analyzer{counter}})
	if err != nil {
		log.Fatal(err)
	}
	if _, err := e.Run(context.Background(), wirelore.File("testdata/office.pcapng")); err != nil {
		log.Fatal(err)
	}
	fmt.Println(odd["bad_UDP_checksum"])
	// Output: 1
}
