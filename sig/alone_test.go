package sig_test

import (
	"context"
	"fmt"

	"github.com/wirelore/wirelore/flow"
	"github.com/wirelore/wirelore/pcap"
	"github.com/wirelore/wirelore/proto"
	"github.com/wirelore/wirelore/proto/all"
	"github.com/wirelore/wirelore/sig"
)

// Rules on one's own packets, without flows: a frame from anywhere, decoded by package flow.
func ExampleMatcher_Packet() {
	rs, err := sig.CompileFiles(context.Background(), []sig.File{{Name: "own.rules",
		Text: `alert udp any any -> any 9999 (msg:"a greeting"; content:"hello"; nocase; sid:1;)`}}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	frame := append([]byte{
		0x45, 0, 0, 37, 0, 1, 0, 0, 64, 17, 0, 0, 192, 0, 2, 1, 192, 0, 2, 2, // IPv4: 192.0.2.1 to 192.0.2.2
		0x12, 0x34, 0x27, 0x0f, 0, 17, 0, 0, // UDP: 4660 to 9999
	}, "Hello all"...)
	d := flow.NewDecoder(flow.DecoderOptions{Profile: flow.Suricata()})
	m := rs.NewMatcher()
	for _, p := range d.Decode(&pcap.Packet{Data: frame, Link: 101, Number: 1, Length: uint32(len(frame))}, 0, nil) {
		for a := range m.Packet(&p) {
			fmt.Println(a.SID, a.Msg)
		}
	}
	// Output: 1 a greeting
}

// Rules on one's own buffers: what another parser found, by the names that rules use.
func ExampleMatcher_View() {
	rs, err := sig.CompileFiles(context.Background(), []sig.File{{Name: "own.rules",
		Text: `alert http any any -> any any (msg:"admin page"; flow:to_server; http.method; content:"GET"; http.uri; content:"/admin"; startswith; sid:2;)`}},
		&sig.Options{Protocols: all.Default()})
	if err != nil {
		fmt.Println(err)
		return
	}
	request := map[string]string{"http.method": "GET", "http.uri": "/admin/index.php"}
	v := sig.View{Protocol: "http", Dir: proto.Orig, Buffer: func(name string, i int) ([]byte, bool) {
		v, ok := request[name]
		return []byte(v), ok && i == 0
	}}
	m := rs.NewMatcher()
	for a := range m.View(&v) {
		fmt.Println(a.SID, a.Msg)
	}
	// Output: 2 admin page
}
