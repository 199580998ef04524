package sig

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	stdnetip "net/netip"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/wirelore/wirelore/proto/all"
	"github.com/wirelore/wirelore/sig/rule"
)

// samples are one use of each keyword, as options of a rule of alert ip.
var samples = map[string]string{
	"msg": `msg:"hello"`, "sid": ``, "rev": `rev:3`, "gid": `gid:2`, "priority": `priority:2`, "classtype": `classtype:trojan-activity`,
	"reference": `reference:url,example.com/a`, "metadata": `metadata:created_at 2026_01_01, severity high`, "target": `target:src_ip`,
	"noalert": `noalert`, "alert": `alert`, "requires": `requires:version >= 7`, "bypass": `bypass`, "prefilter": `content:"abc"; prefilter`,
	"tag": `tag:session,5,packets`, "config": `config:logging disable, type tx, scope tx`,
	"threshold": `threshold:type limit, track by_src, count 1, seconds 60`, "detection_filter": `detection_filter:track by_src, count 1, seconds 60`,
	"content": `content:"abc"`, "uricontent": `uricontent:"abc"`, "nocase": `content:"abc"; nocase`, "offset": `content:"abc"; offset:1`,
	"depth": `content:"abc"; depth:3`, "distance": `content:"abc"; content:"d"; distance:0`, "within": `content:"abc"; content:"d"; within:1`,
	"startswith": `content:"abc"; startswith`, "endswith": `content:"abc"; endswith`, "rawbytes": `content:"abc"; rawbytes`,
	"fast_pattern": `content:"abc"; fast_pattern`, "pcre": `pcre:"/a+/"`, "isdataat": `isdataat:10`, "bsize": `http.uri; bsize:4`,
	"dsize": `dsize:>5`, "urilen": `urilen:5<>9`, "byte_test": `byte_test:1,=,1,0`, "byte_jump": `byte_jump:1,0`, "byte_extract": `byte_extract:1,0,v`,
	"byte_math": `byte_math:bytes 1, offset 0, oper +, rvalue 1, result r`, "rpc": `rpc:100000,2,*`, "base64_decode": `base64_decode`,
	"base64_data": `base64_decode; base64_data; content:"abc"`, "pkt_data": `http.uri; content:"abc"; pkt_data; content:"abc"`,
	"absent": `http.referer; absent`, "entropy": `http.uri; entropy:value > 4`, "asn1": `asn1:bitstring_overflow`, "flowvar": `flowvar:v,"abc"`,
	"pktvar": `pktvar:v,"abc"`, "flow": `flow:established,to_server`, "flowbits": `flowbits:isset,abc`, "flowint": `flowint:abc, >, 1`,
	"hostbits": `hostbits:isset,abc,src`, "xbits": `xbits:set,abc,track ip_pair,expire 10`, "stream_size": `stream_size:client,>,100`,
	"app-layer-protocol": `app-layer-protocol:!http`, "flow.age": `flow.age:>1`, "flow.pkts": `flow.pkts:toserver,>1`, "flow.bytes": `flow.bytes:both,>1`,
	"flow.pkts_toserver": `flow.pkts_toserver:>1`, "flow.pkts_toclient": `flow.pkts_toclient:3`, "flow.bytes_toserver": `flow.bytes_toserver:>1`,
	"flow.bytes_toclient": `flow.bytes_toclient:<1000`, "dataset": `http.uri; dataset:isset,d,type string,load list`, "datarep": `http.uri; datarep:r,>,5,type string,load reps`,
	"iprep": `iprep:src,bad,>,10`, "geoip": `geoip:src,NO`, "ttl": `ttl:5`, "id": `id:7`, "tos": `tos:!4`, "itype": `itype:8`, "icode": `icode:<3`,
	"icmp_id": `icmp_id:1`, "icmp_seq": `icmp_seq:1`, "icmpv6.mtu": `icmpv6.mtu:>1280`, "seq": `seq:1`, "ack": `ack:1`, "window": `window:!55`,
	"tcp.seq": `tcp.seq:1`, "tcp.ack": `tcp.ack:1`, "tcp.window": `tcp.window:1`, "tcp.mss": `tcp.mss:500-1000`, "flags": `flags:S+,CE`, "tcp.flags": `tcp.flags:!A`,
	"fragbits": `fragbits:M+`, "fragoffset": `fragoffset:>0`, "sameip": `sameip`, "ip_proto": `ip_proto:!TCP`, "l3_proto": `l3_proto:ipv6`,
	"ipopts": `ipopts:rr`, "ipv4-csum": `ipv4-csum:invalid`, "tcpv4-csum": `tcpv4-csum:valid`, "tcpv6-csum": `tcpv6-csum:valid`, "udpv4-csum": `udpv4-csum:valid`,
	"udpv6-csum": `udpv6-csum:valid`, "icmpv4-csum": `icmpv4-csum:valid`, "icmpv6-csum": `icmpv6-csum:valid`, "igmp-csum": `igmp-csum:valid`,
	"vlan.id": `vlan.id:100,0`, "vlan.layers": `vlan.layers:>1`, "igmp.type": `igmp.type:1`, "decode-event": `decode-event:ipv4.pkt_too_small`,
	"stream-event": `stream-event:est_packet_out_of_window`, "engine-event": `engine-event:ipv4.pkt_too_small`,
	"app-layer-event": `app-layer-event:http.request_field_missing_colon`, "frame": `frame:tls.pdu; content:"abc"`, "filename": `filename:"abc"`,
	"fileext": `fileext:"exe"`, "filemagic": `filemagic:"PDF"`, "filesize": `filesize:>5`, "filemd5": `filemd5:md5s`, "filesha1": `filesha1:sha1s`,
	"filesha256": `filesha256:sha256s`, "filestore": `filestore`,
}

func sampleOptions() Options {
	return Options{
		Protocols:  all.Default(),
		Country:    func(stdnetip.Addr) (string, bool) { return "NO", true },
		Reputation: func(string, stdnetip.Addr) (int, bool) { return 50, true },
		Data: fstest.MapFS{
			"list": {Data: []byte("YWJj\n")}, "reps": {Data: []byte("YWJj,7\n")}, "md5s": {Data: []byte(strings.Repeat("ab", 16) + "\n")},
			"sha1s": {Data: []byte(strings.Repeat("ab", 20) + "\n")}, "sha256s": {Data: []byte(strings.Repeat("ab", 32) + "\n")},
			"bad": {Data: []byte("YWJj\nthis is no base64\n")},
		},
	}
}

// TestEveryKeyword: each keyword compiles as its sample has it, tells when its value is missing, and when it has one too many.
func TestEveryKeyword(t *testing.T) {
	for name, k := range keywords {
		sample, ok := samples[name]
		if !ok {
			t.Errorf("%s: no sample of it", name)
			continue
		}
		if bad := problemsOf(t, "alert ip any any -> any any ("+sample+"; sid:1;)"); sample != "" && len(bad) > 0 {
			t.Errorf("%s", bad[0])
		}
		text, want := name, name+" needs a value"
		switch k.need {
		case 0:
			continue
		case -1:
			text, want = name+":surplus", name+" takes no value"
		}
		before := "alert ip any any -> any any ("
		bad := problemsOf(t, before+text+"; sid:1;)")
		if name == "sid" {
			bad = problemsOf(t, before+text+";)")
		}
		if len(bad) != 1 || bad[0].Msg != want || bad[0].Column != len(before)+1 {
			t.Errorf("%s: %v, want %q", text, bad, want)
		}
	}
	for name := range samples {
		if _, ok := keywords[name]; !ok {
			t.Errorf("%s is no keyword", name)
		}
	}
}

// problemsOf compiles rules and returns what was refused.
func problemsOf(t testing.TB, text string) []*rule.Problem {
	t.Helper()
	o := sampleOptions()
	rs, err := CompileFiles(t.Context(), []File{{Name: "test.rules", Text: text}}, &o)
	if err != nil {
		t.Fatal(err)
	}
	return rs.Problems()
}

// refusals are rules with what is wrong with them; § stands where the problem is told to be.
var refusals = []struct{ rule, msg string }{
	// The header.
	{`§warn ip any any -> any any (sid:1;)`, `unknown action "warn"`},
	{`alert §nosuch any any -> any any (sid:1;)`, "there is no protocol nosuch"},
	{`alert tcp §$NOSUCH any -> any any (sid:1;)`, `unknown variable "NOSUCH"`},
	{`alert tcp §10.0.0.300 any -> any any (sid:1;)`, `no address: "10.0.0.300"`},
	{`alert tcp §[10.0.0.0/8,!10.0.0.0/8] any -> any any (sid:1;)`, "no addresses are left"},
	{`alert tcp any §70000 -> any any (sid:1;)`, `no port: "70000"`},
	{`alert tcp any any -> any [80,§$NOSUCH] (sid:1;)`, `unknown variable "NOSUCH"`},
	{`alert tcp any any §=> any any (sid:1;)`, `direction is neither -> nor <>: "=>"`},
	{`alert tcp any any -> any §(sid:1;)`, "no space before the options"},
	{`alert tcp any any -> any any§`, "no options"},
	{`alert tcp any any -> any any (§sid:1)`, `no ";" after the option`},
	// What a rule says of itself.
	{`§alert tcp any any -> any any (msg:"a";)`, "the rule has no sid"},
	{`alert tcp any any -> any any (§sid:0;)`, `sid: "0" is no number above 0`},
	{`alert tcp any any -> any any (§sid:many;)`, `sid: "many" is no number above 0`},
	{`alert tcp any any -> any any (§rev:-1; sid:1;)`, `rev: "-1" is no number`},
	{`alert tcp any any -> any any (§priority:high; sid:1;)`, `priority: "high" is no priority`},
	{`alert tcp any any -> any any (§reference:nocomma; sid:1;)`, "reference: give a kind, a comma and what it refers to"},
	{`alert tcp any any -> any any (§target:both; sid:1;)`, `target: "both": src_ip or dest_ip`},
	{`alert tcp any any -> any any (§nosuch:1; sid:1;)`, "there is no keyword nosuch"},
	{`alert tcp any any -> any any (§lua:x.lua; sid:1;)`, "the keyword lua is not supported: scripts are not run; write the check as an analyzer, or leave the rule out"},
	{`alert tcp any any -> any any (msg:§"a; sid:1;)`, `value starts with a quote and does not end with one: unescaped ";" or missing one?`},
	// Contents.
	{`alert tcp any any -> any any (§content:abc; sid:1;)`, "content: value is not quoted"},
	{`alert tcp any any -> any any (§content:""; sid:1;)`, "content: empty value"},
	{`alert tcp any any -> any any (§content:"a|0g|"; sid:1;)`, `content: no hex digit: "g"`},
	{`alert tcp any any -> any any (§content:"a|0"; sid:1;)`, `content: no "|" after the hex part`},
	{`alert tcp any any -> any any (§content:"a|012|"; sid:1;)`, "content: hex byte of one digit"},
	{`alert tcp any any -> any any (§nocase; sid:1;)`, "nocase: it stands behind no content"},
	{`alert tcp any any -> any any (content:"abc"; nocase; §nocase; sid:1;)`, "nocase: it stands twice behind one content"},
	{`alert tcp any any -> any any (content:"abc"; §offset:-1; sid:1;)`, "offset: it is negative"},
	{`alert tcp any any -> any any (content:"abc"; §offset:70000; sid:1;)`, "offset: 70000 is out of range"},
	{`alert tcp any any -> any any (content:"abc"; §offset:x; sid:1;)`, `offset: "x" is neither a number nor a variable that was extracted before`},
	{`alert tcp any any -> any any (content:"abc"; §offset:!5; sid:1;)`, "offset: it cannot be negated"},
	{`alert tcp any any -> any any (content:"abc"; §depth:2; sid:1;)`, "depth: 2 is less than the content's length 3"},
	{`alert tcp any any -> any any (content:"abc"; depth:5; §depth:5; sid:1;)`, "depth: it stands twice behind one content"},
	{`alert tcp any any -> any any (content:"a"; content:"abc"; §within:2; sid:1;)`, "within: 2 is less than the content's length 3"},
	{`alert tcp any any -> any any (content:"a"; content:"abc"; distance:1; §offset:1; sid:1;)`, "offset: a content that is relative has no offset"},
	{`alert tcp any any -> any any (content:"a"; content:"abc"; depth:9; §distance:1; sid:1;)`, "distance: it does not go with offset, depth or startswith"},
	{`alert tcp any any -> any any (content:"abc"; offset:2; §startswith; sid:1;)`, "startswith: it does not go with offset, depth, distance or within"},
	{`alert tcp any any -> any any (content:"abc"; startswith; §depth:9; sid:1;)`, "depth: it does not go with startswith"},
	{`alert tcp any any -> any any (content:"abc"; fast_pattern; content:"def"; §fast_pattern; sid:1;)`, "fast_pattern: a rule has one at most"},
	{`alert tcp any any -> any any (content:"abc"; §fast_pattern:2,2; sid:1;)`, `fast_pattern: "2,2" is no part of the content`},
	{`alert tcp any any -> any any (content:"abc"; offset:1; §fast_pattern:only; sid:1;)`, "fast_pattern: only does not go with a content that has a place"},
	{`alert tcp any any -> any any (§isdataat:x; sid:1;)`, `isdataat: "x" is neither a number nor a variable`},
	{`alert tcp any any -> any any (§isdataat:1,backwards; sid:1;)`, `isdataat: unknown option "backwards"`},
	{`alert tcp any any -> any any (§bsize:5; sid:1;)`, "bsize: it stands behind a sticky buffer"},
	{`alert tcp any any -> any any (§dsize:x; sid:1;)`, `dsize: "x" is no condition on a number of 16 bits: "x" is no number of 16 bits`},
	{`alert tcp any any -> any any (dsize:5; §dsize:6; sid:1;)`, "dsize: it stands twice in one rule"},
	{`alert tcp any any -> any any (§pcre:"abc"; sid:1;)`, "pcre: an expression stands between slashes"},
	{`alert tcp any any -> any any (§pcre:"/(/"; sid:1;)`, "pcre: pcre: offset 1: missing closing parenthesis"},
	{`alert tcp any any -> any any (§pcre:"/a/Q!"; sid:1;)`, "pcre: unknown flag '!'"},
	{`alert tcp any any -> any any (§pcre:"/a/UH"; sid:1;)`, "pcre: two flags name a buffer"},
	{`alert tcp any any -> any any (§pcre:"/a/,flow:x"; sid:1;)`, "pcre: there is no group for the variable flow:x"},
	// Numbers.
	{`alert tcp any any -> any any (§byte_test:1,=,1; sid:1;)`, "byte_test: give bytes, operator, value and offset"},
	{`alert tcp any any -> any any (§byte_test:9,=,1,0; sid:1;)`, "byte_test: 9 bytes are too many: at most 8"},
	{`alert tcp any any -> any any (§byte_test:1,~,1,0; sid:1;)`, `byte_test: unknown operator "~"`},
	{`alert tcp any any -> any any (§byte_test:1,=,v,0; sid:1;)`, `byte_test: "v" is neither a number nor a variable that was extracted before`},
	{`alert tcp any any -> any any (§byte_test:1,=,1,0,sideways; sid:1;)`, `byte_test: unknown option "sideways"`},
	{`alert tcp any any -> any any (§byte_jump:1; sid:1;)`, "byte_jump: give bytes and offset"},
	{`alert tcp any any -> any any (§byte_jump:1,0,multiplier 0; sid:1;)`, "byte_jump: the multiplier is out of range"},
	{`alert tcp any any -> any any (§byte_extract:1,0,1v; sid:1;)`, `byte_extract: "1v" is no name of a variable`},
	{`alert tcp any any -> any any (§byte_extract:1,0,v,align 3; sid:1;)`, "byte_extract: align is 2 or 4"},
	{`alert tcp any any -> any any (§byte_math:bytes 1, offset 0, oper %, rvalue 1, result r; sid:1;)`, `byte_math: unknown operator "%"`},
	{`alert tcp any any -> any any (§byte_math:bytes 1, offset 0, oper /, rvalue 0, result r; sid:1;)`, "byte_math: a division by zero"},
	{`alert tcp any any -> any any (§base64_data; content:"abc"; sid:1;)`, "base64_data: it stands behind base64_decode"},
	{`alert tcp any any -> any any (§rpc:*,2,3; sid:1;)`, "rpc: the program must be a number"},
	// Buffers.
	{`§alert http any any -> any any (http.uri; sid:1;)`, "nothing is tested on http.uri"},
	{`alert http any any -> any any (http.uri; §http.host; content:"a"; sid:1;)`, "nothing is tested on http.uri"},
	{`alert http any any -> any any (§http_uri; sid:1;)`, "it stands behind no content"},
	{`alert http any any -> any any (http.uri; content:"a"; §http_uri; sid:1;)`, "a modifier stands behind a content without a sticky buffer"},
	{`§alert dns any any -> any any (http.uri; content:"a"; sid:1;)`, "the protocol dns has no buffer http.uri"},
	{`§alert http any any -> any any (flow:to_client; http.uri; content:"a"; sid:1;)`, "http.uri does not exist in the rule's direction"},
	{`§alert http any any -> any any (http.uri; content:"a"; http.stat_code; content:"200"; sid:1;)`, "http.stat_code does not exist in the rule's direction"},
	{`alert http any any -> any any (§to_md5; content:"a"; sid:1;)`, "a transform stands behind a sticky buffer"},
	{`alert http any any -> any any (http.uri; §to_md5:5; content:"a"; sid:1;)`, "to_md5: it takes no value"},
	{`alert http any any -> any any (http.uri; §xor:"zz"; content:"a"; sid:1;)`, `xor: "zz" is no key in hexadecimal`},
	{`alert http any any -> any any (http.uri; §pcrexform:"a"; content:"a"; sid:1;)`, "pcrexform: the expression needs one group"},
	{`alert http any any -> any any (§absent; sid:1;)`, "absent: it stands behind a sticky buffer"},
	{`alert http any any -> any any (§app-layer-protocol:dns; sid:1;)`, "app-layer-protocol: the rule is bound to a protocol by its header"},
	{`alert tcp any any -> any any (§app-layer-protocol:nosuch; sid:1;)`, "app-layer-protocol: there is no protocol nosuch"},
	{`alert tcp any any -> any any (§app-layer-event:nosuch.event; sid:1;)`, "app-layer-event: there is no protocol nosuch"},
	{`alert tcp any any -> any any (§frame:http.nosuch; content:"a"; sid:1;)`, "frame: there is no frame nosuch of http"},
	// Flows and variables.
	{`alert tcp any any -> any any (§flow:sideways; sid:1;)`, `flow: unknown option "sideways"`},
	{`alert tcp any any -> any any (§flow:to_server,to_client; sid:1;)`, "flow: options contradict each other"},
	{`alert tcp any any -> any any (§flow:established,not_established; sid:1;)`, "flow: options contradict each other"},
	{`alert tcp any any -> any any (§flowbits:isset; sid:1;)`, "flowbits: isset needs a name"},
	{`alert tcp any any -> any any (§flowbits:jump,a; sid:1;)`, `flowbits: unknown command "jump"`},
	{`alert tcp any any -> any any (§flowbits:set,a|b; sid:1;)`, "flowbits: only isset and isnotset take several names"},
	{`alert tcp any any -> any any (§flowbits:!isset,a; sid:1;)`, "flowbits: it cannot be negated"},
	{`alert tcp any any -> any any (§flowint:abc; sid:1;)`, "flowint: give a name, an operator and a value"},
	{`alert tcp any any -> any any (§flowint:abc, ~, 1; sid:1;)`, `flowint: unknown operator "~"`},
	{`alert tcp any any -> any any (§hostbits:set; sid:1;)`, "hostbits: give a command, a name and src or dst"},
	{`alert tcp any any -> any any (§hostbits:set,a,both; sid:1;)`, `hostbits: "both" is neither src nor dst`},
	{`alert tcp any any -> any any (§xbits:set,a; sid:1;)`, "xbits: give a command, a name and what is tracked"},
	{`alert tcp any any -> any any (§xbits:set,a,track tx; sid:1;)`, `xbits: "track tx": track ip_src, ip_dst or ip_pair`},
	{`alert tcp any any -> any any (§xbits:set,a,track ip_src,expire 0; sid:1;)`, `xbits: "expire 0": expire and a number of seconds`},
	{`alert tcp any any -> any any (§threshold:type limit, track by_src, count 1; sid:1;)`, "threshold: type, track, count and seconds are needed"},
	{`alert tcp any any -> any any (§threshold:type backoff, track by_src, count 1, multiplier 2; sid:1;)`, "threshold: type backoff needs track by_flow, count and multiplier, no seconds"},
	{`alert tcp any any -> any any (§threshold:type backoff, track by_flow, count 1, multiplier 0; sid:1;)`, "threshold: count and multiplier must be above 0"},
	{`alert tcp any any -> any any (§threshold:type limit, track by_src, count 1, multiplier 2; sid:1;)`, "threshold: multiplier is for type backoff"},
	{`alert tcp any any -> any any (§detection_filter:type limit, track by_src, count 1, seconds 2; sid:1;)`, "detection_filter: only track, count and seconds are known"},
	{`alert tcp any any -> any any (§threshold:type limit, track by_src, count 0, seconds 1; sid:1;)`, "threshold: count and seconds must be above 0"},
	{`alert tcp any any -> any any (§threshold:type often, track by_src, count 1, seconds 1; sid:1;)`, `threshold: unknown type "often"`},
	{`alert tcp any any -> any any (§detection_filter:track by_name, count 1, seconds 1; sid:1;)`, `detection_filter: unknown track "by_name"`},
	{`alert tcp any any -> any any (§tag:world; sid:1;)`, `tag: "world": session or host`},
	{`alert tcp any any -> any any (§stream_size:nobody,>,5; sid:1;)`, `stream_size: "nobody" is no side: client, server, both or either`},
	// Packets.
	{`alert tcp any any -> any any (§ttl:300; sid:1;)`, `ttl: "300" is no condition on a number of 8 bits: "300" is no number of 8 bits`},
	{`alert tcp any any -> any any (§ttl:5-3; sid:1;)`, `ttl: "5-3" is no condition on a number of 8 bits: there is nothing between 5 and 3`},
	{`alert tcp any any -> any any (§flags:Q; sid:1;)`, "flags: unknown flag 'Q'"},
	{`alert tcp any any -> any any (§fragbits:Q; sid:1;)`, "fragbits: unknown flag 'Q'"},
	{`alert ip any any -> any any (§ip_proto:nosuch; sid:1;)`, `ip_proto: "nosuch" is no IP protocol`},
	{`alert ip any any -> any any (§ipopts:nosuch; sid:1;)`, `ipopts: unknown option "nosuch"`},
	{`alert ip any any -> any any (§ipv4-csum:perhaps; sid:1;)`, `ipv4-csum: "perhaps" is neither valid nor invalid`},
	{`alert ip any any -> any any (§decode-event:nosuch; sid:1;)`, "decode-event: there is no event nosuch"},
	// Lists.
	{`alert http any any -> any any (http.uri; §dataset:isset,x,type string,load missing; sid:1;)`, "dataset: the set cannot be read: open missing: file does not exist"},
	{`alert http any any -> any any (http.uri; §dataset:isset,x,type string,load bad; sid:1;)`, "dataset: bad, line 2: it is not base64"},
	{`alert http any any -> any any (http.uri; §dataset:isset,x; sid:1;)`, "dataset: the set x has no type"},
	{`alert http any any -> any any (http.uri; §dataset:isset,x,type number; sid:1;)`, `dataset: unknown type "number": string, md5, sha256, ipv4 or ip`},
	{`alert http any any -> any any (http.uri; dataset:isset,x,type string; §dataset:isset,x,type md5; sid:1;)`, "dataset: the set x is of type string"},
	{`alert http any any -> any any (http.uri; §dataset:toggle,x,type string; sid:1;)`, `dataset: unknown command "toggle"`},
	{`alert http any any -> any any (http.uri; §datarep:x,~,5,type string,load reps; sid:1;)`, `datarep: unknown operator "~"`},
	{`alert http any any -> any any (http.uri; §datarep:x,>,5,type string,load list; sid:1;)`, "datarep: list, line 1: no reputation from 0 to 65535"},
	{`alert http any any -> any any (§filemd5:missing; sid:1;)`, "filemd5: the list cannot be read: open missing: file does not exist"},
	{`alert http any any -> any any (§filemd5:sha1s; sid:1;)`, `filemd5: sha1s, line 1: "abababababababababababababababababababab" is no hash of 16 bytes`},
	{`alert ip any any -> any any (§iprep:src,bad,>; sid:1;)`, "iprep: give side, category, operator and score"},
	{`alert http any any -> any any (§filestore:up; sid:1;)`, `filestore: "up" is no direction`},
}

// TestRefused: what is wrong with a rule is told in words, with file, line and column; the rules around it stay.
func TestRefused(t *testing.T) {
	const good = `alert udp any any -> any any (content:"good"; sid:%d;)` + "\n"
	for _, c := range refusals {
		before, after, marked := strings.Cut(c.rule, "§")
		o := sampleOptions()
		text := "# a comment\n" + fmt.Sprintf(good, 100) + before + after + "\n" + fmt.Sprintf(good, 101)
		rs, err := CompileFiles(t.Context(), []File{{Name: "a.rules", Text: text}}, &o)
		if err != nil {
			t.Errorf("%s: %v", c.rule, err)
			continue
		}
		if rs.Len() != 2 || len(rs.Problems()) != 1 {
			t.Errorf("%s\n%d rules are left, %d problems", c.rule, rs.Len(), len(rs.Problems()))
			continue
		}
		p := rs.Problems()[0]
		if p.File != "a.rules" || p.Line != 3 || !marked || p.Column != len(before)+1 || p.Msg != c.msg {
			t.Errorf("%s\n%s", c.rule, p)
		}
	}
}

// TestHostileFiles: whatever stands in a file, the good rule behind it is compiled, and each that is refused is told once.
func TestHostileFiles(t *testing.T) {
	const good = "\n" + `alert udp any any -> any any (content:"good"; sid:7;)` + "\n"
	random := rand.New(rand.NewPCG(1, 2))
	noise := make([]byte, 1<<16)
	for i := range noise {
		noise[i] = byte(random.Uint32())
	}
	for name, c := range map[string]struct {
		text  string
		least int // problems
	}{
		"nothing":            {"", 0},
		"comments":           {"# alert\n   \n#\n", 0},
		"noise":              {string(noise), 1},
		"zeros":              {strings.Repeat("\x00", 1<<16), 1},
		"a rule of 1 MB":     {`alert tcp any any -> any any (msg:"` + strings.Repeat("x", 1<<20) + `"; sid:1;)`, 1},
		"1 MB of options":    {`alert tcp any any -> any any (` + strings.Repeat("nocase; ", 1<<17) + `sid:1;)`, 1},
		"1 MB of addresses":  {`alert tcp [` + strings.Repeat("10.0.0.1,", 1<<17) + `10.0.0.2] any -> any any (sid:1;)`, 1},
		"brackets in depth":  {`alert tcp ` + strings.Repeat("[", 4000) + "10.0.0.1" + strings.Repeat("]", 4000) + ` any -> any any (sid:1;)`, 1},
		"many groups":        {`alert tcp any any -> any any (pcre:"/` + strings.Repeat("(", 3900) + strings.Repeat(")", 3900) + `/"; sid:1;)`, 1},
		"repeats of repeats": {`alert tcp any any -> any any (pcre:"/((a{1,900}){1,900}){1,900}/"; sid:1;)`, 1},
		"the same rule":      {strings.Repeat(`alert tcp any any -> any any (content:"a"; sid:1;)`+"\n", 100), 99},
		"an open line":       {`alert tcp any any -> any any (sid:1;) \`, 0},
		"a byte order mark":  {"\ufeffwarn\n", 1},
	} {
		rs, err := CompileFiles(t.Context(), []File{{Name: "a.rules", Text: c.text + "\n" + good}}, nil)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		n := len(rs.Problems())
		if rs.Len() == 0 || n < c.least || c.least == 0 && n > 0 {
			t.Errorf("%s: %d rules, %d problems %.200v", name, rs.Len(), n, rs.Problems())
		}
		for _, p := range rs.Problems() {
			if p.Line <= 0 || p.Column <= 0 || p.Msg == "" || len(p.Msg) > 1000 {
				t.Errorf("%s: %.300v", name, p)
			}
		}
	}
}

// TestVariables: variables that name each other in a circle cost the rules that use them, and no others.
func TestVariables(t *testing.T) {
	vars := rule.DefaultVars()
	maps.Copy(vars.Addresses, map[string]string{"A": "$B", "B": "[10.0.0.1,$A]", "C": "!$HOME_NET"})
	rs, err := CompileFiles(t.Context(), []File{{Name: "a.rules", Text: `
alert tcp $A any -> any any (sid:1;)
alert tcp any any -> $B any (sid:2;)
alert tcp $C any -> any any (sid:3;)
`}}, &Options{Vars: &vars})
	if err != nil {
		t.Fatal(err)
	}
	if rs.Len() != 1 || len(rs.Problems()) != 2 {
		t.Fatalf("%d rules, %v", rs.Len(), rs.Problems())
	}
	for i, p := range rs.Problems() {
		if p.Line != 2+i || !strings.Contains(p.Msg, "refers to itself") {
			t.Error(p)
		}
	}
}

// TestRevisions: of rules with one number the one of the highest revision counts, wherever it stands.
func TestRevisions(t *testing.T) {
	rs, err := CompileFiles(t.Context(), []File{
		{Name: "a.rules", Text: `alert udp any any -> any any (msg:"old"; content:"x"; sid:1; rev:1;)`},
		{Name: "b.rules", Text: `alert udp any any -> any any (msg:"new"; content:"x"; sid:1; rev:3;)`},
		{Name: "c.rules", Text: `alert udp any any -> any any (msg:"mid"; content:"x"; sid:1; rev:2;)`},
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	g := newWire(t)
	g.udp("10.0.0.1:1000", "10.0.0.2:7000", "x")
	eve := eveOf(t, rs, g.capture(), 1, "alert")
	if rs.Len() != 1 || bytes.Count(eve, []byte("\n")) != 1 || !bytes.Contains(eve, []byte(`"signature":"new"`)) {
		t.Errorf("%d rules: %s", rs.Len(), eve)
	}
	if p := rs.Problems(); len(p) != 2 || p[0].File != "a.rules" || !p[0].Warning || p[1].File != "c.rules" || p[1].Warning {
		t.Error(p)
	}
}

// TestSetsOfOtherRules: a rule may ask for a set that another one declares, before or behind it.
func TestSetsOfOtherRules(t *testing.T) {
	for range 20 { // rules are built side by side
		if bad := problemsOf(t, `
alert http any any -> any any (http.uri; dataset:isset,later; sid:1;)
alert http any any -> any any (http.uri; dataset:isset,later,type string,load list; sid:2;)
alert http any any -> any any (http.uri; dataset:isnotset,later; sid:3;)
alert http any any -> any any (http.uri; datarep:reps,>,3; sid:4;)
alert http any any -> any any (http.uri; datarep:reps,>,5,type string,load reps; sid:5;)
`); len(bad) > 0 {
			t.Fatal(bad)
		}
	}
}

// TestWrongOptions: what is wrong with the options is an error, not a problem of a rule.
func TestWrongOptions(t *testing.T) {
	one := fstest.MapFS{"a.rules": {Data: []byte(`alert udp any any -> any any (content:"x"; sid:1;)`)}}
	for name, c := range map[string]struct {
		pattern string
		o       Options
	}{
		"no file":            {"b*.rules", Options{}},
		"a broken pattern":   {"[", Options{}},
		"an order":           {"*", Options{ActionOrder: []string{"alert", "sing"}}},
		"a keyword":          {"*", Options{Keywords: []Keyword{{Name: "mine"}}}},
		"a keyword's name":   {"*", Options{Keywords: []Keyword{{Name: "content", Compile: func(string) (func([]byte) bool, error) { return nil, nil }}}}},
		"a set without type": {"*", Options{Datasets: []Dataset{{Name: "x"}}}},
		"a set's list":       {"*", Options{Datasets: []Dataset{{Name: "x", Type: "string", Load: "missing"}}}},
	} {
		if _, err := Compile(t.Context(), one, []string{c.pattern}, &c.o); err == nil || !strings.HasPrefix(err.Error(), "sig: ") {
			t.Errorf("%s: %v", name, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Compile(ctx, one, []string{"*"}, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// TestEndlessExpression: an expression that backtracks without end is given up; other rules still alert.
func TestEndlessExpression(t *testing.T) {
	g := newWire(t)
	for range 5 {
		g.udp("10.0.0.1:1000", "10.0.0.2:7000", "bc start "+strings.Repeat("a", 400)+"!")
	}
	rs := compile(t, `
alert udp any any -> any any (content:"start"; pcre:"/(a+)+\1+b/"; sid:1;)
alert udp any any -> any any (content:"start"; pcre:"/(?=(a+))\1*(\1|a?){20,30}c/"; sid:2;)
alert udp any any -> any any (content:"a"; content:"a"; distance:0; content:"a"; distance:0; content:"a"; distance:0; content:"c"; distance:0; sid:3;)
alert udp any any -> any any (content:"start"; pcre:"/a{400}!/"; sid:4;)
`, Options{})
	began := time.Now()
	if got := outcome(t, eveOf(t, rs, g.capture(), 1, "alert")); got != "4@1 4@2 4@3 4@4 4@5" {
		t.Error(got)
	}
	if took := time.Since(began); took > 20*time.Second {
		t.Errorf("it took %v", took)
	}
}
