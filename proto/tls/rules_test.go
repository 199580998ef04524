package tls

import (
	"crypto/sha1"
	"crypto/tls"
	"encoding/hex"
	"strings"
	"testing"

	"github.com/wirelore/wirelore/flow"
	"github.com/wirelore/wirelore/proto"
	"github.com/wirelore/wirelore/proto/prototest"
	"github.com/wirelore/wirelore/record"
)

// seen is what rules see of a conversation's handshake at its end.
type seen struct {
	values  [2]map[string][]string
	holds   func(keyword, arg string, d proto.Dir) bool
	alert   string
	stopped bool
}

// look runs a conversation and asks for every buffer, and then for the keywords in asked, "name:value".
func look(t *testing.T, o prototest.Options, chunks []prototest.Chunk, asked ...string) seen {
	t.Helper()
	out := seen{values: [2]map[string][]string{{}, {}}}
	met := [2]map[string]bool{{}, {}}
	a := &proto.Analyzer{Name: "rules", Doc: "looks at what rules look at", Start: func(s *proto.Setup) error {
		s.Want("ssl", "ja3.hash")
		w := record.Open(s.Output, alertLog)
		s.OnInspect(func(f *proto.Flow, d proto.Dir, _ *flow.Packet) {
			out.stopped = f.PayloadStopped()
			for tx := f.Transactions(); tx != nil; tx = tx.Next() {
				out.collect(tx)
				h := f.Header()
				w.WriteEVE(&h, tx)
				for _, q := range asked {
					name, arg, _ := strings.Cut(q, ":")
					met[d][q] = keyword(t, name, arg)(tx, d)
				}
			}
		})
		return nil
	}}
	o.Protocols, o.Analyzers = []proto.Protocol{Proto}, []*proto.Analyzer{a}
	r, err := prototest.Feed(o, prototest.Case{Port: 443, Chunks: chunks})
	if err != nil {
		t.Fatal(err)
	}
	if told := r.EVE["told"]; len(told) > 0 {
		out.alert = told[len(told)-1]
	}
	out.holds = func(name, arg string, d proto.Dir) bool { return met[d][name+":"+arg] }
	return out
}

func (s *seen) collect(tx *proto.Transaction) {
	buffers := Proto.RuleBuffers()
	for i := range buffers {
		b := &buffers[i]
		if tx.Progress(b.Dir) < b.At {
			continue
		}
		var list []string
		for n := 0; ; n++ {
			v, ok := b.Get(tx, n)
			if !ok {
				break
			}
			list = append(list, string(v))
		}
		s.values[b.Dir][b.Name] = list
	}
}

// alertLog writes what alerts tell of a transaction.
var alertLog = &record.Log[proto.Transaction]{
	Event: "told", Doc: "what alerts tell", Columns: []record.Column[proto.Transaction]{
		{EVE: "tx", Type: record.Object, Put: func(e *record.Encoder, t *proto.Transaction) {
			e.Object()
			t.Embed(e, proto.Orig, nil)
			e.EndObject()
		}},
	},
}

func keyword(t *testing.T, name, arg string) func(*proto.Transaction, proto.Dir) bool {
	t.Helper()
	for _, k := range Proto.RuleKeywords() {
		if k.Name == name {
			fn, err := k.Compile(arg)
			if err != nil {
				t.Fatalf("%s:%s: %v", name, arg, err)
			}
			return fn
		}
	}
	t.Fatalf("no keyword %s", name)
	return nil
}

func TestRuleBuffers(t *testing.T) {
	chunks := conversation(t, tls.VersionTLS12, true)
	s := look(t, prototest.Options{}, chunks, "tls.version:1.2", "tls.version:0x0303", "tls.version:1.3", "ssl_version:tls1.0,TLS1.2",
		"ssl_version:!tls1.0", "ssl_state:client_hello", "ssl_state:!client_hello", "tls_cert_expired:", "tls_cert_valid:",
		"tls_cert_notbefore:2020-09-13T12:26:40", "tls_cert_notbefore:>2020-09-13", "tls_cert_notafter:<2020-01-01",
		`tls.subject:"CN=tls.example"`, `tls.subject:!"CN=tls.example"`, `tls.issuerdn:"cn="`, "tls_store:", "tls.cert_chain_len:1",
		"tls.cert_chain_len:>1")
	for name, want := range map[string]string{"tls.sni": "tls.example", "tls.cert_subject": "C=XX, CN=tls.example",
		"tls.cert_issuer": "C=XX, CN=tls.example", "tls.cert_serial": "12:34", "tls.alpn": "h2,http/1.1"} {
		if got := strings.Join(s.values[proto.Orig][name], ","); got != want {
			t.Errorf("to the server: %s is %q, want %q", name, got, want)
		}
	}
	for name, want := range map[string]string{"tls.cert_subject": "C=XX, CN=tls.example", "tls.alpn": "http/1.1",
		"tls.subjectaltname": "tls.example"} {
		if got := strings.Join(s.values[proto.Resp][name], ","); got != want {
			t.Errorf("to the client: %s is %q, want %q", name, got, want)
		}
	}
	der := s.values[proto.Resp]["tls.certs"]
	if len(der) != 1 {
		t.Fatalf("%d certificates", len(der))
	}
	sum := sha1.Sum([]byte(der[0]))
	if got := strings.ReplaceAll(s.values[proto.Resp]["tls.cert_fingerprint"][0], ":", ""); got != hex.EncodeToString(sum[:]) {
		t.Errorf("fingerprint %s, want %x", got, sum)
	}
	for d, hello := range []proto.Stage{StageClientHello, StageServerHello} {
		v := s.values[d]
		if r := v["tls.random"][0]; len(r) != 32 || v["tls.random_time"][0]+v["tls.random_bytes"][0] != r {
			t.Errorf("random of stage %d: %q", hello, v)
		}
	}
	for name, d := range map[string]proto.Dir{"ja3.hash": proto.Orig, "ja3s.hash": proto.Resp} {
		if v := s.values[d][name]; len(v) != 1 || len(v[0]) != 32 {
			t.Errorf("%s: %q", name, v)
		}
	}
	if !s.stopped {
		t.Error("rules still look into what is encrypted")
	}
	has(t, s.alert, `"sni":"tls.example"`, `"ja3":{"hash":"`, `"ja3s":{`, `"client":{"subject":"C=XX, CN=tls.example"`)
	if strings.Contains(s.alert, "ja4") {
		t.Errorf("alerts have %s", s.alert)
	}
	for q, want := range map[string][2]bool{
		"tls.version:1.2": {true, true}, "tls.version:0x0303": {true, true}, "tls.version:1.3": {}, "ssl_version:tls1.0,TLS1.2": {true, true},
		"ssl_version:!tls1.0": {}, "ssl_state:client_hello": {}, "ssl_state:!client_hello": {true, true}, "tls_store:": {true, true},
		"tls_cert_valid:": {1: true}, "tls_cert_expired:": {}, "tls_cert_notbefore:2020-09-13T12:26:40": {1: true},
		"tls_cert_notbefore:>2020-09-13": {1: true}, "tls_cert_notafter:<2020-01-01": {}, "tls.cert_chain_len:1": {1: true},
		"tls.cert_chain_len:>1": {}, `tls.subject:"CN=tls.example"`: {true, true}, `tls.subject:!"CN=tls.example"`: {}, `tls.issuerdn:"cn="`: {},
	} {
		name, arg, _ := strings.Cut(q, ":")
		for d := range want {
			dirs := Proto.RuleKeywords()
			for _, k := range dirs {
				if k.Name == name && k.Dirs[d] && s.holds(name, arg, proto.Dir(d)) != want[d] {
					t.Errorf("%s in direction %d: not %v", q, d, want[d])
				}
			}
		}
	}
}

// A handshake without a certificate in the clear has no facts of one, and no condition on one holds.
func TestRuleNoCertificate(t *testing.T) {
	s := look(t, prototest.Options{}, conversation(t, tls.VersionTLS13, false), "tls.version:1.3", `tls.subject:!"x"`, "tls_cert_valid:",
		"tls.cert_chain_len:0")
	if len(s.values[proto.Resp]["tls.cert_subject"]) != 0 || s.holds("tls.subject", `!"x"`, proto.Resp) || s.holds("tls_cert_valid", "", proto.Resp) {
		t.Errorf("%q", s.values[proto.Resp])
	}
	if !s.holds("tls.version", "1.3", proto.Orig) || !s.holds("tls.version", "1.3", proto.Resp) || !s.holds("tls.cert_chain_len", "0", proto.Resp) {
		t.Error("version 1.3 without certificates")
	}
}

// encryption-handling: full looks into what is encrypted.
func TestRulePayload(t *testing.T) {
	o := prototest.Options{Settings: proto.Settings{"app-layer.protocols.tls.encryption-handling": "full"}}
	if look(t, o, conversation(t, tls.VersionTLS13, false)).stopped {
		t.Error("rules do not look into what is encrypted")
	}
}

func TestRuleKeywordErrors(t *testing.T) {
	keywords := map[string]func(string) error{}
	for _, k := range Proto.RuleKeywords() {
		keywords[k.Name] = func(arg string) error { _, err := k.Compile(arg); return err }
	}
	for name, args := range map[string][2][]string{ // accepted, refused
		"tls.version": {{"1.0", " 1.1 ", "0x7f12"}, {"1.4", "", "!1.2", "771", "0x303", "0X0303", "ssl3.0"}},
		"ssl_version": {{"sslv2", "SSLv3", "tls1.0 , tls1.1", "!tls1.0,!tls1.1", "tls1.2,"},
			{"", "tls1.4", "tls1.0,tls1.0", "!tls1.0,tls1.1", "tls1.0|tls1.1", "! tls1.2"}},
		"ssl_state":          {{"client_hello|server_hello", "!client_hello , !server_keyx", "unknown"}, {"", "CLIENT_HELLO", "client_hello,", "! client_hello"}},
		"tls_cert_expired":   {{""}, {"1"}},
		"tls_cert_notbefore": {{"<2015-02", "> 1998-05-01 10", "2014-1-1<>2016-1-1", "1445852105", "2015-10-22 23:59"}, {"", "<=2015-01-01", "!2015", "2016<>2015", "x", "2015-01-01T10:00:00.5", "-5"}},
		"tls.subject":        {{`"CN=x"`, `! "y"`}, {`""`, ""}},
		"tls.fingerprint":    {{`"3A:0b:3b:23:15:2c:44:5c:27:ac:6a:0c:41:d6:fa:74:af:b4:09:5b"`}, {`"3a:0b"`, ""}},
		"tls_store":          {{""}, {"x"}},
		"tls.cert_chain_len": {{"1", ">1", "1-3"}, {"", "x", `"1"`}},
	} {
		for i, list := range args {
			for _, a := range list {
				if err := keywords[name](a); (err != nil) != (i == 1) {
					t.Errorf("%s:%s: error %v", name, a, err)
				}
			}
		}
	}
}

// Buffers are made once: to ask again costs nothing.
func TestRuleAllocs(t *testing.T) {
	var tx Tx
	tx.w = &worker{}
	if err := tx.Chains[server].Leaf.Parse(selfSigned(t).Certificate[0]); err != nil {
		t.Fatal(err)
	}
	tx.Chains[server].Len = 1
	tx.facts[server][factSubject] = []byte("CN=x")
	if n := testing.AllocsPerRun(100, func() { tx.fact(server, factSubject); tx.certificate(server, 0) }); n > 0 {
		t.Errorf("%v allocations", n)
	}
}
