package sig

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/wirelore/wirelore/flow"
	"github.com/wirelore/wirelore/proto"
	"github.com/wirelore/wirelore/record"
)

// alertRow is what one alert record is made of.
type alertRow struct {
	w *worker
	c *subject
	a *alert
	// tx is the transaction told of; guessed: the one that is open, for an alert on the stream.
	tx      *proto.Transaction
	guessed bool
}

// eveOptions are what a configuration says of alert records.
type eveOptions struct {
	metadata, app              bool
	payload, printable, packet bool
	payloadSize                int
	verdict, ruleText          bool
	guess                      bool
}

func readOptions(s proto.Settings) eveOptions {
	const a = "eve.alert."
	meta := s.Bool(a+"metadata", true)
	o := eveOptions{
		metadata: meta, app: meta && s.Bool(a+"metadata.app-layer", true),
		payload: s.Bool(a+"payload", false), printable: s.Bool(a+"payload-printable", false), packet: s.Bool(a+"packet", false),
		payloadSize: int(s.Int(a+"payload-buffer-size", 4<<10)), verdict: s.Bool(a+"verdict", false),
		ruleText: s.Bool(a+"metadata.rule.raw", false), guess: s.Bool("detect.guess-applayer-tx", false),
	}
	if o.payloadSize <= 0 || o.payloadSize > 1<<20 {
		o.payloadSize = 4 << 10
	}
	return o
}

type put = func(e *record.Encoder, r *alertRow)

// alertLog is EVE's alert record.
var alertLog = &record.Log[alertRow]{
	Event: "alert", Doc: "rules that matched",
	Columns: []record.Column[alertRow]{
		{EVE: "metadata", Type: record.Object, Doc: "the flow's variables", Put: putVariables},
		{EVE: "tx_id", Type: record.Count, Doc: "the transaction's number in its flow", Put: func(e *record.Encoder, r *alertRow) {
			if r.tx != nil {
				e.Uint(r.tx.ID(r.c.d))
			}
		}},
		{EVE: "tx_guessed", Type: record.Bool, Doc: "the transaction is the one that is open, not one that was matched", Put: func(e *record.Encoder, r *alertRow) {
			if r.tx != nil && r.guessed {
				e.Bool(true)
			}
		}},
		{EVE: "alert.action", Type: record.String, Doc: "allowed, or blocked for rules that reject", Put: func(e *record.Encoder, r *alertRow) {
			if r.a.s.action == actionReject {
				e.Name("blocked")
			} else {
				e.Name("allowed")
			}
		}},
		{EVE: "alert.gid", Type: record.Count, Doc: "the rule's group", Put: func(e *record.Encoder, r *alertRow) { e.Uint(uint64(r.a.s.about.gid)) }},
		{EVE: "alert.signature_id", Type: record.Count, Doc: "the rule's number", Put: func(e *record.Encoder, r *alertRow) { e.Uint(uint64(r.a.s.about.sid)) }},
		{EVE: "alert.rev", Type: record.Count, Doc: "the rule's revision", Put: func(e *record.Encoder, r *alertRow) { e.Uint(uint64(r.a.s.about.rev)) }},
		{EVE: "alert.signature", Type: record.String, Doc: "the rule's message", Put: func(e *record.Encoder, r *alertRow) { e.Str(r.a.s.about.msg) }},
		{EVE: "alert.category", Type: record.String, Doc: "what its class stands for", Put: func(e *record.Encoder, r *alertRow) { e.Str(r.a.s.about.category) }},
		{EVE: "alert.severity", Type: record.Count, Doc: "its priority, 1 is the highest", Put: func(e *record.Encoder, r *alertRow) { e.Uint(uint64(r.a.s.about.priority)) }},
		{EVE: "alert.source", Type: record.Object, Doc: "who attacks, when the rule says which end is the target", Put: putEnd(false)},
		{EVE: "alert.target", Type: record.Object, Doc: "who is attacked", Put: putEnd(true)},
		{EVE: "alert.metadata", Type: record.Object, Doc: "the rule's metadata", Put: putMetadata},
		{EVE: "alert.rule", Type: record.String, Doc: "the rule itself, when metadata.rule.raw asks for it", Put: func(e *record.Encoder, r *alertRow) {
			if r.w.opts.ruleText {
				e.Str(r.a.s.about.text)
			}
		}},
		{EVE: "app_proto", Type: record.String, Doc: "the flow's protocol; what the alert's transaction was stands before", Put: putApp},
		{EVE: "app_proto_ts", Type: record.String, Doc: "the protocol of what the client sent, if it differs", Put: putAppOf(proto.Orig)},
		{EVE: "app_proto_tc", Type: record.String, Doc: "the protocol of what the server sent, if it differs", Put: putAppOf(proto.Resp)},
		{EVE: "app_proto_orig", Type: record.String, Doc: "the protocol before the last change", Put: func(e *record.Encoder, r *alertRow) {
			if f := r.c.f; f != nil && f.AppProtoOrig() != "" {
				e.Name(f.AppProtoOrig())
			}
		}},
		{EVE: "direction", Type: record.String, Doc: "to_server or to_client", Put: func(e *record.Encoder, r *alertRow) {
			switch {
			case r.c.f == nil:
			case r.c.d == proto.Orig:
				e.Name("to_server")
			default:
				e.Name("to_client")
			}
		}},
		{EVE: "flow.pkts_toserver", Type: record.Count, Doc: "packets of the client so far", Put: putFlow(func(f *proto.Flow) uint64 { return f.Side[0].Packets })},
		{EVE: "flow.pkts_toclient", Type: record.Count, Doc: "packets of the server so far", Put: putFlow(func(f *proto.Flow) uint64 { return f.Side[1].Packets })},
		{EVE: "flow.bytes_toserver", Type: record.Count, Doc: "bytes of the client so far", Put: putFlow(func(f *proto.Flow) uint64 { return f.Side[0].FrameBytes })},
		{EVE: "flow.bytes_toclient", Type: record.Count, Doc: "bytes of the server so far", Put: putFlow(func(f *proto.Flow) uint64 { return f.Side[1].FrameBytes })},
		{EVE: "flow.start", Type: record.Time, Doc: "when it began", Put: func(e *record.Encoder, r *alertRow) {
			if r.c.f != nil {
				e.Time(r.c.f.Start)
			}
		}},
		{EVE: "flow.src_ip", Type: record.Address, Is: record.IP, Doc: "the client", Put: func(e *record.Encoder, r *alertRow) {
			if f := r.c.f; f != nil {
				e.AddrFull(netip(f.Side[0].Addr, f.Version))
			}
		}},
		{EVE: "flow.dest_ip", Type: record.Address, Is: record.IP, Doc: "the server", Put: func(e *record.Encoder, r *alertRow) {
			if f := r.c.f; f != nil {
				e.AddrFull(netip(f.Side[1].Addr, f.Version))
			}
		}},
		{EVE: "flow.src_port", Type: record.Port, Doc: "the client's port", Put: putPort(0)},
		{EVE: "flow.dest_port", Type: record.Port, Doc: "the server's port", Put: putPort(1)},
		{EVE: "payload", Type: record.String, Doc: "the payload in base64, when asked for", Put: func(e *record.Encoder, r *alertRow) {
			if b := r.payload(); r.w.opts.payload && len(b) > 0 {
				e.Base64(b)
			}
		}},
		{EVE: "payload_printable", Type: record.String, Doc: "the payload as text, when asked for", Put: func(e *record.Encoder, r *alertRow) {
			if b := r.payload(); r.w.opts.printable && len(b) > 0 {
				e.Str(string(printable(nil, b)))
			}
		}},
		{EVE: "stream", Type: record.Count, Doc: "1 when the payload is the stream's, 0 when it is the packet's", Put: func(e *record.Encoder, r *alertRow) {
			if !r.w.opts.payload && !r.w.opts.printable {
				return
			}
			if r.fromStream() {
				e.Uint(1)
			} else {
				e.Uint(0)
			}
		}},
		{EVE: "packet", Type: record.String, Doc: "the packet in base64, when asked for", Put: func(e *record.Encoder, r *alertRow) {
			if r.w.opts.packet && r.c.real {
				e.Base64(frame(r.c.p))
			}
		}},
		{EVE: "packet_info.linktype", Type: record.Count, Doc: "the packet's link type", Put: func(e *record.Encoder, r *alertRow) {
			if r.w.opts.packet && r.c.real {
				e.Uint(linkType(r.c.p))
			}
		}},
		{EVE: "verdict.action", Type: record.String, Doc: "what became of the packet", Put: putVerdict},
	},
}

// frame is what EVE has for the packet: the frame, or the packet within a tunnel.
func frame(p *flow.Packet) []byte {
	switch {
	case p.Layer > 0:
		return p.Network()
	case !p.Is(flow.Defragmented):
		return p.Frame.Data
	}
	// A datagram that was put together stands behind the link header of its last fragment.
	return append(bytes.Clone(linkHeader(p)), p.Network()...)
}

// linkHeader is what stands before the IP header in the frame.
func linkHeader(p *flow.Packet) []byte {
	b := p.Frame.Data
	for i := range min(len(b), 64) {
		if p.Version == 4 && b[i]>>4 == 4 && i+20 <= len(b) && bytes.Equal(b[i+12:i+16], p.Src[12:]) && bytes.Equal(b[i+16:i+20], p.Dst[12:]) {
			return b[:i]
		}
		if p.Version == 6 && b[i]>>4 == 6 && i+40 <= len(b) && bytes.Equal(b[i+8:i+24], p.Src[:]) && bytes.Equal(b[i+24:i+40], p.Dst[:]) {
			return b[:i]
		}
	}
	return nil
}

func linkType(p *flow.Packet) uint64 {
	if p.Layer == 0 {
		return uint64(p.Frame.Link)
	}
	return 12 // raw IP
}

func putVerdict(e *record.Encoder, r *alertRow) {
	if !r.w.opts.verdict {
		return
	}
	if r.c.passed {
		e.Name("pass")
	} else {
		e.Name("alert") // nothing is dropped where packets are only looked at
	}
}

func putFlow(get func(f *proto.Flow) uint64) put {
	return func(e *record.Encoder, r *alertRow) {
		if r.c.f != nil {
			e.Uint(get(r.c.f))
		}
	}
}

func putPort(side int) put {
	return func(e *record.Encoder, r *alertRow) {
		if f := r.c.f; f != nil && hasPorts(f.Proto) {
			e.Uint(uint64(f.Side[side].Port))
		}
	}
}

func putEnd(target bool) put {
	return func(e *record.Encoder, r *alertRow) {
		s := r.a.s
		if s.target == 0 {
			return
		}
		p := r.c.p
		addr, port := p.Src, p.SrcPort
		if (s.target == 2) == target {
			addr, port = p.Dst, p.DstPort
		}
		e.Object()
		e.Key("ip")
		e.AddrFull(netip(addr, p.Version))
		if hasPorts(p.Proto) {
			e.Key("port")
			e.Uint(uint64(port))
		}
		e.EndObject()
	}
}

func putMetadata(e *record.Encoder, r *alertRow) {
	list := r.a.s.about.metadata
	if len(list) == 0 || !r.w.opts.metadata {
		return
	}
	e.Object()
	for i := range list {
		e.KeyBytes([]byte(list[i].key))
		e.List()
		for _, v := range list[i].values {
			e.Str(v)
		}
		e.EndList()
	}
	e.EndObject()
}

// putVariables writes the flow's bits, integers and variables.
func putVariables(e *record.Encoder, r *alertRow) {
	fs := r.c.fs
	if fs == nil || !r.w.opts.metadata || len(fs.bits)+len(fs.ints)+len(fs.vars) == 0 {
		return
	}
	name := func(id uint32) string { return r.w.rs.names[id][2:] }
	e.Object()
	if len(fs.vars) > 0 {
		e.Key("flowvars")
		e.List()
		for i := range fs.vars {
			e.Object()
			e.KeyBytes([]byte(r.w.rs.names[fs.vars[i].name]))
			e.Str(string(printable(nil, fs.vars[i].value)))
			e.EndObject()
		}
		e.EndList()
	}
	if len(fs.bits) > 0 {
		e.Key("flowbits")
		e.List()
		names := make([]string, 0, len(fs.bits))
		for _, b := range fs.bits {
			names = append(names, name(b))
		}
		slices.Sort(names)
		for _, n := range names {
			e.Str(n)
		}
		e.EndList()
	}
	if len(fs.ints) > 0 {
		e.Key("flowints")
		e.Object()
		for i := range fs.ints {
			e.KeyBytes([]byte(name(fs.ints[i].name)))
			e.Uint(uint64(fs.ints[i].value))
		}
		e.EndObject()
	}
	e.EndObject()
}

// putApp writes the flow's protocol. What stands before it, the transaction, is a member of another name: the column's key is
// taken back and written again behind it.
func putApp(e *record.Encoder, r *alertRow) {
	if r.c.f == nil {
		return
	}
	const key = `,"app_proto":`
	name := r.c.f.AppProto()
	if r.tx != nil && r.w.opts.app {
		mark := e.Mark()
		e.Cut(mark - len(key))
		if r.tx.Embed(e, r.c.d, r.a.s) {
			r.files(e)
			if name == "" {
				name = "unknown"
			}
			e.Key("app_proto")
		} else {
			r.files(e)
			e.Key("app_proto")
		}
	}
	if name != "" {
		e.Name(name)
	}
}

// files writes the transaction's files.
func (r *alertRow) files(e *record.Encoder) {
	if r.c.fs == nil || r.c.fs.files == nil {
		return
	}
	open := false
	for f := r.c.fs.files.first; f != nil; f = f.next {
		if f.dir != r.c.d || !f.of(r.tx) {
			continue
		}
		if !open {
			open = true
			e.Key("files")
			e.List()
		}
		f.put(e)
	}
	if open {
		e.EndList()
	}
}

func (f *fileWatch) put(e *record.Encoder) {
	e.Object()
	e.Key("filename")
	e.Bytes(f.name)
	if len(f.sids) > 0 {
		e.Key("sid")
		e.List()
		for _, sid := range f.sids {
			e.Uint(uint64(sid))
		}
		e.EndList()
	}
	e.Key("gaps")
	e.Bool(f.gaps)
	e.Key("state")
	switch {
	case !f.closed:
		e.Name("UNKNOWN")
	case f.complete && !f.gaps:
		e.Name("CLOSED")
	default:
		e.Name("TRUNCATED")
	}
	e.Key("stored")
	e.Bool(false)
	if f.storing {
		e.Key("storing")
		e.Bool(true)
	}
	e.Key("size")
	e.Uint(uint64(f.size))
	e.Key("tx_id")
	e.Uint(f.tx)
	e.EndObject()
}

func putAppOf(d proto.Dir) put {
	return func(e *record.Encoder, r *alertRow) {
		f := r.c.f
		if f == nil {
			return
		}
		if a := f.AppProtoOf(d); a != "" && a != f.AppProto() {
			e.Name(a)
		}
	}
}

// fromStream tells whether the payload told is the stream's.
func (r *alertRow) fromStream() bool { return (r.a.stream || r.a.app) && len(r.c.stream) > 0 }

// payload are the bytes told, borrowed.
func (r *alertRow) payload() []byte {
	b := payload(r.c)
	if r.fromStream() {
		b = r.c.fs.raw[r.c.d].told()
		if n := r.w.opts.payloadSize; len(b) > n {
			b = b[:n]
		}
	}
	return b
}

// told is what EVE shows of the stream: gaps are named.
func (s *rawStream) told() []byte {
	if len(s.cuts) == 0 {
		return s.buf
	}
	var out []byte
	from := 0
	for _, x := range s.cuts {
		out = append(out, s.buf[from:x.at]...)
		out = fmt.Appendf(out, "[%d bytes missing]", x.missing)
		from = x.at
	}
	return append(out, s.buf[from:]...)
}

// printable turns what is no printable ASCII into dots, as Suricata does; line ends stay.
func printable(dst, b []byte) []byte {
	for _, c := range b {
		if c < ' ' && c != '\n' && c != '\r' || c > '~' {
			c = '.'
		}
		dst = append(dst, c)
	}
	return dst
}

// encode writes the alert's record.
func (w *worker) encode(c *subject, a *alert) {
	r := &w.row
	*r = alertRow{w: w, c: c, a: a, tx: a.tx}
	var h record.Header
	if c.f != nil {
		h = c.f.Header()
		c.f.Alert(&h)
		h.Swap = c.d == proto.Resp
		if a.tx == nil && (a.stream || len(a.s.apps) > 0 && c.f.TCP == nil) {
			r.guess()
		}
	} else {
		h = w.rt.FlowHeader(c.p)
	}
	if !c.real {
		h.PacketNumber = 0
	} else if h.ICMP {
		h.ICMPType, h.ICMPCode = c.p.ICMPType, c.p.ICMPCode
	}
	w.log.WriteEVE(&h, r)
	*r = alertRow{}
}

// guess takes the transaction that is open, if there is just one.
func (r *alertRow) guess() {
	for tx := r.c.f.Transactions(); tx != nil; tx = tx.Next() {
		if !tx.Begun(r.c.d) || tx.Nested() {
			continue
		}
		if r.tx != nil {
			r.tx = nil
			return
		}
		r.tx, r.guessed = tx, r.c.f.TCP != nil
	}
}
