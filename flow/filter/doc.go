// Package filter selects packets with the expressions of tcpdump, the language of pcap-filter(7), in pure Go.
//
//	f, err := filter.Compile("tcp port 80 and host 10.0.0.1", 1) // 1 is Ethernet
//	if err != nil {
//		return err
//	}
//	if f.Match(data, wireLength) {
//		...
//	}
//
// # Language
//
// All of the language that makes sense for captures works as it does in libpcap, of which this package follows the tests, their
// order and their limits: ports are looked for in first fragments only and behind no IPv6 extension header; tcp[] and its like
// mean IPv4; vlan, mpls, pppoes and geneve move the place where all that follows is looked for; an access behind the end of
// the captured bytes rejects the packet whatever stands around it. Names of ports and protocols come from built-in tables.
//
// The link types whose headers are known: Ethernet, Linux cooked v1 and v2, raw IP, BSD loopback, PPP in its forms, SLIP, Cisco
// HDLC, Frame Relay, 802.11 bare and with radiotap, Prism, AVS or PPI headers, FDDI, token ring, ARCNET, LocalTalk, IP over
// IEEE 1394, ATM and Fibre Channel, pf log, Solaris ipnet, Symantec firewall. For others len, less, greater, byte and link[] work.
//
// # Differences
//
// Refused, with an error that says so: host and network names, since nothing is looked up, and gateway, which needs them;
// inbound and outbound but for Linux cooked captures, SLIP and PPP with direction; ifindex; the words of pf, SunATM and SS7.
// "ip broadcast" knows no netmask and takes 0.0.0.0 and 255.255.255.255, as tcpdump does for a file.
//
// Where libpcap 1.10 and its manual differ, the manual is followed: each operand of an arithmetic expression, not the left one
// alone, makes sure that the packet is of its protocol; "byte 0 & 1" looks at the byte; SLIP's IP header is looked for behind
// the link header; PPI frames other than 802.11 can be told apart by len and link[]; protochain works behind link headers of any
// length, and its walk goes on where an authentication header ends. BSD loopback captures are read in both byte orders
// and with every system's number for IPv6. On truncated packets the order of the expression decides whether a missing byte
// is needed, where libpcap's optimizer may find another order.
//
// # Cost
//
// An expression becomes a program of fused steps, each a load, a mask, a comparison and a jump forward. A match takes a few
// nanoseconds a step, as many as there are tests on the way, allocates nothing and always ends.
//
// # Thread safety
//
// A Filter is immutable and may be used by any number of goroutines. A Set compiles when it meets a new link type and is for one.
package filter
