package filter_test

import (
	"errors"
	"fmt"

	"github.com/wirelore/wirelore/flow/filter"
	"github.com/wirelore/wirelore/pcap"
)

// query is an IPv4 packet with a DNS query, without a link header (link type 101).
var query = []byte{
	0x45, 0, 0, 32, 0, 1, 0, 0, 64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 53,
	0xc0, 0, 0, 53, 0, 12, 0, 0, 1, 2, 3, 4,
}

func ExampleCompile() {
	f, err := filter.Compile("udp port 53 and src net 10.0.0.0/8", 101)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(f.Match(query, len(query)))
	// Output: true
}

func ExampleCompile_error() {
	_, err := filter.Compile("tcp and host example.org", 1)
	var syntax *filter.SyntaxError
	if errors.As(err, &syntax) {
		fmt.Println(syntax.Column)
	}
	fmt.Println(err)
	// Output:
	// 14
	// filter: column 14: "example.org" is a name, and names are not looked up; write the address
}

func ExampleFilter_Match() {
	f, err := filter.Compile("ip[8] < 128 and udp[4:2] > 8", 101)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(f.Match(query, len(query)), f.Match(query[:22], len(query)))
	// Output: true false
}

func ExampleNew() {
	set, err := filter.New("port 53 or 853")
	if err != nil {
		fmt.Println(err)
		return
	}
	packets := []pcap.Packet{
		{Data: query, Length: uint32(len(query)), Link: 101},
		{Data: append([]byte{2, 0, 0, 0}, query...), Length: uint32(len(query) + 4), Link: 0},
		{Data: query, Length: uint32(len(query)), Link: 1},
	}
	for i := range packets {
		fmt.Println(set.Match(&packets[i]))
	}
	// Output:
	// true
	// true
	// false
}
