// Package smtp reads the Simple Mail Transfer Protocol: commands and replies with pipelining, DATA and BDAT bodies,
// AUTH, STARTTLS (handed on to whatever follows), and the mails themselves, whose parts become files.
//
// Zeek and Suricata count differently: Zeek logs a row for each mail when the server answers its end, Suricata a
// transaction for each envelope, reset or trailing QUIT when the client is done with it. Both are kept: [Tx] is
// Suricata's transaction, and the mail that Zeek logs is written at [Mailed].
//
// Sources: RFC 5321 (SMTP), RFC 3030 (BDAT), RFC 2920 (pipelining), RFC 3207 (STARTTLS), RFC 4954 (AUTH).
package smtp

import (
	"github.com/wirelore/wirelore/proto"
)

// The stages of a transaction.
const (
	// Greeted: the client named itself, in this transaction or before.
	Greeted proto.Stage = iota + 1
	// Sender: MAIL FROM was sent.
	Sender
	// Envelope: DATA or BDAT was sent, so sender and recipients are complete.
	Envelope
	// Done: the client is done with the transaction, its mail is complete.
	Done
	// Mailed: a mail was answered, or given up, by the server. It may be announced on a later transaction than that
	// which carried the mail.
	Mailed
	// Over: the same as Done, for either direction.
	Over
)

// Tx is a transaction: an envelope with its mail, or commands that are part of none.
type Tx struct {
	proto.Tx
	// Helo is the name that the client gave itself, MailFrom the sender with its brackets; kept with the transaction.
	Helo, MailFrom []byte
	// RcptTo holds the recipients as sent.
	RcptTo [][]byte
	// Email is what the mail's headers say.
	Email Email

	greeted bool // there was a HELO
	done    bool
	data    bool   // DATA was sent
	row     *row   // the mail to log, at Mailed
	hash    []byte // Email.BodyMD5 in hexadecimal, once a rule asked
	cfg     *config
}

// Proto is the protocol.
var Proto = proto.Define(proto.Spec[Tx]{
	Name: "smtp", Doc: "SMTP: mail on its way, its headers, bodies and attachments",
	Detect: proto.Detect{Over: []proto.Transport{proto.TCP}, Ports: []uint16{25, 587, 2525}, Probe: probe, Depth: 1024,
		ClientOnly: true},
	New:     setUp,
	Buffers: buffers,
	Logs: []proto.Log[Tx]{
		{Log: zeekLog, At: Mailed, Time: func(tx *Tx) int64 { return tx.row.start }},
		{Log: eveLog, At: Done},
	},
	Events:   events,
	Limits:   proto.Limits{OpenTx: 64, Window: 64 << 10},
	Complete: [2]proto.Stage{Over, Over},
})

// The events, in the order of the table.
const (
	evInvalidReply proto.EventID = iota
	evUnmatchedReply
	evNoWelcome
	evTLSRejected
	evDataRejected
	evPipelined
	evDuplicate
	evUnparsable
	evTruncated
	evChunk
	evInvalidBDAT
	evHugeBDAT
	evBDATRemaining
	evPendingCommands
	evMIMEFailed
	evMIMEMalformed
	evMIMEBase64
	evMIMEQP
	evMIMELine
	evMIMEEncodedLine
	evMIMEHeaderName
	evMIMEHeaderValue
	evMIMEBoundary
	evMIMEFilename
	evRowCut
	evCommandLine
	evReplyLine
)

var events = []proto.Event{
	evInvalidReply:    {Anomaly: "INVALID_REPLY", Doc: "a reply without a known three-digit code"},
	evUnmatchedReply:  {Anomaly: "UNABLE_TO_MATCH_REPLY_WITH_REQUEST", Doc: "a reply to no command"},
	evNoWelcome:       {Anomaly: "NO_SERVER_WELCOME_MESSAGE", Doc: "a command before the server's greeting"},
	evTLSRejected:     {Anomaly: "TLS_REJECTED", Doc: "STARTTLS was refused"},
	evDataRejected:    {Anomaly: "DATA_COMMAND_REJECTED", Doc: "DATA was refused"},
	evPipelined:       {Anomaly: "INVALID_PIPELINED_SEQUENCE", Doc: "a command behind DATA or STARTTLS, unanswered"},
	evDuplicate:       {Anomaly: "DUPLICATE_FIELDS", Doc: "a second HELO, or a second MAIL FROM in one transaction"},
	evUnparsable:      {Anomaly: "UNPARSABLE_CONTENT", Doc: "a second DATA in one transaction"},
	evTruncated:       {Anomaly: "TRUNCATED_LINE", Doc: "a line longer than 4096 bytes, of which the beginning was read"},
	evChunk:           {Anomaly: "BDAT_CHUNK_LEN_EXCEEDED", Doc: "a chunk size that no chunk can have"},
	evInvalidBDAT:     {Weird: "smtp_invalid_bdat_command", Anomaly: "INVALID_BDAT", Doc: "a BDAT command that is none"},
	evHugeBDAT:        {Weird: "smtp_huge_bdat_chunk", Doc: "a chunk size that no chunk can have"},
	evBDATRemaining:   {Weird: "smtp_bdat_remaining_at_end_data", Doc: "a mail ended while a chunk was incomplete"},
	evPendingCommands: {Weird: "smtp_excessive_pending_cmds", Doc: "so many commands unanswered that the oldest were forgotten"},
	evMIMEFailed:      {Anomaly: "MIME_PARSE_FAILED", Doc: "a mail that cannot be taken apart"},
	evMIMEMalformed:   {Anomaly: "MIME_MALFORMED_MSG", Doc: "a mail whose structure is broken"},
	evMIMEBase64:      {Weird: "base64_illegal_encoding", Anomaly: "MIME_INVALID_BASE64", Doc: "broken base64"},
	evMIMEQP:          {Anomaly: "MIME_INVALID_QP", Doc: "broken quoted-printable"},
	evMIMELine:        {Anomaly: "MIME_LONG_LINE", Doc: "a line of more than 998 bytes"},
	evMIMEEncodedLine: {Anomaly: "MIME_LONG_ENC_LINE", Doc: "an encoded line of more than 76 bytes"},
	evMIMEHeaderName:  {Anomaly: "MIME_LONG_HEADER_NAME", Doc: "a long header name"},
	evMIMEHeaderValue: {Anomaly: "MIME_LONG_HEADER_VALUE", Doc: "a long header value"},
	evMIMEBoundary:    {Anomaly: "MIME_LONG_BOUNDARY", Doc: "a boundary too long to follow"},
	evMIMEFilename:    {Anomaly: "MIME_LONG_FILENAME", Doc: "a file name that was cut"},
	evRowCut:          {Weird: "smtp_mail_cut", Doc: "more headers or recipients than are kept for one mail"},
	evCommandLine:     {Anomaly: "MAX_COMMAND_LINE_LEN_EXCEEDED", Doc: "known to rules; TRUNCATED_LINE is what happens"},
	evReplyLine:       {Anomaly: "MAX_REPLY_LINE_LEN_EXCEEDED", Doc: "known to rules; TRUNCATED_LINE is what happens"},
}
