package quic

import (
	"github.com/wirelore/wirelore/internal/quicwire"
	"github.com/wirelore/wirelore/internal/tlswire"
	"github.com/wirelore/wirelore/record"
)

// quicLog is Zeek's quic.log.
var quicLog = &record.Log[Tx]{
	Path: "quic", Doc: "QUIC connections", Scope: record.PerFlow,
	Columns: []record.Column[Tx]{
		{Zeek: "version", Type: record.String, Doc: "the version of the client's first packet", Put: func(e *record.Encoder, t *Tx) {
			e.Str(quicwire.VersionName(t.Version))
		}},
		idColumn("client_initial_dcid", "the first destination id of the client", func(t *Tx) []byte { return t.ClientDCID }),
		idColumn("client_scid", "the client's id", func(t *Tx) []byte { return t.ClientSCID }),
		idColumn("server_scid", "the server's id", func(t *Tx) []byte { return t.ServerSCID }),
		{Zeek: "server_name", Type: record.String, Is: record.Domain, Doc: "the name that the client asked for", Put: func(e *record.Encoder, t *Tx) {
			if len(t.ServerName) > 0 {
				e.Bytes(t.ServerName)
			}
		}},
		{Zeek: "client_protocol", Type: record.String, Doc: "the first protocol that the client offered", Put: func(e *record.Encoder, t *Tx) {
			if len(t.ClientProtocol) > 0 {
				e.Bytes(t.ClientProtocol)
			}
		}},
		{Zeek: "history", Type: record.String, Doc: "a letter for each packet, the client's in upper case", Put: func(e *record.Encoder, t *Tx) {
			if len(t.History) > 0 {
				e.Bytes(t.History)
			}
		}},
	},
}

func idColumn(name, doc string, value func(*Tx) []byte) record.Column[Tx] {
	return record.Column[Tx]{Zeek: name, Type: record.String, Doc: doc, Put: func(e *record.Encoder, t *Tx) {
		id := value(t)
		switch {
		case id == nil:
		case len(id) == 0:
			e.Str("")
		default:
			e.Hex(id)
		}
	}}
}

// eveLog is EVE's quic record.
var eveLog = &record.Log[Tx]{
	Event: "quic", Doc: "packets of QUIC handshakes", Scope: record.PerFlow,
	Columns: []record.Column[Tx]{
		{EVE: "quic.version", Type: record.String, Doc: "the packet's version", Put: func(e *record.Encoder, t *Tx) { e.Bytes(t.versionName) }},
		{EVE: "quic.sni", Type: record.String, Is: record.Domain, Doc: "the name that the client asked for", Put: func(e *record.Encoder, t *Tx) {
			if t.ServerName != nil {
				e.Bytes(t.ServerName)
			}
		}},
		{EVE: "quic.ua", Type: record.String, Is: record.UserAgent, Doc: "the user agent of Google's handshake", Put: func(e *record.Encoder, t *Tx) {
			if t.UserAgent != nil {
				e.Bytes(t.UserAgent)
			}
		}},
		{EVE: "quic.cyu", Type: record.Object, Doc: "the tags of Google's handshake", Put: func(e *record.Encoder, t *Tx) {
			if t.CYU == nil {
				return
			}
			e.List()
			e.Object()
			e.Key("hash")
			e.Bytes(t.CYUHash)
			e.Key("string")
			e.Bytes(t.CYU)
			e.EndObject()
			e.EndList()
		}},
		fingerprintColumn("quic.ja3.hash", "MD5 of the JA3 string", func(t *Tx) []byte { return side(t, false, t.JA3Hash) }),
		fingerprintColumn("quic.ja3.string", "JA3 of the client", func(t *Tx) []byte { return side(t, false, t.JA3) }),
		fingerprintColumn("quic.ja3s.hash", "MD5 of the JA3S string", func(t *Tx) []byte { return side(t, true, t.JA3Hash) }),
		fingerprintColumn("quic.ja3s.string", "JA3S of the server", func(t *Tx) []byte { return side(t, true, t.JA3) }),
		{EVE: "quic.ja4", Type: record.String, Is: record.Fingerprint, Doc: "JA4 of the client", Put: func(e *record.Encoder, t *Tx) {
			if t.showsJA4() && t.JA4 != nil {
				e.Bytes(t.JA4)
			}
		}},
		{EVE: "quic.extensions", Type: record.Object, Doc: "the extensions of the hello", Put: putExtensions},
	},
}

// showsJA4 tells whether JA4 is written. As in Suricata, alerts tell it only when their rule looks at it.
func (t *Tx) showsJA4() bool {
	if rule := t.Rule(); rule != nil {
		return rule.Looks("ja4.hash")
	}
	return t.w.ja4
}

func fingerprintColumn(path, doc string, value func(*Tx) []byte) record.Column[Tx] {
	return record.Column[Tx]{EVE: path, Type: record.String, Is: record.Fingerprint, Doc: doc, Put: func(e *record.Encoder, t *Tx) {
		if b := value(t); t.w.ja3 && b != nil {
			e.Bytes(b)
		}
	}}
}

func putExtensions(e *record.Encoder, t *Tx) {
	if !t.hello {
		return
	}
	e.List()
	list := t.extensions
	for x, ok := list.Next(); ok; x, ok = list.Next() {
		if tlswire.IsGREASE(x.Type) {
			continue
		}
		e.Object()
		if name := extensionName(x.Type); name != "" {
			e.Key("name")
			e.Name(name)
		}
		e.Key("type")
		e.Uint(uint64(x.Type))
		putValues(e, t, x)
		e.EndObject()
	}
	e.EndList()
}

// extensionName returns EVE's name of an extension; private and experimental ones have none.
func extensionName(typ uint16) string {
	switch {
	case typ == 34:
		return "delegated_credentials"
	case typ > 57 && typ != tlswire.ExtRenegotiationInfo && typ != tlswire.ExtNextProtocol:
		return ""
	}
	name, _ := tlswire.ExtensionName(typ)
	return name
}

// putValues writes what EVE tells of some extensions.
func putValues(e *record.Encoder, t *Tx, x tlswire.Extension) {
	switch x.Type {
	case tlswire.ExtServerName:
		if t.FromServer || t.ServerName == nil {
			return
		}
		e.Key("values")
		e.List()
		e.Bytes(t.ServerName)
		e.EndList()
	case tlswire.ExtALPN:
		if len(x.Data) < 2 {
			return
		}
		e.Key("values")
		e.List()
		names := tlswire.Names(x.Data[2:])
		for name, ok := names.Next(); ok; name, ok = names.Next() {
			e.Bytes(name)
		}
		e.EndList()
	case tlswire.ExtSignatureAlgorithms:
		if len(x.Data) >= 2 {
			putNumbers(e, t, tlswire.U16s(x.Data[2:]))
		}
	case tlswire.ExtSupportedVersions:
		putVersions(e, t, x.Data)
	}
}

func putNumbers(e *record.Encoder, t *Tx, list tlswire.U16s) {
	e.Key("values")
	e.List()
	for i := range list.Len() {
		v := list.At(i)
		if tlswire.IsGREASE(v) {
			continue
		}
		t.w.buf = appendUint(t.w.buf[:0], uint64(v))
		e.Bytes(t.w.buf)
	}
	e.EndList()
}

func putVersions(e *record.Encoder, t *Tx, data []byte) {
	if !t.FromServer {
		if len(data) < 1 {
			return
		}
		data = data[1:]
	}
	e.Key("values")
	e.List()
	list := tlswire.U16s(data)
	for i := range list.Len() {
		v := list.At(i)
		if tlswire.IsGREASE(v) {
			continue
		}
		t.w.buf = appendVersion(t.w.buf[:0], v)
		e.Bytes(t.w.buf)
	}
	e.EndList()
}
