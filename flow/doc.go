// Package flow makes flows and streams of packets: it decodes link, network and transport headers and tunnels, puts
// fragments together, keeps the table of flows with their timers, follows TCP and puts its streams in order. It knows no
// application protocol.
//
// A Decoder turns each captured frame into Packets, one for each IP layer, without allocation. A Table takes Packets in the
// order of the capture, together with the ticks of its clock, and tells a Handler what it finds. What Zeek and Suricata do
// differently is in the Profile.
//
// A Decoder and a Table belong to one goroutine each. Bytes handed to a Handler are borrowed.
package flow
