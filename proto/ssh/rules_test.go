package ssh

import (
	"crypto/md5"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/wirelore/wirelore/flow"
	"github.com/wirelore/wirelore/proto"
	"github.com/wirelore/wirelore/proto/prototest"
)

// looked feeds a conversation and returns the values of all buffers as "name@direction=value", and the keywords that hold.
func looked(t *testing.T, o prototest.Options, c prototest.Case, keywords ...string) (out []string) {
	t.Helper()
	o.Analyzers = []*proto.Analyzer{{Name: "rules", Doc: "looks as rules do", Start: func(s *proto.Setup) error {
		s.OnInspect(func(f *proto.Flow, d proto.Dir, _ *flow.Packet) {
			for tx := f.Transactions(); tx != nil; tx = tx.Next() {
				out = append(out, values(tx, d)...)
				out = append(out, holding(t, tx, d, keywords)...)
			}
		})
		return nil
	}}}
	feed(t, o, c)
	return out
}

func values(tx *proto.Transaction, d proto.Dir) (out []string) {
	list := tx.Protocol().RuleBuffers()
	for i := range list {
		if v, ok := list[i].Get(tx, 0); ok && list[i].Dir == d {
			out = append(out, fmt.Sprintf("%s@%d=%s", list[i].Name, d, v))
		}
	}
	return out
}

func holding(t *testing.T, tx *proto.Transaction, d proto.Dir, keywords []string) (out []string) {
	for i := 0; i+1 < len(keywords); i += 2 {
		for _, k := range tx.Protocol().RuleKeywords() {
			if k.Name != keywords[i] || !k.Dirs[d] {
				continue
			}
			is, err := k.Compile(keywords[i+1])
			if err != nil {
				t.Fatal(err)
			}
			if is(tx, d) {
				out = append(out, fmt.Sprintf("%s:%s@%d", k.Name, keywords[i+1], d))
			}
		}
	}
	return out
}

func TestBuffers(t *testing.T) {
	ours := "curve25519-sha256,diffie-hellman-group14-sha1;aes128-ctr,aes256-ctr;hmac-sha1;none,zlib"
	theirs := "diffie-hellman-group14-sha1,curve25519-sha256;aes256-ctr,aes128-ctr;hmac-sha2-256;none"
	want := []string{
		"ssh.proto@0=2.0", "ssh.software@0=OpenSSH_9.6", "ssh.hassh@0=" + sum(ours), "ssh.hassh.string@0=" + ours,
		"ssh.proto@1=2.0", "ssh.software@1=dropbear_2022.83", "ssh.hassh.server@1=" + sum(theirs), "ssh.hassh.server.string@1=" + theirs,
	}
	for _, setting := range []string{"yes", "no", "auto"} { // rules see HASSH whatever records show
		o := options
		o.Settings = proto.Settings{"app-layer.protocols.ssh.hassh": setting}
		if got := looked(t, o, session()); !slices.Equal(got, want) {
			t.Errorf("hassh: %s: %q, want %q", setting, got, want)
		}
	}
}

func sum(s string) string {
	h := md5.Sum([]byte(s))
	return hex.EncodeToString(h[:])
}

// What is no whole identification is nothing to rules, as in Suricata.
func TestOddIdentifications(t *testing.T) {
	long := strings.Repeat("b", 300)
	for _, c := range []struct{ line, want string }{
		{"SSH-2.0-foo-bar_x y\r\n", `["ssh.proto@0=2.0" "ssh.software@0=foo-bar_x"]`},
		{"SSH-2.0-\r\n", `["ssh.proto@0=2.0"]`},
		{"SSH-2.0\r\n", `[]`},
		{"SSH--bar\r\n", `[]`},
		{"SSH-2.0-" + long + " x\r\n", `["ssh.proto@0=2.0" "ssh.software@0=` + long + `"]`},
	} {
		got := looked(t, options, prototest.Case{Port: 22, Chunks: []prototest.Chunk{prototest.C(c.line)}})
		if s := fmt.Sprintf("%q", got); s != c.want {
			t.Errorf("%q: %s, want %s", c.line, s, c.want)
		}
	}
}

func TestKeywords(t *testing.T) {
	c := prototest.Case{Port: 22, Chunks: []prototest.Chunk{prototest.S("SSH-1.99-Cisco-1.25\r\n"), prototest.C("SSH-2.0-OpenSSH_7.4 x\r\n")}}
	const version, software = "ssh.protoversion", "ssh.softwareversion"
	got := looked(t, options, c, version, "2.0", version, "2", version, "1.99", version, `"2_compat"`,
		software, "OpenSSH", software, `"OpenSSH_7.4"`, software, "openssh_7.4", software, "Cisco-1.25")
	got = slices.DeleteFunc(got, func(s string) bool { return strings.Contains(s, "=") }) // buffers
	want := []string{"ssh.protoversion:2.0@0", `ssh.protoversion:"2_compat"@0`, `ssh.softwareversion:"OpenSSH_7.4"@0`,
		"ssh.protoversion:1.99@1", `ssh.protoversion:"2_compat"@1`, "ssh.softwareversion:Cisco-1.25@1"}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestKeywordErrors(t *testing.T) {
	bad := map[string][]string{
		"ssh.protoversion":    {"", ".", "-", "2a", "!2", ">2", "2_3", "2_compatx"},
		"ssh.softwareversion": {"", `""`, "a,b", "a/b", "foo*", `!"foo"`, "foo|20|bar"},
	}
	good := map[string][]string{
		"ssh.protoversion":    {"1", "2.0", "2..", "1.99", "2_compat"},
		"ssh.softwareversion": {"foo", "foo bar", "a:b.c+d-e_f"},
	}
	for _, k := range Proto.RuleKeywords() {
		for _, v := range bad[k.Name] {
			if _, err := k.Compile(v); err == nil {
				t.Errorf("%s:%s is accepted", k.Name, v)
			}
		}
		for _, v := range good[k.Name] {
			if _, err := k.Compile(v); err != nil {
				t.Errorf("%s:%s: %v", k.Name, v, err)
			}
		}
	}
}

// A side is complete where encryption begins: until then rules on events are judged again.
func TestComplete(t *testing.T) {
	o := options
	var got []string
	o.Analyzers = []*proto.Analyzer{{Name: "complete", Doc: "when sides are complete", Start: func(s *proto.Setup) error {
		s.OnInspect(func(*proto.Flow, proto.Dir, *flow.Packet) {})
		for st := StageClientBanner; st < StageDone; st++ {
			proto.OnTx(s, Proto, st, func(f *proto.Flow, _ *Tx) {
				tx := f.Transactions()
				got = append(got, fmt.Sprint(st, tx.Complete(proto.Orig), tx.Complete(proto.Resp)))
				if st == StageRecord && !f.InspectionStopped() {
					t.Error("rules look into what is encrypted")
				}
			})
		}
		return nil
	}}}
	feed(t, o, session())
	want := fmt.Sprint([]string{
		fmt.Sprint(StageServerBanner, false, false), fmt.Sprint(StageClientBanner, false, false),
		fmt.Sprint(StageClientKex, false, false), fmt.Sprint(StageServerKex, false, false),
		fmt.Sprint(StageServerKeys, false, true), fmt.Sprint(StageClientKeys, true, true), fmt.Sprint(StageRecord, true, true),
	})
	if fmt.Sprint(got) != want {
		t.Errorf("%v, want %s", got, want)
	}
}
