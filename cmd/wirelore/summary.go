package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/wirelore/wirelore"
)

// topRows is how many rows a table of the summary has.
const topRows = 10

// summary is what analyze prints, as text or JSON.
type summary struct {
	Captures  []captureSummary `json:"captures"`
	Packets   uint64           `json:"packets"`
	Bytes     uint64           `json:"bytes"`
	First     string           `json:"first,omitempty"`
	Last      string           `json:"last,omitempty"`
	Seconds   float64          `json:"seconds"` // of the traffic
	Flows     uint64           `json:"flows"`
	Alerts    *alertTable      `json:"alerts,omitempty"` // nil: no rules were judged
	Hosts     table[hostRow]   `json:"hosts"`
	Protocols table[protoRow]  `json:"protocols"`
	Names     table[nameRow]   `json:"names"`
	Files     table[fileRow]   `json:"files"`
	Anomalies table[oddRow]    `json:"anomalies"`
	Cut       []cutRow         `json:"cut"`
	// Out is the directory with results, Written what is there: logs with their rows, files.
	Out     string   `json:"out,omitempty"`
	Written []string `json:"written,omitempty"`
	Elapsed float64  `json:"elapsed"`
}

type captureSummary struct {
	Name        string   `json:"name"`
	Format      string   `json:"format"`
	Compression string   `json:"compression,omitempty"`
	LinkTypes   []string `json:"link_types"`
	Packets     uint64   `json:"packets"`
	Filtered    uint64   `json:"filtered,omitempty"`
	Bytes       uint64   `json:"bytes"`
	WireBytes   uint64   `json:"wire_bytes"`
	First       string   `json:"first,omitempty"`
	Last        string   `json:"last,omitempty"`
	Flows       uint64   `json:"flows"`
	Elapsed     float64  `json:"elapsed"`

	seconds float64
}

// table is the top of a longer list.
type table[R any] struct {
	Number uint64 `json:"number"` // of all
	Top    []R    `json:"top"`
}

type hostRow struct {
	Host    string `json:"host"`
	Bytes   uint64 `json:"bytes"`
	Packets uint64 `json:"packets"`
	Flows   uint64 `json:"flows"`
}

type protoRow struct {
	Protocol string `json:"protocol"`
	Flows    uint64 `json:"flows"`
	Bytes    uint64 `json:"bytes"`
}

type nameRow struct {
	Name  string `json:"name"`
	Times uint64 `json:"times"`
	Logs  string `json:"logs"`
}

type fileRow struct {
	Type  string `json:"type"`
	Files uint64 `json:"files"`
	Bytes uint64 `json:"bytes"`
}

type oddRow struct {
	Name  string `json:"name"`
	Times uint64 `json:"times"`
}

type cutRow struct {
	What  string `json:"what"`
	Times uint64 `json:"times"`
}

// summary puts the report into its final form.
func (r *report) summary() *summary {
	t := &r.total
	s := &summary{Captures: r.captures, Cut: r.cuts(), Packets: t.Packets, Bytes: t.Bytes, Flows: t.Flow.Flows, Elapsed: t.Elapsed.Seconds()}
	if t.Packets > 0 {
		s.First, s.Last, s.Seconds = timeText(t.Earliest), timeText(t.Latest), float64(t.Latest-t.Earliest)/1e9
	}
	s.Alerts = r.alertTable()
	s.Hosts = rows(r.hosts, func(e *entry) hostRow { return hostRow{e.key, e.weight, e.a, e.b} })
	s.Protocols = rows(r.services, func(e *entry) protoRow { return protoRow{e.key, e.a, e.weight} })
	s.Names = rows(r.names, func(e *entry) nameRow { return nameRow{printable(e.key), e.weight, r.from(e.sources)} })
	s.Files = rows(r.files, func(e *entry) fileRow { return fileRow{printable(e.key), e.weight, e.a} })
	odd := newTally()
	for name, n := range r.anomalies {
		odd.at([]byte(name)).weight = n
	}
	s.Anomalies = rows(odd, func(e *entry) oddRow { return oddRow{e.key, e.weight} })
	return s
}

func rows[R any](t *tally, row func(*entry) R) table[R] {
	out := table[R]{Number: t.number(), Top: []R{}}
	for _, e := range t.top(topRows) {
		out.Top = append(out.Top, row(e))
	}
	return out
}

func captureOf(r *wirelore.Summary) captureSummary {
	c := captureSummary{Name: r.Name, Format: r.Capture.Format, Compression: r.Capture.Compression, LinkTypes: []string{},
		Packets: r.Packets, Filtered: r.Filtered, Bytes: r.Bytes, WireBytes: r.WireBytes, Flows: r.Flow.Flows,
		Elapsed: r.Elapsed.Seconds()}
	for _, i := range r.Capture.Interfaces {
		if l := i.Link.String(); !slices.Contains(c.LinkTypes, l) {
			c.LinkTypes = append(c.LinkTypes, l)
		}
	}
	if r.Packets > 0 {
		c.First, c.Last, c.seconds = timeText(r.Earliest), timeText(r.Latest), float64(r.Latest-r.Earliest)/1e9
	}
	return c
}

// cuts lists what limits left out, over all captures; empty when nothing.
func (r *report) cuts() []cutRow {
	list := []cutRow{}
	add := func(n uint64, what string) {
		if n > 0 {
			list = append(list, cutRow{what, n})
		}
	}
	run := &r.total
	add(run.Flow.Evicted, "flows ended early for memory")
	add(run.Flow.ReassemblyCut, "pieces of streams not reassembled, for memory or depth")
	add(run.Flow.FragmentsCut+run.Decode.FragmentsCut, "fragmented datagrams given up for memory")
	add(run.Decode.TunnelsCut, "tunnels forgotten")
	add(run.Decode.TunnelDepthCut, "tunnels too deeply nested to be opened")
	add(run.Decode.HeadersCut, "frames with too many link headers")
	add(run.Proto.TxLimit, "transactions beyond a flow's limit")
	add(run.Proto.WindowLimit, "messages longer than a parser waits for")
	add(run.Proto.NestingLimit, "protocols nested too deeply")
	add(run.Proto.AlertLimit, "alerts beyond those of one packet")
	add(run.Proto.ExpressionLimit, "expressions of rules that were given up")
	add(run.Proto.RawLimit, "bytes of streams that rules did not see")
	add(run.Proto.VariableLimit, "variables and counters of rules that were not kept")
	add(run.Proto.ExpectedLimit, "announced flows forgotten")
	add(run.Proto.ParserPanics, "flows given up for a fault of a parser (please report)")
	add(run.Capture.Cut.Comments, "metadata of the capture file not kept")
	add(r.carved.JoinCut+r.carved.JoinEvicted+r.carved.FlowsCut+r.carved.GapsCut, "parts of files not joined")
	add(r.carved.GatherCut, "files not looked into for their size")
	add(r.carved.ExtractCut, "extracted files cut at their limit")
	add(r.carved.DepthCut, "files nested too deeply")
	add(r.hosts.dropped+r.services.dropped+r.names.dropped+r.files.dropped+r.alertsDropped(), "rare names left out of this summary's tables")
	return list
}

func (s *summary) json(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(s)
}

func timeText(nanos int64) string {
	return time.Unix(0, nanos).UTC().Format("2006-01-02T15:04:05.000000Z")
}

// printable keeps what comes from traffic from reaching a terminal as control characters, and short.
func printable(s string) string {
	const longest = 80
	if utf8.RuneCountInString(s) > longest {
		s = string([]rune(s)[:longest-1]) + "…"
	}
	return harmless(s)
}

// harmless keeps control characters from reaching a terminal.
func harmless(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || (r >= 0x80 && r < 0xa0) || r == utf8.RuneError || (r >= 0x202a && r <= 0x202e) || (r >= 0x2066 && r <= 0x2069) {
			return '?'
		}
		return r
	}, s)
}

// span words a duration of traffic.
func span(seconds float64) string {
	d := time.Duration(seconds * 1e9)
	switch {
	case d >= 24*time.Hour:
		return fmt.Sprintf("%dd %s", d/(24*time.Hour), (d % (24 * time.Hour)).Round(time.Second))
	case d >= time.Minute:
		return d.Round(time.Second).String()
	case d >= time.Second:
		return d.Round(time.Millisecond).String()
	}
	return d.Round(time.Microsecond).String()
}
