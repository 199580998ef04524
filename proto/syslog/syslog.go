// Package syslog reads syslog messages, those of BSD (RFC 3164) and of RFC 5424, over UDP (RFC 5426) and over TCP with both
// framings of RFC 6587: counted octets and line ends.
//
// What has no priority is a message all the same on syslog's port, as receivers take it.
//
// Sources: RFC 3164, 5424, 5426, 6587; Zeek's documentation of syslog.log.
package syslog

import (
	"github.com/wirelore/wirelore/proto"
	"github.com/wirelore/wirelore/record"
)

// Message is the stage at which a message is complete. A transaction is one message.
const Message proto.Stage = 1

// Proto is syslog over UDP. Suricata 7 does not know it.
var Proto = proto.Define(proto.Spec[Tx]{
	Name: "syslog", AppProto: "failed", Doc: "syslog over UDP, RFC 3164 and RFC 5424",
	Detect: proto.Detect{Over: []proto.Transport{proto.UDP}, Ports: []uint16{514}, Probe: probeDatagram, Only: []uint16{0}},
	New: func(*proto.Setup) func() proto.Parser[Tx] {
		return func() proto.Parser[Tx] { return new(datagrams) }
	},
	Logs:   []proto.Log[Tx]{{Log: zeekLog, At: Message}},
	Events: events,
	Limits: proto.Limits{OpenTx: 1},
})

// Stream is syslog over TCP. Suricata 7 does not know it.
var Stream = proto.Define(proto.Spec[Tx]{
	Name: "syslog_tcp", AppProto: "failed", Doc: "syslog over TCP, framed by counts or line ends",
	Detect: proto.Detect{Over: []proto.Transport{proto.TCP}, Ports: []uint16{514, 601}, Probe: probeStream, Only: []uint16{0}},
	New: func(*proto.Setup) func() proto.Parser[Tx] {
		return func() proto.Parser[Tx] { return new(stream) }
	},
	Logs:   []proto.Log[Tx]{{Log: zeekLog, At: Message}},
	Events: events,
	Limits: proto.Limits{OpenTx: 1},
})

// Tx is one message. All byte slices are *borrowed* for the stage: they lie in the packet or the stream.
type Tx struct {
	proto.Tx
	// Over is the transport, "udp" or "tcp"; Dir who sent it.
	Over string
	Dir  proto.Dir
	// Priority is the number sent, -1 when there is none.
	Priority int
	// Content is all behind the priority.
	Content []byte
}

// Facility is the priority's facility, -1 when there is none.
func (tx *Tx) Facility() int {
	if tx.Priority < 0 {
		return -1
	}
	return tx.Priority >> 3
}

// Severity is the priority's severity, -1 when there is none.
func (tx *Tx) Severity() int {
	if tx.Priority < 0 {
		return -1
	}
	return tx.Priority & 7
}

const (
	evPriority proto.EventID = iota
	evLong
)

var events = []proto.Event{
	evPriority: {Weird: "syslog_bad_priority", Doc: "a priority above 191"},
	evLong:     {Weird: "syslog_message_too_long", Doc: "a message of a stream beyond the limit: the rest is left out"},
}

var zeekLog = &record.Log[Tx]{
	Path: "syslog",
	Doc:  "syslog messages",
	Columns: []record.Column[Tx]{
		{Zeek: "proto", Type: record.Enum, Doc: "the transport", Put: func(e *record.Encoder, tx *Tx) { e.Name(tx.Over) }},
		{Zeek: "facility", Type: record.String, Doc: "which part of the system speaks",
			Put: func(e *record.Encoder, tx *Tx) { putName(e, facilities[:], tx.Facility()) }},
		{Zeek: "severity", Type: record.String, Doc: "how urgent it is",
			Put: func(e *record.Encoder, tx *Tx) { putName(e, severities[:], tx.Severity()) }},
		{Zeek: "message", Type: record.String, Doc: "all behind the priority",
			Put: func(e *record.Encoder, tx *Tx) { e.Bytes(tx.Content) }},
	},
}

func putName(e *record.Encoder, names []string, i int) {
	switch {
	case i < 0:
		e.Name("UNSPECIFIED")
	case i < len(names):
		e.Name(names[i])
	default:
		e.Name(unknown[min(i, len(unknown)-1)])
	}
}

// facilities and severities have Zeek's names for the codes of RFC 5424, section 6.2.1.
var (
	facilities = [...]string{
		"KERN", "USER", "MAIL", "DAEMON", "AUTH", "SYSLOG", "LPR", "NEWS", "UUCP", "CRON", "AUTHPRIV", "FTP", "NTP", "AUDIT",
		"ALERT", "CLOCK", "LOCAL0", "LOCAL1", "LOCAL2", "LOCAL3", "LOCAL4", "LOCAL5", "LOCAL6", "LOCAL7",
	}
	severities = [...]string{"EMERG", "ALERT", "CRIT", "ERR", "WARNING", "NOTICE", "INFO", "DEBUG"}
)
