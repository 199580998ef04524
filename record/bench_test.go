package record_test

import (
	"net/netip"
	"testing"

	"github.com/wirelore/wirelore/record"
)

// visit is a row such as a protocol writes.
type visit struct {
	host, uri, agent, odd []byte
	status                uint64
	size                  uint64
	types                 [2]string
}

var visits = &record.Log[visit]{
	Path: "visit", Event: "visit", Scope: record.PerFlow,
	Columns: []record.Column[visit]{
		{Zeek: "host", EVE: "visit.host", Put: func(e *encoder, v *visit) { e.Bytes(v.host) }},
		{Zeek: "uri", EVE: "visit.uri", Put: func(e *encoder, v *visit) { e.Bytes(v.uri) }},
		{Zeek: "agent", EVE: "visit.agent", Put: func(e *encoder, v *visit) { e.Bytes(v.agent) }},
		{Zeek: "odd", EVE: "visit.odd", Put: func(e *encoder, v *visit) { e.Octets(v.odd) }},
		{Zeek: "status", EVE: "visit.answer.status", Put: func(e *encoder, v *visit) { e.Uint(v.status) }},
		{Zeek: "size", EVE: "visit.answer.size", Put: func(e *encoder, v *visit) { e.Uint(v.size) }},
		{Zeek: "none", EVE: "visit.answer.none", Put: func(e *encoder, v *visit) {}},
		{Zeek: "rtt", EVE: "visit.rtt", Put: func(e *encoder, v *visit) { e.Interval(1234567) }},
		{Zeek: "hash", EVE: "visit.hash", Put: func(e *encoder, v *visit) { e.Hex(v.host) }},
		{Zeek: "at", EVE: "visit.at", Put: func(e *encoder, v *visit) { e.Time(1700000000e9) }},
		{Zeek: "mime", EVE: "visit.mime", Put: func(e *encoder, v *visit) {
			e.List()
			for _, s := range v.types {
				e.Str(s)
			}
			e.EndList()
		}},
	},
}

var oneVisit = visit{
	host: []byte("www.example.com"), uri: []byte("/a/rather/long/path?with=a&query=string"), status: 200, size: 123456,
	agent: []byte("Mozilla/5.0 (X11; Linux x86_64; rv:109.0) Gecko/20100101"), odd: []byte("na\xefve\t\"quoted\""),
	types: [2]string{"text/html", "image/png"},
}

var visitHeader = record.Header{
	Nanos: 1700000000123456789, HasFlow: true, HasAddr: true, HasPorts: true, UID: []byte("CAbcdefghijklmnopq"), FlowID: 1234567890123,
	Orig: netip.MustParseAddr("10.0.0.1"), Resp: netip.MustParseAddr("2001:db8::7"), OrigPort: 50000, RespPort: 80, Proto: "TCP",
	PacketNumber: 12, TxID: 1,
}

var wants = map[string]record.Wants{
	"tsv":  {Zeek: all, ZeekForm: record.TSV},
	"json": {Zeek: all, ZeekForm: record.ZeekJSON},
	"eve":  {EVE: all},
}

// TestAllocs: a row costs no memory beyond the output's own buffer, and that of a new second nothing either once a
// day's worth of formatting is done.
func TestAllocs(t *testing.T) {
	for name, w := range wants {
		o := record.NewOutput(w)
		rows := record.Open(o, visits)
		h := visitHeader
		n := testing.AllocsPerRun(500, func() {
			h.Nanos += 1e3
			rows.Write(&h, &oneVisit)
			o.Reset()
		})
		if n > 0 {
			t.Errorf("%s: %v allocations for a row", name, n)
		}
		n = testing.AllocsPerRun(500, func() {
			h.Nanos += 1e9
			rows.Write(&h, &oneVisit)
			o.Reset()
		})
		if n > 0 {
			t.Errorf("%s: %v allocations for a row in a new second", name, n)
		}
	}
}

func BenchmarkRow(b *testing.B) {
	for name, w := range wants {
		b.Run(name, func(b *testing.B) {
			o := record.NewOutput(w)
			rows := record.Open(o, visits)
			rows.Write(&visitHeader, &oneVisit)
			_, size := o.Len()
			b.SetBytes(int64(size))
			b.ReportAllocs()
			for b.Loop() {
				rows.Write(&visitHeader, &oneVisit)
				o.Reset()
			}
		})
	}
}

func BenchmarkText(b *testing.B) {
	type none struct{}
	for name, text := range map[string][]byte{
		"plain":  []byte("Mozilla/5.0 (X11; Linux x86_64; rv:109.0) Gecko/20100101"),
		"utf8":   []byte("Straße nach Köln, über 日本語 und zurück auf русском языке"),
		"binary": []byte("\x00\xff\xfe\x80binary\x01\x02\t\r\n\"\\\xc3"),
	} {
		for form, w := range wants {
			b.Run(name+"/"+form, func(b *testing.B) {
				o := record.NewOutput(w)
				rows := record.Open(o, &record.Log[none]{Path: "x", Event: "x", Scope: record.Bare, Columns: []record.Column[none]{
					{Zeek: "v", EVE: "v", Put: func(e *encoder, _ *none) { e.Bytes(text) }}}})
				b.SetBytes(int64(len(text)))
				b.ReportAllocs()
				for b.Loop() {
					rows.Write(&visitHeader, new(none))
					o.Reset()
				}
			})
		}
	}
}
