package dns

import (
	"encoding/binary"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/wirelore/wirelore/proto"
	"github.com/wirelore/wirelore/proto/prototest"
)

var options1 = prototest.Options{Protocols: []proto.Protocol{Proto}}

func up(b []byte) prototest.Chunk   { return prototest.Chunk{Dir: proto.Orig, Bytes: b} }
func down(b []byte) prototest.Chunk { return prototest.Chunk{Dir: proto.Resp, Bytes: b} }

func udp(name string, chunks ...prototest.Chunk) prototest.Case {
	return prototest.Case{Name: name, Over: proto.UDP, Port: 53, Chunks: chunks}
}

// framed puts the length that TCP wants before a message.
func framed(b []byte) []byte { return append(binary.BigEndian.AppendUint16(nil, uint16(len(b))), b...) }

func run(t *testing.T, c prototest.Case) *prototest.Result {
	t.Helper()
	r, err := prototest.Feed(options1, c)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestContract(t *testing.T) {
	q, a := query(7, "www.example.com", typeA), answer(7, "www.example.com", typeA)
	tcp := prototest.Case{Name: "tcp", Port: 53, Chunks: []prototest.Chunk{
		up(slices.Concat(framed(q), framed(query(8, "b.example", typeMX)))), down(framed(a)), down(framed(answer(8, "b.example", typeMX)))}}
	prototest.Run(t, options1, tcp, udp("udp", up(q), down(a), up(query(9, "late.example", typeAAAA))),
		udp("many types", down(everything())), udp("not dns", up([]byte("hello, this is no message at all"))))
}

// everything is a response with a record of each type that is shown.
func everything() []byte {
	soa := string(wire("ns.example")) + string(wire("root.example")) + strings.Repeat("\x00\x00\x00\x09", 5)
	m := message(5, 0x8580, 1, 12, 1).question("example.org", typeANY)
	for _, r := range []struct {
		typ  uint16
		data string
	}{
		{typeA, "\x01\x02\x03\x04"}, {typeAAAA, strings.Repeat("\x20\x01", 8)}, {typeNS, string(wire("ns.example"))},
		{typePTR, "\xc0\x0c"}, {typeMX, "\x00\x0a" + string(wire("mx.example"))}, {typeTXT, "\x03one\x05two\xe9\x01"},
		{typeNULL, "\x00raw"}, {typeSOA, soa}, {typeSRV, "\x00\x01\x00\x02\x00\x03" + string(wire("srv.example"))},
		{typeSSHFP, "\x01\x02\xab\xcd"}, {typeCAA, "\x00\x05issueca.example"}, {typeHINFO, "\x03cpu\x02os"},
	} {
		m.rr(nil, r.typ, 1, 60, r.data)
	}
	return m.rr(nil, typeSOA, 1, 60, soa).b
}

func contains(t *testing.T, lines []string, n int, want ...string) {
	t.Helper()
	if len(lines) != n {
		t.Fatalf("%d records, want %d: %s", len(lines), n, strings.Join(lines, "\n"))
	}
	all := strings.Join(lines, "\n")
	for _, w := range want {
		if !strings.Contains(all, w) {
			t.Errorf("no %s in\n%s", w, all)
		}
	}
}

func TestRecords(t *testing.T) {
	r := run(t, udp("", up(query(7, "www.Example.com", typeA)), down(answer(7, "www.Example.com", typeA))))
	contains(t, r.Zeek["dns"], 1, `"query":"www.example.com"`, `"answers":["edge.example.com","192.0.2.1"]`, `"TTLs":[60.000000,30.000000]`,
		`"rcode_name":"NOERROR"`, `"rtt":0.001`)
	contains(t, r.EVE["dns"], 2, `"type":"query","id":7,"rrname":"www.Example.com","rrtype":"A","tx_id":0`,
		`{"rrname":"www.Example.com","rrtype":"CNAME","ttl":60,"rdata":"edge.Example.com"}`,
		`"grouped":{"A":["192.0.2.1"],"CNAME":["edge.Example.com"]}`)
	if len(r.Services) != 1 || r.AppProto != "dns" {
		t.Errorf("services %q, app_proto %q", r.Services, r.AppProto)
	}
}

func TestEveryType(t *testing.T) {
	r := run(t, udp("", up(query(5, "example.org", typeANY)), down(everything())))
	contains(t, r.EVE["dns"], 2, `"rdata":"two\\xe9\\x01"`[:14], `"srv":{"priority":1,"weight":2,"port":3,"name":"srv.example"}`,
		`"soa":{"mname":"ns.example","rname":"root.example","serial":9,`, `"sshfp":{"fingerprint":"ab:cd","algo":1,"type":2}`,
		`{"rrname":"example.org","rrtype":"CAA","ttl":60}`, `"MX":["mx.example"]`, `"rdata":"2001:2001:`, `"authorities":[{`)
	contains(t, r.Zeek["dns"], 1, `"TXT 3 one TXT 5 two`, `"CAA 0 issue ca.example"`, `"mx.example"`)
}

// A response that begins a flow was sent by the server.
func TestTurnedAround(t *testing.T) {
	r := run(t, udp("", up(answer(7, "www.example.com", typeA))))
	contains(t, r.Zeek["dns"], 1, `"id.orig_h":"192.0.2.7"`, `"id.resp_h":"10.0.0.1"`)
}

func TestTCPGap(t *testing.T) {
	q, a := framed(query(7, "www.example.com", typeA)), framed(answer(7, "www.example.com", typeA))
	c := prototest.Case{Port: 53, Chunks: []prototest.Chunk{up(q), up(q[:9]), {Dir: proto.Orig, Gap: 11}, up(q), down(a), down(a)}}
	contains(t, run(t, c).Zeek["dns"], 2, `"answers"`)
	c.Chunks = []prototest.Chunk{up(q), {Dir: proto.Orig, Gap: 11}, up([]byte("\xff\xff middle of something")), down(a)}
	contains(t, run(t, c).Zeek["dns"], 1)
}

func TestOdd(t *testing.T) {
	q := query(7, "a.example", typeA)
	for _, c := range []struct {
		name string
		b    []byte // a response
		want string
	}{
		{"cut header", q[:9], "DNS_truncated_len_lt_hdr_len||"},
		{"cut question", message(8, 0x8180, 1).question("a.example", typeA).b[:23], "DNS_truncated_quest_too_short||"},
		{"reserved bit", message(8, 0x81c0, 1).question("a.example", typeA).b, "|z_flag_set|"},
		{"operation", message(8, 0xb980, 1).question("a.example", typeA).b, "|invalid_opcode|"},
		{"self", message(8, 0x8180, 1, 1).question("a.example", typeA).rr([]byte{1, 'x', 0xc0, 29}, typeA, 1, 1, "1234").b, "DNS_label_forward_compress_offset||"},
		{"circle", message(8, 0x8180, 1, 1).question("a.example", typeA).rr(nil, typeCNAME, 1, 1, "\x01x\xc0\x27").b, "|too_many_labels|"},
		{"long", message(8, 0x8180, 1).question(strings.Repeat(strings.Repeat("l", 60)+".", 20), typeA).b, "|name_too_long|"},
		{"label", append(message(8, 0x8180, 1).b, 0x80, 1, 2, 3, 4, 5, 6), "DNS_label_too_long||"},
		{"past the end", append(message(8, 0x8180, 1).b, 60, 1, 2, 3, 4, 5, 6), "DNS_label_len_gt_pkt||"},
		{"unknown", message(8, 0x8180, 1, 1).question("a.example", typeA).rr(nil, 999, 1, 1, "x").b, "DNS_RR_unknown_type||999"},
		{"bad address", message(8, 0x8180, 1, 1).question("a.example", typeA).rr(nil, typeA, 1, 1, "12345").b, "DNS_RR_bad_length||"},
		{"subnet", message(8, 0x8180, 0, 0, 0, 1).rr([]byte{0}, typeOPT, 512, 0, "\x00\x08\x00\x06\x00\x01\x18\x00\x01\x02").b, "EDNS_ECS_invalid_addr_v4||need 24 bits, have 16 bits"},
		{"option", message(8, 0x8180, 0, 0, 0, 1).rr([]byte{0}, typeOPT, 512, 0, "\x00\x08\x00\x09\x00\x01").b, "EDNS_truncated_option||"},
		{"binding", message(8, 0x8180, 1, 1).question("a.example", typeHTTPS).rr(nil, typeHTTPS, 1, 1, "\x00\x01\x00\x00\x04\x00\x03123").b, "DNS_SVCB_ipv4hint_length_invalid||"},
	} {
		r := run(t, udp("", up(q), down(answer(7, "a.example", typeA)), down(c.b)))
		if !slices.Contains(r.Anomalies, c.want) {
			t.Errorf("%s: anomalies %q, want %q", c.name, r.Anomalies, c.want)
		}
	}
}

// What cannot be read is the fault of the message before it, where both came together.
func TestMalformed(t *testing.T) {
	q, a := framed(query(7, "www.example.com", typeA)), framed(answer(7, "www.example.com", typeA))
	bad := framed(append(message(8, 0x8180, 1, 1).question("www.example.com", typeA).b, 0xc0, 0xff))
	r := run(t, prototest.Case{Port: 53, Chunks: []prototest.Chunk{up(q), down(slices.Concat(a, bad))}})
	if !slices.Contains(r.Anomalies, "|malformed_data|") {
		t.Errorf("in one packet: anomalies %q", r.Anomalies)
	}
	r = run(t, prototest.Case{Port: 53, Chunks: []prototest.Chunk{up(q), down(a), down(bad)}})
	if slices.Contains(r.Anomalies, "|malformed_data|") {
		t.Errorf("apart: anomalies %q", r.Anomalies)
	}
}

// Names may point in circles as they like: reading them takes a bounded time.
func TestNamesBounded(t *testing.T) {
	b := message(1, 0, 4096).b
	for range 4096 {
		b = append(b, 0xc0, headerLen, 0, 1, 0, 1)
	}
	b[headerLen], b[headerLen+1] = 1, 'x' // x. pointer to itself
	run(t, udp("", up(b)))
}

func FuzzMessages(f *testing.F) {
	f.Add(query(7, "www.example.com", typeA), answer(7, "www.example.com", typeA), true, uint64(1))
	f.Add(framed(query(7, "www.example.com", typeA)), framed(everything()), false, uint64(2))
	f.Add(query(5, "a", typeSVCB), message(5, 0xa880, 1, 1).question("a", typeSVCB).rr(nil, typeSVCB, 255, 1, "\x00\x01\x00\x00\x01\x00\x02\x05h").b, true, uint64(3))
	f.Fuzz(func(t *testing.T, a, b []byte, datagrams bool, seed uint64) {
		c := prototest.Case{Port: 53}
		if datagrams {
			c.Over = proto.UDP
			c.Chunks = []prototest.Chunk{up(a), down(b), down(a), up(b)}
		} else {
			rnd := rand.New(rand.NewPCG(seed, 0))
			for rest := [2][]byte{a, b}; len(rest[0])+len(rest[1]) > 0; {
				d := rnd.IntN(2)
				n := rnd.IntN(len(rest[d]) + 1)
				c.Chunks = append(c.Chunks, prototest.Chunk{Dir: proto.Dir(d), Bytes: rest[d][:n]})
				rest[d] = rest[d][n:]
			}
		}
		if _, err := prototest.Feed(options1, c); err != nil {
			t.Fatal(err)
		}
	})
}
