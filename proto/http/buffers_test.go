package http

import (
	"testing"

	"github.com/wirelore/wirelore/proto"
)

// TestBuffers checks the sticky buffers of one exchange.
func TestBuffers(t *testing.T) {
	got := map[string]string{}
	spec := Proto.Spec()
	look := func(at ...proto.Stage) func(*proto.Flow, *Tx) {
		return func(_ *proto.Flow, tx *Tx) {
			for _, b := range spec.Buffers {
				for _, st := range at {
					if b.At != st {
						continue
					}
					if b.One != nil {
						if v := b.One(tx); v != nil {
							got[b.Name] = string(v)
						}
						continue
					}
					for i := 0; ; i++ {
						v, ok := b.Nth(tx, i)
						if !ok {
							break
						}
						got[b.Name] += "[" + string(v) + "]"
					}
				}
			}
		}
	}
	o := options()
	o.Analyzers = []*proto.Analyzer{{Name: "buffers", Doc: "reads all buffers", Start: func(s *proto.Setup) error {
		proto.OnTx(s, Proto, RequestHeaders, look(RequestHeaders))
		proto.OnTx(s, Proto, ResponseHeaders, look(ResponseHeaders))
		proto.OnTx(s, Proto, RequestBody, look(RequestBody))
		proto.OnTx(s, Proto, ResponseBody, look(ResponseBody))
		return nil
	}}}
	feed(t, o, c("POST http://u@Ex.ample:81/a/../%62//c?d=%65#f HTTP/1.1\r\nHost: Ex.ample:81\r\nUser-Agent: ua\r\nX-A: 1\r\nCookie: k=v\r\n"+
		"x-a:  2\r\nReferer: r\r\nContent-Type: text/x\r\nContent-Length: 4\r\nAccept: */*\r\n\r\nbo"), c("dy"),
		s("HTTP/1.0 404 Not Found here\r\nServer: srv\r\nLocation: /l\r\nSet-Cookie: s=t\r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\n"+gz("reply")))
	for name, want := range map[string]string{
		"http.uri": "/b/c?d=%65#f", "http.uri.raw": "http://u@Ex.ample:81/a/../%62//c?d=%65#f", "http.method": "POST",
		"http.host": "ex.ample", "http.host.raw": "Ex.ample:81", "http.user_agent": "ua", "http.referer": "r", "http.accept": "*/*",
		"http.cookie": "k=v", "http.content_type": "text/x", "http.content_len": "4", "http.protocol": "HTTP/1.1",
		"http.request_line": "POST http://u@Ex.ample:81/a/../%62//c?d=%65#f HTTP/1.1", "http.request_body": "body",
		"http.header":              "Host: Ex.ample:81\r\nUser-Agent: ua\r\nX-A: 1, 2\r\nReferer: r\r\nContent-Type: text/x\r\nContent-Length: 4\r\nAccept: */*\r\n",
		"http.header_names":        "\r\nHost\r\nUser-Agent\r\nX-A\r\nCookie\r\nReferer\r\nContent-Type\r\nContent-Length\r\nAccept\r\n\r\n",
		"http.header.raw.response": "Server: srv\r\nLocation: /l\r\nSet-Cookie: s=t\r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\n",
		"http.response_line":       "HTTP/1.0 404 Not Found here", "http.stat_code": "404", "http.stat_msg": "Not Found here",
		"http.cookie.response": "s=t", "http.server": "srv", "http.location": "/l", "http.protocol.response": "HTTP/1.0",
		"http.connection.response": "close", "http.response_body": "reply",
		"http.response_header": "[Server: srv][Location: /l][Set-Cookie: s=t][Content-Encoding: gzip][Connection: close]",
		"http.start.response":  "HTTP/1.0 404 Not Found here\r\nServer: srv\r\nLocation: /l\r\nSet-Cookie: s=t\r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\n",
	} {
		if got[name] != want {
			t.Errorf("%s = %q, want %q", name, got[name], want)
		}
	}
}
