package ftp

import (
	"bytes"
	"errors"
	"strings"

	"github.com/wirelore/wirelore/proto"
	"github.com/wirelore/wirelore/record"
)

// buffers are the sticky buffers of control connections; Suricata has them from version 8 on.
var buffers = []proto.Buffer[Tx]{
	{Name: "ftp.command", Dir: proto.Orig, At: Request, One: func(tx *Tx) []byte {
		if !tx.known {
			return nil
		}
		return tx.Command
	}},
	{Name: "ftp.command_data", Dir: proto.Orig, At: Request, One: func(tx *Tx) []byte {
		if len(tx.Arg) == 0 {
			return nil
		}
		return tx.Arg
	}},
	{Name: "ftp.reply", Dir: proto.Resp, At: Done, Nth: eachReply(replyText)},
	{Name: "ftp.completion_code", Dir: proto.Resp, At: Done, Nth: eachReply(func(code, _ []byte) []byte { return code })},
}

// replyText is the text of a reply line as records and rules have it.
func replyText(_, text []byte) []byte { return bytes.TrimRight(text, " \t") }

// eachReply returns one part of the i-th reply line that has it.
func eachReply(part func(code, text []byte) []byte) func(*Tx, int) ([]byte, bool) {
	return func(tx *Tx, i int) ([]byte, bool) {
		for _, r := range tx.Replies {
			v := part(splitReply(r))
			if len(v) == 0 {
				continue
			}
			if i == 0 {
				return v, true
			}
			i--
		}
		return nil, false
	}
}

// keywords are those of control connections: ftpbounce, and what Suricata has from version 8 on.
var keywords = []proto.Keyword[Tx]{
	{Name: "ftpbounce", Doc: "PORT names another host than the client", Dirs: [2]bool{proto.Orig: true}, At: [2]proto.Stage{proto.Orig: Request},
		Compile: func(arg string) (func(*Tx, proto.Dir) bool, error) {
			if arg != "" {
				return nil, errNoValue
			}
			return func(tx *Tx, _ proto.Dir) bool { return tx.Bounced }, nil
		}},
	answered("ftp.mode", "active or passive", func(arg string) (func(tx *Tx) bool, error) {
		switch arg {
		case "active":
			return func(tx *Tx) bool { return tx.dynamic() && (tx.channel == nil || !tx.channel.passive) }, nil
		case "passive":
			return func(tx *Tx) bool { return tx.dynamic() && tx.channel != nil && tx.channel.passive }, nil
		}
		return nil, errMode
	}),
	answered("ftp.dynamic_port", "port of the data connection", func(arg string) (func(tx *Tx) bool, error) {
		n, err := proto.ParseNumber(arg, 16)
		if err != nil {
			return nil, err
		}
		return func(tx *Tx) bool { return tx.dynamic() && n.Is(uint64(tx.Port)) }, nil
	}),
	replyReceived,
}

var (
	errNoValue  = errors.New("ftpbounce takes no value")
	errMode     = errors.New("a mode is active or passive")
	errReceived = errors.New("whether a reply came is yes, on, true, 1, no, off, false or 0")
	errTransfer = errors.New("a command is retr or stor")
)

// answered makes a keyword about what a command led to: it is judged in both directions once that is answered.
func answered(name, doc string, compile func(arg string) (func(tx *Tx) bool, error)) proto.Keyword[Tx] {
	return proto.Keyword[Tx]{
		Name: name, Doc: doc, Dirs: [2]bool{true, true}, At: [2]proto.Stage{Over, Done},
		Compile: func(arg string) (func(*Tx, proto.Dir) bool, error) {
			is, err := compile(strings.TrimSpace(arg))
			if err != nil {
				return nil, err
			}
			return func(tx *Tx, _ proto.Dir) bool { return is(tx) }, nil
		},
	}
}

// dynamic tells whether the command negotiated a data connection.
func (t *Tx) dynamic() bool { return t.Port != 0 && t.Code != 0 }

// replyReceived is judged on commands, of which an unanswered one ends with its connection.
var replyReceived = proto.Keyword[Tx]{
	Name: "ftp.reply_received", Doc: "whether the server replied", Dirs: [2]bool{proto.Resp: true}, At: [2]proto.Stage{proto.Resp: Done},
	Compile: func(arg string) (func(*Tx, proto.Dir) bool, error) {
		want := false
		switch strings.ToLower(strings.TrimSpace(arg)) {
		case "yes", "on", "true", "1":
			want = true
		case "no", "off", "false", "0":
		default:
			return nil, errReceived
		}
		return func(tx *Tx, _ proto.Dir) bool {
			return len(tx.Command) > 0 && (tx.answered || len(tx.Replies) > 0) == want
		}, nil
	},
}

// dataKeywords are those of data connections. ftpdata_command fits the direction that the file takes between the client
// and the server of the control connection, whoever opened the data connection.
var dataKeywords = []proto.Keyword[DataTx]{{
	Name: "ftpdata_command", Doc: "command that asked for the file: retr or stor", Dirs: [2]bool{true, true}, At: [2]proto.Stage{Begun, Begun},
	Compile: func(arg string) (func(*DataTx, proto.Dir) bool, error) {
		command, dir := "RETR", proto.Resp
		switch strings.TrimSpace(arg) {
		case "retr":
		case "stor":
			command, dir = "STOR", proto.Orig
		default:
			return nil, errTransfer
		}
		return func(tx *DataTx, d proto.Dir) bool { return d == dir && string(tx.Command) == command }, nil
	},
}}

// named tells whether a file is transferred, and its name is known.
func (t *DataTx) named() bool { return len(t.Filename) > 0 }

var alertDataLog = record.PrepareEmbed(dataLog)

// alertData writes the object ftp_data.
func alertData(e *encoder, t *DataTx, _ proto.Dir) bool {
	if !t.named() {
		return false
	}
	record.Embed(e, alertDataLog, t)
	return true
}
