// Package wirelore reads packet captures and tells what is in them, in one pass, in the caller's own process:
// connections and protocol transactions as Zeek logs them, records as Suricata's EVE has them, files.
//
// # Usage
//
//	e, err := wirelore.New(wirelore.Config{Sink: wirelore.Dir("out"), Zeek: &wirelore.ZeekOutput{}})
//	sum, err := e.Run(ctx, wirelore.File("capture.pcap"))
//
// Or pull records one by one:
//
//	for r, err := range e.Records(ctx, wirelore.File("capture.pcap")) { … }
//
// # What is an error
//
// Broken traffic never is: it is a record in weird.log or an EVE anomaly. An error means that the capture file is broken (all
// packets before the break are analysed, then comes one *pcap.Error with file and offset), that the configuration is, or
// that the caller cancelled.
//
// # Concurrency and determinism
//
// An Engine is immutable and safe for concurrent use; each run has its own workers. The same capture gives the same
// output, byte for byte, for any number of workers; identifiers derive from content.
package wirelore

import (
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"slices"

	"github.com/wirelore/wirelore/flow"
	"github.com/wirelore/wirelore/flow/filter"
	"github.com/wirelore/wirelore/proto"
	"github.com/wirelore/wirelore/proto/all"
	"github.com/wirelore/wirelore/record"
)

// Config says what an Engine does. Every zero value is a sensible default.
type Config struct {
	// Protocols that are recognised. nil: every built-in one (all.Default).
	Protocols []proto.Protocol
	// Analyzers that look at flows, transactions, packets and anomalies. nil: the built-in ones (Analyzers).
	Analyzers []*proto.Analyzer
	// Profile chooses how flows are seen; nil: flow.Default.
	Profile *flow.Profile
	// Zeek and EVE say which records are written; nil: none of that form.
	Zeek *ZeekOutput
	EVE  *EVEOutput
	// Files makes the sink of files for each worker; nil: files are not looked at. See carve.Options.Sink.
	Files func(s *proto.Setup) (proto.Files, error)
	// Settings are options of protocols and records, with the keys of suricata.yaml.
	Settings proto.Settings
	// Sink takes the records; nil: they reach analyzers only.
	Sink Sink
	// Filter is a BPF expression (package flow/filter); packets that it does not match are not seen at all.
	Filter string
	// Workers is the number of goroutines that analyse; 0: GOMAXPROCS.
	Workers int
	// Memory is the ceiling in bytes over all workers for what is held of flows and streams; 0: 1 GiB.
	Memory int64
	// Progress, when set, is called now and then from the run's goroutines, one call at a time.
	Progress func(Progress)
	// Logger is told of what is worth knowing but no error; nil: silent.
	Logger *slog.Logger
}

// ZeekOutput asks for Zeek logs.
type ZeekOutput struct {
	// JSON writes JSON lines instead of TSV.
	JSON bool
	// Logs limits the logs to those for which it returns true; nil: all.
	Logs func(path string) bool
}

// EVEOutput asks for EVE records.
type EVEOutput struct {
	// Types limits the event types to those for which it returns true; nil: all.
	Types func(event string) bool
	// PacketSource is the pkt_src of records; "" leaves it out.
	PacketSource string
	// CommunityID adds community_id, with CommunitySeed. Ethernet adds the ether object.
	CommunityID, Ethernet bool
	CommunitySeed         uint16
	// PcapFile is the pcap_filename of records; "" leaves it out.
	PcapFile string
}

// Engine runs analyses. It is immutable and safe for concurrent use.
type Engine struct{ cfg Config }

// New copies and validates a configuration; all faults come joined.
func New(c Config) (*Engine, error) {
	var errs []error
	if c.Protocols == nil {
		c.Protocols = all.Default()
	}
	if c.Analyzers == nil {
		c.Analyzers = Analyzers()
	}
	c.Protocols, c.Analyzers = slices.Clone(c.Protocols), slices.Clone(c.Analyzers)
	if c.Profile == nil {
		p := flow.Default()
		c.Profile = &p
	}
	p := *c.Profile
	c.Profile = &p
	if c.Workers < 0 {
		errs = append(errs, fmt.Errorf("wirelore: %d workers: give 0 for one per core, or a positive number", c.Workers))
	}
	if c.Workers == 0 {
		c.Workers = runtime.GOMAXPROCS(0)
	}
	if c.Workers > maxWorkers {
		c.Workers = maxWorkers
	}
	if c.Memory < 0 {
		errs = append(errs, fmt.Errorf("wirelore: memory of %d bytes: give 0 for the default of 1 GiB, or a positive number", c.Memory))
	}
	if c.Memory == 0 {
		c.Memory = 1 << 30
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if _, err := filter.New(c.Filter); err != nil {
		errs = append(errs, err)
	}
	for _, a := range c.Analyzers {
		if a == nil || a.Name == "" || a.Start == nil {
			errs = append(errs, errors.New("wirelore: an analyzer needs a Name and a Start function"))
		}
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	return &Engine{c}, nil
}

// maxWorkers bounds Config.Workers.
const maxWorkers = 256

func (c *Config) wants() record.Wants {
	var w record.Wants
	all := func(string) bool { return true }
	if c.Zeek != nil {
		if w.Zeek = c.Zeek.Logs; w.Zeek == nil {
			w.Zeek = all
		}
		if c.Zeek.JSON {
			w.ZeekForm = record.ZeekJSON
		}
	}
	if c.EVE != nil {
		if w.EVE = c.EVE.Types; w.EVE == nil {
			w.EVE = all
		}
		w.PcapFile = c.EVE.PcapFile
	}
	return w
}
