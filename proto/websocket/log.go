package websocket

import "github.com/wirelore/wirelore/record"

var zeekLog = &record.Log[Tx]{
	Path: "websocket",
	Doc:  "WebSocket handshakes that were accepted",
	Columns: []record.Column[Tx]{
		text("host", record.Domain, "the request's Host", func(tx *Tx) []byte { return tx.Host }),
		text("uri", record.URL, "the request's target", func(tx *Tx) []byte { return tx.URI }),
		text("user_agent", record.UserAgent, "the request's User-Agent", func(tx *Tx) []byte { return tx.UserAgent }),
		text("subprotocol", record.NotIndicator, "the subprotocol that the server chose",
			func(tx *Tx) []byte { return tx.Subprotocol }),
		texts("client_protocols", "subprotocols that the client offered", func(tx *Tx) [][]byte { return tx.ClientProtocols }),
		texts("server_extensions", "extensions that the server chose", func(tx *Tx) [][]byte { return tx.ServerExtensions }),
		texts("client_extensions", "extensions that the client offered", func(tx *Tx) [][]byte { return tx.ClientExtensions }),
	},
}

func text(name string, is record.Indicator, doc string, value func(*Tx) []byte) record.Column[Tx] {
	return record.Column[Tx]{Zeek: name, Type: record.String, Is: is, Doc: doc, Put: func(e *record.Encoder, tx *Tx) {
		if v := value(tx); v != nil {
			e.Bytes(v)
		}
	}}
}

func texts(name, doc string, values func(*Tx) [][]byte) record.Column[Tx] {
	return record.Column[Tx]{Zeek: name, Type: record.StringVector, Doc: doc, Put: func(e *record.Encoder, tx *Tx) {
		v := values(tx)
		if v == nil {
			return
		}
		e.List()
		for _, s := range v {
			e.Bytes(s)
		}
		e.EndList()
	}}
}
