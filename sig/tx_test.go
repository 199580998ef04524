package sig

import (
	"fmt"
	"strings"
	"testing"
)

// page is an HTTP answer.
func page(body string) string {
	return fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
}

// TestTransactions: a rule alerts once for each transaction in which it matches, with the transaction's number.
func TestTransactions(t *testing.T) {
	g := newWire(t)
	x := g.dial("10.0.0.1:1000", "10.0.0.2:80")
	for _, uri := range []string{"/one", "/two", "/one?again=1"} {
		x.say(client, "GET "+uri+" HTTP/1.1\r\nHost: shop.example\r\nUser-Agent: test\r\n\r\n")
		x.say(server, page("<b>you asked for "+uri+"</b>"))
	}
	x.hangup(client)
	trial{rules: `
alert http any any -> any any (http.uri; content:"/one"; sid:1;)
alert http any any -> any any (http.uri; content:"/one"; bsize:4; sid:2;)
alert http any any -> any any (flow:to_client; file.data; content:"asked for /one"; sid:3;)
alert http any any -> any any (http.method; content:"GET"; http.uri; content:"/two"; sid:4;)
alert http any any -> any any (http.host; content:"shop.example"; bsize:12; sid:5;)
alert http any any -> any any (http.uri; content:!"/one"; sid:6;)
alert http any any -> any any (http.stat_code; content:"200"; sid:7;)
alert tcp any any -> any any (content:"/two"; sid:8;)
alert http any any -> any any (content:"/one"; http_uri; content:"again"; http_uri; distance:1; sid:9;)
alert http any any -> any any (http.uri; content:"/one"; pcre:"/again=\d$/R"; sid:10;)
alert http any any -> any any (pcre:"/again=\d$/U"; sid:11;)
alert http any any -> any any (urilen:4; sid:12;)
alert http any any -> any any (http.uri; content:"/one"; http.user_agent; content:"test"; flow:to_server; sid:13;)
alert http any any -> any any (http.uri; content:"/one"; http.user_agent; content:"rest"; sid:14;)
alert http any any -> any any (http.uri; bsize:>4; sid:15;)
alert http any any -> any any (http.header; content:"Host|3a| shop"; content:"User-Agent"; distance:0; sid:16;)
alert http any any -> any any (flow:to_client; http.header; content:"Content-Length"; sid:17;)
alert http any any -> any any (msg:"nothing but the protocol"; flow:to_server; sid:18;)
`, want: "1@7/0 2@7/0 5@7/0 12@7/0 13@7/0 16@7/0 18@7 18@8 3@9/0 7@9/0 17@9/0 4@11/1 5@11/1 6@11/1 8@11/1 12@11/1 16@11/1 18@11 18@12 7@13/1 8@13/1 17@13/1 1@15/2 5@15/2 9@15/2 10@15/2 11@15/2 13@15/2 15@15/2 16@15/2 18@15 18@16 3@17/2 7@17/2 17@17/2 18@18"}.check(t, g.capture())
}

// TestTransactionInPieces: what a rule asks of a request is found however it is cut, and told once.
func TestTransactionInPieces(t *testing.T) {
	const request = "POST /form HTTP/1.1\r\nHost: a\r\nContent-Length: 24\r\n\r\nname=alice&color=magenta1"
	rs := compile(t, `alert http any any -> any any (http.method; content:"POST"; http.request_body; content:"alice"; content:"magenta"; distance:7; within:7; sid:1;)`, Options{})
	for _, size := range []int{1, 2, 3, 7, 30, 1000} {
		g := newWire(t)
		x := g.dial("10.0.0.1:1000", "10.0.0.2:80")
		for rest := request; rest != ""; rest = rest[min(size, len(rest)):] {
			x.say(client, rest[:min(size, len(rest))])
		}
		x.say(server, page("thanks"))
		x.hangup(client)
		got := outcome(t, eveOf(t, rs, g.capture(), 1, "alert"))
		if strings.Count(got, "@") != 1 || !strings.HasSuffix(got, "/0") {
			t.Errorf("in pieces of %d bytes: %q", size, got)
		}
	}
}

// TestDNS: queries by their names, each datagram a transaction.
func TestDNS(t *testing.T) {
	g := newWire(t)
	ask := func(id byte, name string) {
		q := "\x00" + string(rune(id)) + "\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00"
		for label := range strings.SplitSeq(name, ".") {
			q += string(rune(len(label))) + label
		}
		g.udp("10.0.0.1:1000", "10.0.0.53:53", q+"\x00\x00\x01\x00\x01")
	}
	ask(1, "www.example.com")
	ask(2, "Mail.Example.Org")
	ask(3, "example.com")
	trial{rules: `
alert dns any any -> any any (dns.query; content:"example.com"; sid:1;)
alert dns any any -> any any (dns.query; content:"example.com"; startswith; sid:2;)
alert dns any any -> any any (dns.query; content:"example.org"; nocase; endswith; sid:3;)
alert dns any any -> any any (dns.query; content:"example.org"; sid:4;)
alert dns any any -> any any (dns.query; dotprefix; content:".example.com"; endswith; sid:5;)
alert dns any any -> any any (dns.query; pcre:"/^\w+\.example\./i"; sid:6;)
alert dns any any -> any any (dns.query; bsize:11; sid:7;)
alert dns any any -> any any (dns.opcode:0; sid:8;)
alert udp any any -> any 53 (content:"|07|example"; nocase; sid:9;)
alert dns any any -> any any (dns_query; content:"www"; sid:10;)
`, want: "1@1/0 5@1/0 6@1/0 8@1/0 9@1 10@1/0 3@2/1 6@2/1 8@2/1 9@2 1@3/2 2@3/2 5@3/2 7@3/2 8@3/2 9@3"}.check(t, g.capture())
}

// TestTransforms: buffers are changed before they are looked at.
func TestTransforms(t *testing.T) {
	g := newWire(t)
	x := g.dial("10.0.0.1:1000", "10.0.0.2:80")
	x.say(client, "POST /a%20b/c+d?x=%41 HTTP/1.1\r\nHost: www.Shop.example\r\nUser-Agent: two  \t blanks\r\nCookie: c2VjcmV0\r\nX-Key: 1\r\nContent-Length: 3\r\n\r\nabc")
	x.say(server, page("ok"))
	x.hangup(client)
	lines(t, g.capture(), "http any any -> any any", `
		+ http.user_agent; content:"two  |09| blanks";
		+ http.user_agent; strip_whitespace; content:"twoblanks";
		- http.user_agent; strip_whitespace; pcre:"/ /";
		+ http.user_agent; compress_whitespace; content:"two blanks";
		- http.user_agent; compress_whitespace; content:"|09|";
		+ http.request_body; to_md5; content:"|90 01 50 98 3c d2 4f b0 d6 96 3f 7d 28 e1 7f 72|"; bsize:16;
		+ http.request_body; to_sha1; content:"|a9 99 3e 36 47 06 81 6a ba 3e 25 71 78 50 c2 6c 9c d0 d8 9d|";
		+ http.request_body; to_sha256; content:"|ba 78 16 bf|"; startswith; bsize:32;
		+ http.request_body; xor:"01"; content:"|60 63 62|";
		- http.request_body; xor:"01"; content:"abc";
		+ http.uri.raw; url_decode; content:"/a b/c d?x=A";
		+ http.uri.raw; content:"/a%20b/c+d";
		+ http.uri; pcrexform:"x=(\w)"; content:"A"; bsize:1;
		+ http.host; dotprefix; content:".shop.example"; endswith;
		+ http.user_agent; strip_whitespace; to_md5; bsize:16;
		+ http.user_agent; content:"two"; http.user_agent; strip_whitespace; content:"twob";
	`)
	rs := compile(t, `
alert http any any -> any any (http.cookie; from_base64; content:"secret"; sid:1;)
alert http any any -> any any (http.request_body; to_uppercase; content:"ABC"; sid:2;)
alert http any any -> any any (http.user_agent; to_lowercase; content:"two"; sid:3;)
alert http any any -> any any (http.request_body; subslice:1,1; content:"b"; bsize:1; sid:4;)
alert http any any -> any any (http.request_body; subslice:-1; content:"c"; bsize:1; sid:5;)
alert http any any -> any any (http.host; tld; content:"example"; bsize:7; sid:6;)
alert http any any -> any any (http.host; domain; content:"shop.example"; bsize:12; sid:7;)
alert http any any -> any any (http.request_header; header_lowercase; content:"x-key"; sid:8;)
alert http any any -> any any (http.request_body; entropy:value >= 1.58; sid:9;)
alert http any any -> any any (http.request_body; entropy:value > 1.6; sid:10;)
`, Options{})
	if got := outcome(t, eveOf(t, rs, g.capture(), 1, "alert")); strings.Count(got, "@") != 9 || strings.Contains(got, "10@") {
		t.Errorf("transforms of later versions: %s", got)
	}
}

// TestDatasets: sets that are loaded, and sets that rules fill and ask.
func TestDatasets(t *testing.T) {
	g := newWire(t)
	x := g.dial("10.0.0.1:1000", "10.0.0.2:80")
	for _, agent := range []string{"good", "evil", "good", "evil", "new"} {
		x.say(client, "GET / HTTP/1.1\r\nHost: a\r\nUser-Agent: "+agent+"\r\n\r\n")
		x.say(server, page("ok"))
	}
	x.hangup(client)
	capture := g.capture()
	lists := map[string]string{
		"bad.lst": "ZXZpbA==\n",                         // evil
		"md5.lst": "4034a346ccee15292d823416f7510a2f\n", // of evil
		"rep.lst": "ZXZpbA==,90\nZ29vZA==,10\n",
	}
	trial{lists: lists, rules: `
alert http any any -> any any (http.user_agent; dataset:isset,bad,type string,load bad.lst; sid:1;)
alert http any any -> any any (http.user_agent; dataset:isnotset,bad; sid:2;)
alert http any any -> any any (http.user_agent; to_md5; dataset:isset,hashes,type md5,load md5.lst; sid:3;)
alert http any any -> any any (http.user_agent; datarep:rep,>,50,load rep.lst,type string; sid:4;)
alert http any any -> any any (http.user_agent; datarep:rep,<,50; sid:5;)
`, want: "2@7/0 5@7/0 1@11/1 3@11/1 4@11/1 2@15/2 5@15/2 1@19/3 3@19/3 4@19/3 2@23/4"}.check(t, capture)
	trial{rules: `
alert http any any -> any any (http.user_agent; dataset:set,seen,type string,state seen.lst; sid:1;)
alert http any any -> any any (http.user_agent; content:"evil"; dataset:isset,seen; sid:2;)
`, want: "1@7/0 1@11/1 2@11/1 2@19/3 1@23/4"}.check(t, capture)
}

// TestFiles: names, types and hashes of what was carried.
func TestFiles(t *testing.T) {
	g := newWire(t)
	x := g.dial("10.0.0.1:1000", "10.0.0.2:80")
	x.say(client, "GET /docs/report.pdf HTTP/1.1\r\nHost: a\r\n\r\n")
	x.say(server, page("%PDF-1.4 small"))
	x.hangup(client)
	trial{lists: map[string]string{"md5.lst": "6bc900414844c643a8c0592a973391a2\n"}, rules: `
alert http any any -> any any (fileext:"pdf"; sid:1;)
alert http any any -> any any (filename:"report"; sid:2;)
alert http any any -> any any (filename:"letter"; sid:3;)
alert http any any -> any any (filesize:14; sid:4;)
alert http any any -> any any (filesize:>14; sid:5;)
alert http any any -> any any (flow:to_client; file.data; content:"%PDF-"; startswith; sid:6;)
alert http any any -> any any (file.name; content:"report.pdf"; endswith; sid:7;)
alert http any any -> any any (filemd5:md5.lst; sid:8;)
`, want: "1@9/0 2@9/0 4@9/0 6@9/0 7@9/0 8@9/0"}.check(t, g.capture())
}
