package sig_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"testing/fstest"

	"github.com/wirelore/wirelore"
	"github.com/wirelore/wirelore/flow"
	"github.com/wirelore/wirelore/proto/all"
	"github.com/wirelore/wirelore/sig"
)

// Rules from files: what is wrong with one is told with its place, and loses no other.
func ExampleCompile() {
	files := fstest.MapFS{
		"web.rules": {Data: []byte(`
alert http any any -> any any (msg:"a picture"; http.uri; content:".png"; endswith; sid:1;)
alert http any any -> any any (msg:"no such keyword"; http.url; content:"/"; sid:2;)
`)},
		"known.rules": {Data: []byte(`
alert dns any any -> any any (msg:"known bad"; dns.query; dataset:isset,bad,type string,load bad.lst; sid:3;)
alert dns any any -> any any (msg:"a list that is not there"; dns.query; dataset:isset,worse,type string,load worse.lst; sid:4;)
`)},
		"bad.lst": {Data: []byte("ZXZpbC5leGFtcGxl\n")}, // evil.example
	}
	rs, err := sig.Compile(context.Background(), files, []string{"*.rules"}, &sig.Options{Protocols: all.Default()})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(rs.Len(), "rules")
	for _, p := range rs.Problems() {
		fmt.Println(p)
	}
	// Output:
	// 2 rules
	// known.rules:3:74: sid 4: dataset: the set cannot be read: open worse.lst: file does not exist
	// web.rules:3:55: sid 2: there is no keyword http.url
}

// alerts prints how often each rule alerts in the capture of testdata.
func alerts(text string, o *sig.Options) {
	o.Protocols = all.Default()
	rs, err := sig.CompileFiles(context.Background(), []sig.File{{Name: "own.rules", Text: text}}, o)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, p := range rs.Problems() {
		fmt.Println(p)
	}
	profile := flow.Suricata()
	e, err := wirelore.New(wirelore.Config{
		Analyzers: append(wirelore.Analyzers(), rs.Analyzer()),
		Profile:   &profile,
		EVE:       &wirelore.EVEOutput{Types: func(event string) bool { return event == "alert" }},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for r, err := range e.Records(context.Background(), wirelore.File("../testdata/office.pcapng")) {
		if err != nil {
			fmt.Println(err)
			return
		}
		var a struct {
			Packet int    `json:"pcap_cnt"`
			Source string `json:"src_ip"`
			Alert  struct {
				Message string `json:"signature"`
			} `json:"alert"`
		}
		if err := json.Unmarshal(r.Line, &a); err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("packet %d from %s: %s\n", a.Packet, a.Source, a.Alert.Message)
	}
}

// Rules on a capture: the engine judges them on packets, streams and transactions, and writes EVE's alert records.
func ExampleRuleSet_Analyzer() {
	alerts(`
alert http any any -> any any (msg:"fetches a feed"; http.method; content:"GET"; http.uri; content:"/feed"; bsize:5; sid:1;)
alert tcp any any -> any any (msg:"many ports"; flags:S; threshold:type both, track by_src, count 15, seconds 60; sid:2;)
alert icmp any any -> any any (msg:"a ping"; itype:8; icmp_seq:1; sid:3;)
`, &sig.Options{})
	// Output:
	// packet 31 from 10.1.0.21: fetches a feed
	// packet 287 from 2001:0db8:0001:0000:0000:0000:0000:0021: fetches a feed
	// packet 293 from 10.1.0.21: a ping
	// packet 337 from 10.1.0.22: many ports
}

// A keyword of one's own tests the buffer before it, or the payload.
func ExampleKeyword() {
	numbers := sig.Keyword{
		Name: "numbers", Doc: "at least so many numbers",
		Compile: func(arg string) (func(b []byte) bool, error) {
			n, err := strconv.Atoi(arg)
			if err != nil {
				return nil, errors.New("give a number")
			}
			return func(b []byte) bool {
				return len(bytes.FieldsFunc(b, func(r rune) bool { return r < '0' || r > '9' })) >= n
			}, nil
		},
	}
	alerts(`alert dns any any -> any any (msg:"numbers in a name"; dns.query; numbers:3; threshold:type limit, track by_src, count 1, seconds 600; sid:1;)`,
		&sig.Options{Keywords: []sig.Keyword{numbers}})
	// Output:
	// packet 57 from 10.1.0.22: numbers in a name
}

// A transform of one's own changes the buffer before it is looked at.
func ExampleTransform() {
	reverse := sig.Transform{
		Name: "reverse", Doc: "the last byte first",
		Compile: func(string) (func(dst, src []byte) []byte, error) {
			return func(dst, src []byte) []byte {
				for i := len(src) - 1; i >= 0; i-- {
					dst = append(dst, src[i])
				}
				return dst
			}, nil
		},
	}
	alerts(`alert dns any any -> any any (msg:"a name below example.org"; dns.query; reverse; content:"gro.elpmaxe."; startswith; sid:1;)`,
		&sig.Options{Transforms: []sig.Transform{reverse}})
	// Output:
	// packet 59 from 10.1.0.22: a name below example.org
	// packet 119 from 10.1.0.22: a name below example.org
}
