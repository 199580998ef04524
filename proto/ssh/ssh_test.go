package ssh

import (
	"crypto/md5"
	"encoding/binary"
	"encoding/hex"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/wirelore/wirelore/proto"
	"github.com/wirelore/wirelore/proto/prototest"
)

// packet wraps a payload into a binary packet without MAC.
func packet(payload string) string {
	pad := 8 - (len(payload)+5)%8 + 4
	b := binary.BigEndian.AppendUint32(nil, uint32(1+len(payload)+pad))
	return string(append(b, byte(pad))) + payload + strings.Repeat("\x00", pad)
}

func field(s string) string { return string(binary.BigEndian.AppendUint32(nil, uint32(len(s)))) + s }

func kexInit(l ...string) string {
	b := "\x14" + strings.Repeat("c", cookieLen)
	for i := range lists {
		if i < len(l) {
			b += field(l[i])
		} else {
			b += field("")
		}
	}
	return packet(b + "\x00\x00\x00\x00\x00")
}

var (
	clientOffer = kexInit("curve25519-sha256,diffie-hellman-group14-sha1", "ssh-ed25519,ssh-rsa", "aes128-ctr,aes256-ctr",
		"aes256-ctr,aes128-ctr", "hmac-sha1", "hmac-sha2-256", "none,zlib", "none,zlib")
	serverOffer = kexInit("diffie-hellman-group14-sha1,curve25519-sha256", "ssh-ed25519", "aes256-ctr,aes128-ctr",
		"aes256-ctr,aes128-ctr", "hmac-sha1", "hmac-sha2-256", "none", "none")
	newKeys = packet("\x15")
	reply   = packet("\x1f" + field("the host key") + field("public") + field("signature"))
)

const (
	clientBanner = "SSH-2.0-OpenSSH_9.6 Ubuntu-3\r\n"
	serverBanner = "SSH-2.0-dropbear_2022.83\r\n"
)

func session(more ...prototest.Chunk) prototest.Case {
	return prototest.Case{Name: "session", Port: 22, Chunks: append([]prototest.Chunk{
		prototest.S("Welcome\r\nall\n"), prototest.S(serverBanner), prototest.C(clientBanner), prototest.C(clientOffer),
		prototest.S(serverOffer), prototest.C(packet("\x1e" + field("point"))), prototest.S(reply + newKeys), prototest.C(newKeys),
	}, more...)}
}

var version1 = prototest.Case{Name: "version 1", Port: 22, Chunks: []prototest.Chunk{
	prototest.S("SSH-1.5-old\n"), prototest.C("SSH-1.5-client\n"),
	prototest.S(packet1("\x02" + strings.Repeat("k", 8) + "\x00\x00\x03\x00" + number("\x23") + number("\xaa\xbb") +
		"\x00\x00\x04\x00" + number("\x01\x01") + number("\x99\x88\x77") + strings.Repeat("\x00", 12))),
	prototest.C(packet1("\x03" + strings.Repeat("s", 40))), prototest.S("encrypted"),
}}

func number(s string) string { return string(binary.BigEndian.AppendUint16(nil, uint16(8*len(s)))) + s }

func packet1(body string) string {
	n := len(body) + 4
	return string(binary.BigEndian.AppendUint32(nil, uint32(n))) + strings.Repeat("p", 8-n%8) + body + "crc."
}

var options = prototest.Options{Protocols: []proto.Protocol{Proto}}

func TestContract(t *testing.T) {
	prototest.Run(t, options, session(), version1,
		prototest.Case{Name: "not ssh", Port: 22, Chunks: []prototest.Chunk{prototest.C("GET / HTTP/1.0\r\n\r\n"), prototest.S("SSH-2.0-x\r\n")}})
}

func feed(t *testing.T, o prototest.Options, c prototest.Case) *prototest.Result {
	t.Helper()
	r, err := prototest.Feed(o, c)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func contains(t *testing.T, lines []string, want ...string) {
	t.Helper()
	if len(lines) != 1 {
		t.Fatalf("%d rows %q, want 1", len(lines), lines)
	}
	for _, w := range want {
		if !strings.Contains(lines[0], w) {
			t.Errorf("no %s in %s", w, lines[0])
		}
	}
}

func TestSession(t *testing.T) {
	e := func(d func(string) prototest.Chunk, n int) prototest.Chunk { return d(strings.Repeat("x", n)) }
	C, S := prototest.C, prototest.S
	r := feed(t, options, session(e(S, 300), e(C, 52), e(S, 52), e(C, 60), e(S, 68), e(C, 90), e(S, 68), e(C, 90), e(S, 36), e(S, 36)))
	contains(t, r.Zeek["ssh"], `"version":2,"auth_success":true,"auth_attempts":2`, `"client":"SSH-2.0-OpenSSH_9.6 Ubuntu-3"`,
		`"server":"SSH-2.0-dropbear_2022.83"`, `"cipher_alg":"To server: aes128-ctr, to client: aes256-ctr"`,
		`"mac_alg":"To server: hmac-sha1, to client: hmac-sha2-256"`, `"compression_alg":"none"`, `"kex_alg":"curve25519-sha256"`,
		`"host_key_alg":"ssh-ed25519"`, `"direction":"OUTBOUND"`, `"host_key_fingerprint":"SHA256:`)
	contains(t, r.EVE["ssh"], `"client":{"proto_version":"2.0","software_version":"OpenSSH_9.6","hassh":{"hash":"`)
	if len(r.Services) != 1 || r.Services[0] != "ssh" || r.AppProto != "ssh" {
		t.Errorf("services %q, app_proto %q", r.Services, r.AppProto)
	}
	r = feed(t, options, session(e(C, 52), e(S, 52), prototest.Chunk{Dir: proto.Resp, Gap: 10}, e(C, 60), e(S, 36)))
	contains(t, r.Zeek["ssh"], `"auth_attempts":0`)
}

func TestVersion1(t *testing.T) {
	r := feed(t, options, version1)
	sum := md5.Sum([]byte("\x99\x88\x77\x01\x01"))
	contains(t, r.Zeek["ssh"], `"version":1`, `"host_key_fingerprint":"MD5:`+hex.EncodeToString(sum[:1])+":")
}

func TestVersions(t *testing.T) {
	for _, c := range []struct {
		client, server string
		want           int
	}{{"2.0", "2.0", 2}, {"1.99", "2.0", 2}, {"2.0", "1.99", 2}, {"1.99", "1.99", 2}, {"1.5", "1.99", 1}, {"1.5", "2.0", 0}, {"1.5", "1.3", 1}, {"9", "2.0", 0}} {
		var x Tx
		for i, v := range []string{c.client, c.server} {
			x.Sides[i] = Side{Banner: []byte("SSH-" + v + "-x"), Version: []byte(v)}
		}
		if got := x.Version(); got != c.want {
			t.Errorf("%s with %s: version %d, want %d", c.client, c.server, got, c.want)
		}
	}
}

func TestHASSHSetting(t *testing.T) {
	for _, c := range []struct {
		set  proto.Settings
		want bool
	}{{nil, true}, {proto.Settings{"app-layer.protocols.ssh.enabled": "yes"}, false}, {proto.Settings{"app-layer.protocols.ssh.hassh": "yes"}, true}, {proto.Settings{"app-layer.protocols.ssh.hassh": "no"}, false}} {
		o := options
		o.Settings = c.set
		r := feed(t, o, session())
		contains(t, r.EVE["ssh"])
		if got := strings.Contains(r.EVE["ssh"][0], `"hassh"`); got != c.want {
			t.Errorf("%v: hassh %v, want %v", c.set, got, c.want)
		}
	}
}

func TestHostile(t *testing.T) {
	long := "SSH-2.0-" + strings.Repeat("a", 300) + "\r\n"
	for name, c := range map[string]struct {
		chunks []prototest.Chunk
		want   string
	}{
		"long banner":    {[]prototest.Chunk{prototest.C(long)}, "|long_banner|"},
		"no version":     {[]prototest.Chunk{prototest.C("SSH-oops\n")}, "|invalid_banner|"},
		"tiny packet":    {[]prototest.Chunk{prototest.C("SSH-2.0-x\n\x00\x00\x00\x01\x00\x14")}, "|invalid_record|"},
		"huge packet":    {[]prototest.Chunk{prototest.C("SSH-2.0-x\n\x7f\x00\x00\x01\x00\x14")}, "|invalid_record|"},
		"long kex":       {[]prototest.Chunk{prototest.C("SSH-2.0-x\n\x00\x02\x00\x01\x00\x14")}, "|long_kex_record|"},
		"cut offer":      {[]prototest.Chunk{prototest.C("SSH-2.0-x\n" + packet("\x14cookie"))}, "|invalid_record|"},
		"endless banner": {[]prototest.Chunk{prototest.C("SSH-" + strings.Repeat("a", 9<<10))}, "|long_banner|"},
	} {
		r := feed(t, options, prototest.Case{Port: 22, Chunks: c.chunks})
		if len(r.Anomalies) != 1 || r.Anomalies[0] != c.want {
			t.Errorf("%s: anomalies %q, want %s", name, r.Anomalies, c.want)
		}
	}
}

// Negotiation of lists made of many names stays quick.
func TestChooseBounded(t *testing.T) {
	many := []byte(strings.Repeat("a,", 30000))
	if choose(many, []byte(strings.Repeat("b,", 30000)+"a")) != nil {
		t.Error("found a name behind the bound")
	}
	if got := choose([]byte("x,y,z"), []byte("z,y")); string(got) != "y" {
		t.Errorf("chose %q", got)
	}
}

func FuzzParser(f *testing.F) {
	f.Add([]byte(serverBanner+serverOffer+reply+newKeys), []byte(clientBanner+clientOffer+newKeys), uint64(1))
	f.Add([]byte("SSH-1.99-x\n"), []byte("SSH-1.5-y\n\x00\x00\x00\x09"), uint64(2))
	f.Fuzz(func(t *testing.T, fromServer, fromClient []byte, seed uint64) {
		rnd := rand.New(rand.NewPCG(seed, 0))
		c := prototest.Case{Port: 22}
		rest := [2][]byte{fromClient, fromServer}
		for len(rest[0])+len(rest[1]) > 0 {
			d := rnd.IntN(2)
			n := rnd.IntN(len(rest[d]) + 1)
			c.Chunks = append(c.Chunks, prototest.Chunk{Dir: proto.Dir(d), Bytes: rest[d][:n]})
			rest[d] = rest[d][n:]
		}
		if _, err := prototest.Feed(options, c); err != nil {
			t.Fatal(err)
		}
	})
}

func BenchmarkSession(b *testing.B) {
	c := session()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := prototest.Feed(options, c); err != nil {
			b.Fatal(err)
		}
	}
}
