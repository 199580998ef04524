package ftp

import (
	"slices"

	"github.com/wirelore/wirelore/flow"
	"github.com/wirelore/wirelore/record"
)

type encoder = record.Encoder

// logged tells which commands Zeek writes: those about files and data connections, and the end of a session that never
// got in.
func (t *Tx) logged() bool {
	switch string(t.Command) {
	case "APPE", "DELE", "RETR", "STOR", "STOU", "ACCT", "PORT", "PASV", "EPRT", "EPSV":
		return true
	case "QUIT":
		return t.ctl.refused && !t.ctl.loggedIn
	}
	return false
}

// named tells the commands whose argument is a path.
func (t *Tx) named() bool {
	switch string(t.Command) {
	case "APPE", "CWD", "DELE", "MKD", "RETR", "RMD", "RNFR", "RNTO", "STOR", "STOU", "REST", "SIZE", "MDTM":
		return true
	}
	return false
}

// guests are the users whose password is no secret.
var guests = []string{"anonymous", "ftp", "ftpuser", "guest"}

func text(name string, is record.Indicator, doc string, value func(t *Tx) []byte) record.Column[Tx] {
	return record.Column[Tx]{Zeek: name, Type: record.String, Is: is, Doc: doc, Put: func(e *encoder, t *Tx) {
		if v := value(t); len(v) > 0 {
			e.Bytes(v)
		}
	}}
}

// zeekLog declares Zeek's ftp.log.
var zeekLog = &record.Log[Tx]{
	Path: "ftp", Scope: record.PerFlow, Doc: "FTP commands about files and data connections",
	Columns: []record.Column[Tx]{
		{Zeek: "user", Type: record.String, Is: record.UserName, Doc: "user name of the session", Put: func(e *encoder, t *Tx) {
			if t.ctl.hasUser {
				e.Bytes(t.ctl.user)
			} else {
				e.Name("<unknown>")
			}
		}},
		{Zeek: "password", Type: record.String, Doc: "password of guests; others' is hidden", Put: func(e *encoder, t *Tx) {
			switch {
			case !t.ctl.hasPassword:
			case slices.ContainsFunc(guests, func(g string) bool { return equalLower(t.ctl.user, g) }):
				e.Bytes(t.ctl.password)
			default:
				e.Name("<hidden>")
			}
		}},
		text("command", record.NotIndicator, "the command", func(t *Tx) []byte { return t.Command }),
		text("arg", record.URL, "its argument, a URL for commands about files", func(t *Tx) []byte { return t.url() }),
		{Zeek: "mime_type", Type: record.String, Doc: "type of the file by its content", Put: func(e *encoder, t *Tx) {
			if f := t.transfer; f != nil && f.file != nil && f.file.MIME() != "" {
				e.Str(f.file.MIME())
			}
		}},
		{Zeek: "file_size", Type: record.Count, Doc: "size that the server announced", Put: func(e *encoder, t *Tx) {
			if t.size >= 0 {
				e.Uint(uint64(t.size))
			}
		}},
		{Zeek: "reply_code", Type: record.Count, Doc: "code of the last reply", Put: func(e *encoder, t *Tx) {
			if t.Code > 0 {
				e.Uint(uint64(t.Code))
			}
		}},
		{Zeek: "reply_msg", Type: record.String, Doc: "text of the last reply", Put: func(e *encoder, t *Tx) {
			if t.Code > 0 {
				e.Bytes(t.Text)
			}
		}},
		{Zeek: "data_channel.passive", Type: record.Bool, Doc: "whether the client connects", Put: func(e *encoder, t *Tx) {
			if t.channel != nil {
				e.Bool(t.channel.passive)
			}
		}},
		endpoint("data_channel.orig_h", "who connects", func(c *channel) flow.Addr { return c.orig }),
		endpoint("data_channel.resp_h", "to whom", func(c *channel) flow.Addr { return c.resp }),
		{Zeek: "data_channel.resp_p", Type: record.Port, Doc: "at which port", Put: func(e *encoder, t *Tx) {
			if t.channel != nil {
				e.Uint(uint64(t.channel.port))
			}
		}},
		{Zeek: "fuid", Type: record.String, Doc: "the file that was transferred", Put: func(e *encoder, t *Tx) {
			if f := t.transfer; f != nil && f.file != nil && f.file.ID() != "" {
				e.Str(f.file.ID())
			}
		}},
	},
}

func endpoint(name, doc string, value func(c *channel) flow.Addr) record.Column[Tx] {
	return record.Column[Tx]{Zeek: name, Type: record.Address, Is: record.IP, Doc: doc, Put: func(e *encoder, t *Tx) {
		if t.channel != nil {
			e.Addr(value(t.channel).Netip())
		}
	}}
}

// url is the argument as Zeek shows it.
func (t *Tx) url() []byte {
	if !t.named() {
		return t.Arg
	}
	host := t.ctl.s.Header().Resp
	u := append([]byte(nil), "ftp://"...)
	if host.Is6() {
		u = append(host.AppendTo(append(u, '[')), ']')
	} else {
		u = host.AppendTo(u)
	}
	path := appendPath(append([]byte(nil), t.ctl.cwd...), t.Arg)
	if len(path) == 0 || path[0] != '/' {
		u = append(u, '/')
	}
	return append(u, path...)
}

func equalLower(b []byte, s string) bool {
	if len(b) != len(s) {
		return false
	}
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c != s[i] {
			return false
		}
	}
	return true
}

// eveLog declares Suricata's ftp record.
var eveLog = &record.Log[Tx]{
	Event: "ftp", Scope: record.PerFlow, Doc: "FTP commands with their replies",
	Columns: []record.Column[Tx]{
		{EVE: "ftp.command", Type: record.String, Doc: "the command", Put: func(e *encoder, t *Tx) {
			if t.known {
				e.Bytes(t.Command)
			}
		}},
		{EVE: "ftp.command_data", Type: record.String, Doc: "its argument", Put: func(e *encoder, t *Tx) {
			if len(t.Arg) > 0 {
				e.Bytes(t.Arg)
			}
		}},
		{EVE: "ftp.command_truncated", Type: record.Bool, Doc: "whether the argument was cut", Put: func(e *encoder, t *Tx) {
			if len(t.Arg) > 0 {
				e.Bool(t.CommandCut)
			}
		}},
		{EVE: "ftp.completion_code", Type: record.StringVector, Doc: "codes of the replies", Put: func(e *encoder, t *Tx) {
			t.putReplies(e, func(code, _ []byte) []byte { return code })
		}},
		{EVE: "ftp.reply", Type: record.StringVector, Doc: "texts of the replies", Put: func(e *encoder, t *Tx) {
			t.putReplies(e, replyText)
		}},
		{EVE: "ftp.dynamic_port", Type: record.Port, Doc: "port of the data connection", Put: func(e *encoder, t *Tx) {
			if t.Port != 0 && t.Code != 0 {
				e.Uint(uint64(t.Port))
			}
		}},
		{EVE: "ftp.mode", Type: record.String, Doc: "active, once the server took the address to connect to", Put: func(e *encoder, t *Tx) {
			if c := string(t.Command); c == "PORT" || c == "EPRT" {
				if t.Port != 0 && t.Code != 0 {
					e.Name("active")
				} else {
					e.Name("passive")
				}
			}
		}},
		{EVE: "ftp.reply_received", Type: record.String, Doc: "yes or no", Put: func(e *encoder, t *Tx) {
			if t.answered || len(t.Replies) > 0 {
				e.Name("yes")
			} else {
				e.Name("no")
			}
		}},
		{EVE: "ftp.reply_truncated", Type: record.Bool, Doc: "whether a reply was cut", Put: func(e *encoder, t *Tx) { e.Bool(t.ReplyCut) }},
	},
}

// putReplies writes one part of each reply line that has it.
func (t *Tx) putReplies(e *encoder, part func(code, text []byte) []byte) {
	open := false
	for _, r := range t.Replies {
		v := part(splitReply(r))
		if len(v) == 0 {
			continue
		}
		if !open {
			e.List()
			open = true
		}
		e.Bytes(v)
	}
	if open {
		e.EndList()
	}
}

// dataLog declares Suricata's ftp_data record.
var dataLog = &record.Log[DataTx]{
	Event: "ftp_data", Scope: record.PerFlow, Doc: "files transferred over FTP",
	Columns: []record.Column[DataTx]{
		{EVE: "ftp_data.filename", Type: record.String, Is: record.FileName, Doc: "name that the command gave", Put: func(e *encoder, t *DataTx) { e.Bytes(t.Filename) }},
		{EVE: "ftp_data.command", Type: record.String, Doc: "RETR, STOR, APPE or STOU", Put: func(e *encoder, t *DataTx) { e.Bytes(t.Command) }},
	},
}
