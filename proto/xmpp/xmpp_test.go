package xmpp

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/wirelore/wirelore/proto"
	"github.com/wirelore/wirelore/proto/prototest"
	"github.com/wirelore/wirelore/proto/tls"
)

var (
	c = prototest.C
	s = prototest.S
)

const (
	open     = "<?xml version='1.0'?>\n<stream:stream to='a.example' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>"
	features = "<stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'><required/></starttls></stream:features>"
	start    = "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"
	proceed  = "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"
)

// hello is a TLS 1.2 client hello without extensions, answer the server's.
var (
	hello  = "\x16\x03\x01\x00\x2f\x01\x00\x00\x2b\x03\x03" + strings.Repeat("r", 32) + "\x00\x00\x04\xc0\x2f\xc0\x30\x01\x00"
	answer = "\x16\x03\x03\x00\x2a\x02\x00\x00\x26\x03\x03" + strings.Repeat("s", 32) + "\x00\xc0\x2f\x00"
	long   = strings.Repeat("x", 9000)
)

var cases = []prototest.Case{
	{Name: "starttls", Port: 5222, Chunks: []prototest.Chunk{c(open), s(open + features), c(start), s(proceed), c(hello), s(answer)}},
	{Name: "odd port", Port: 4711, Chunks: []prototest.Chunk{c(open), s(open + features), c(start), s(proceed), c(hello), s(answer)}},
	{Name: "other prefixes", Port: 5269, Chunks: []prototest.Chunk{c(`<s:stream xmlns:s="http://etherx.jabber.org/streams">`), s(open), c(`<t:starttls xmlns:t="urn:ietf:params:xml:ns:xmpp-tls" ></t:starttls >`), s(`<t:proceed xmlns:t="x/>"></t:proceed>`), c(hello), s(answer)}},
	{Name: "hello before the answer", Port: 5222, Chunks: []prototest.Chunk{c(open), s(open), c(start + hello), s(proceed + answer)}},
	{Name: "refused", Port: 5222, Chunks: []prototest.Chunk{c(open), s(open), c(start), s("<failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:stream>")}},
	{Name: "unasked", Port: 5222, Chunks: []prototest.Chunk{c(open + "<iq><starttls/></iq><!-- <starttls/> --><![CDATA[<starttls/>]]>"), s(open + features), s(proceed + "<iq/>")}},
	{Name: "client alone", Port: 5222, Chunks: []prototest.Chunk{c(open + start), c(hello)}},
	{Name: "server alone", Port: 5222, Chunks: []prototest.Chunk{s(open + features + proceed + answer)}},
	{Name: "gap", Port: 5222, Chunks: []prototest.Chunk{c(open), s(open + "<stream:fea"), c(start), {Dir: proto.Resp, Gap: 300}, c(hello), s(answer)}},
	{Name: "login", Port: 5222, Chunks: []prototest.Chunk{c(open), s(open), c("<auth mechanism='PLAIN'>AGE=</auth>"), s("<success/>"), c(open), s("junk")}},
	{Name: "middle", Port: 5222, Chunks: []prototest.Chunk{c("<iq type='get' id='1'><query a='>'/></iq>"), s("<iq type='result' id='1'/>")}},
	{Name: "long tags", Port: 5222, Chunks: []prototest.Chunk{c(open + "<a b='" + long + "<>'/>" + start), s(open + "<a b='" + long + "'></a>" + proceed), c(hello), s(answer)}},
	{Name: "compressed", Port: 5222, Chunks: []prototest.Chunk{c(open), s(open), c("<compress/>"), s("<compressed/>"), c("\x78\x9c<<<"), s("\x78\x9c")}},
	{Name: "policy", Port: 5222, Chunks: []prototest.Chunk{c("<policy-file-request/>\x00"), s("<cross-domain-policy></cross-domain-policy>")}},
	{Name: "soap", Port: 5222, Chunks: []prototest.Chunk{c("<?xml version='1.0'?><soap:Envelope xmlns:soap='x'/>"), s("no")}},
}

var options = prototest.Options{Protocols: []proto.Protocol{Proto, tls.Proto}}

func TestRun(t *testing.T) { prototest.Run(t, options, cases...) }

func TestOutput(t *testing.T) {
	want := map[string]string{
		"starttls": "[xmpp ssl] tls []", "odd port": "[xmpp ssl] tls []", "other prefixes": "[xmpp ssl] tls []",
		"hello before the answer": "[xmpp ssl] tls []", "refused": "[xmpp] failed []",
		"unasked":      "[xmpp] failed [XMPP: proceed without starttls||]",
		"client alone": "[xmpp] tls []", "server alone": "[xmpp ssl] tls []", "gap": "[xmpp ssl] tls []", "login": "[xmpp] failed []",
		"middle": "[xmpp] failed []", "long tags": "[xmpp ssl] tls [xmpp_tag_cut|| xmpp_tag_cut||]", "compressed": "[xmpp] failed []",
		"policy": "[] failed []", "soap": "[]  []",
	}
	for _, k := range cases {
		r, err := prototest.Feed(options, k)
		if err != nil {
			t.Fatal(err)
		}
		var own []string
		for _, a := range r.Anomalies {
			if !strings.HasPrefix(a, "|") {
				own = append(own, a)
			}
		}
		if got := fmt.Sprintf("%v %s %v", r.Services, r.AppProto, own); got != want[k.Name] {
			t.Errorf("%s: %s, want %s (%q)", k.Name, got, want[k.Name], r.Anomalies)
		}
	}
}

func TestProbe(t *testing.T) {
	for _, k := range []struct {
		text string
		port bool
		want proto.Verdict
	}{
		{open, false, proto.Yes}, {" \r\n" + open, false, proto.Yes}, {"\xef\xbb\xbf" + open, false, proto.Yes},
		{"<?xm", false, proto.More}, {"<?xml version='1.0' ?>", false, proto.More}, {"<stream:st", false, proto.More},
		{"<stream:stream a='>' ", false, proto.More}, {"<stream:stream>", true, proto.No}, {"<flash:stream xmlns='jabber:client'>", false, proto.Yes},
		{"<iq type='get'>", true, proto.Likely}, {"<iq type='get'>", false, proto.No}, {"</presence>", true, proto.Likely},
		{"<?php echo", true, proto.No}, {"<?php e>", true, proto.No}, {"<html>", true, proto.No}, {"<14>Oct", true, proto.No}, {"GET / HTTP", true, proto.No}, {"<?xml version='1.0'?><soap:E ", true, proto.No},
	} {
		if got := probe(proto.Orig, []byte(k.text), k.port); got != k.want {
			t.Errorf("%q: %d, want %d", k.text, got, k.want)
		}
	}
}

// traffic is what a busy client sends.
func traffic() []byte {
	return bytes.Repeat([]byte("<message to='a@b.example' type='chat'><body>some words &amp; more</body><!-- c --></message>\n"), 300)
}

// TestAllocs: nothing is allocated for stanzas.
func TestAllocs(t *testing.T) {
	p := &parser{confirmed: true}
	p.side[proto.Orig].depth = 1
	sess := new(proto.Session[Tx])
	b := traffic()
	if n := testing.AllocsPerRun(20, func() {
		if r, err := p.Data(sess, proto.Orig, b); err != nil || r.Used != len(b) {
			t.Fatal(r, err)
		}
	}); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkData(b *testing.B) {
	p := &parser{confirmed: true}
	p.side[proto.Orig].depth = 1
	sess := new(proto.Session[Tx])
	text := traffic()
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := p.Data(sess, proto.Orig, text); err != nil {
			b.Fatal(err)
		}
	}
}

func FuzzParser(f *testing.F) {
	for _, k := range cases {
		var client, server []byte
		for _, ch := range k.Chunks {
			if ch.Dir == proto.Orig {
				client = append(client, ch.Bytes...)
			} else {
				server = append(server, ch.Bytes...)
			}
		}
		f.Add(client, server, byte(7), byte(3))
	}
	f.Fuzz(func(t *testing.T, client, server []byte, size, gap byte) {
		var chunks []prototest.Chunk
		for i := 0; len(client)+len(server) > 0; i++ {
			n := min(len(client), int(size)+1)
			chunks = append(chunks, prototest.Chunk{Dir: proto.Orig, Bytes: client[:n]})
			client = client[n:]
			if gap > 0 && i == int(gap) {
				chunks = append(chunks, prototest.Chunk{Dir: proto.Dir(gap & 1), Gap: int64(gap)})
			}
			n = min(len(server), int(size)+1)
			chunks = append(chunks, prototest.Chunk{Dir: proto.Resp, Bytes: server[:n]})
			server = server[n:]
		}
		if _, err := prototest.Feed(options, prototest.Case{Port: 5222, Chunks: chunks}); err != nil {
			t.Fatal(err)
		}
	})
}
