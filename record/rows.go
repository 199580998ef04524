package record

import (
	"slices"
	"strconv"
)

func (w *Writer[T]) tsv(h *Header, t *T) {
	e, start := w.begin(TSV)
	if w.log.Scope != Bare {
		e.buf = appendSeconds(e.buf, h.Nanos)
	}
	if w.log.Scope == PerFlow {
		e.tsvFlow(h)
	}
	first := w.log.Scope == Bare
	for i := range w.zeek.cols {
		if !first {
			e.buf = append(e.buf, '\t')
		}
		first = false
		e.set = false
		w.zeek.cols[i].put(e, t)
		if !e.set {
			e.buf = append(e.buf, '-')
		}
	}
	if len(e.buf) > start && e.buf[start] == '#' {
		// Readers would take the line for one of the log's head.
		e.buf = slices.Replace(e.buf, start, start+1, '\\', 'x', '2', '3')
	}
	w.end(w.zeek.stream, start, h.Nanos)
}

func (e *Encoder) tsvFlow(h *Header) {
	e.buf = append(e.buf, '\t')
	if h.HasFlow {
		e.buf = append(e.buf, h.UID...)
	} else {
		e.buf = append(e.buf, '-')
	}
	if !h.HasAddr {
		e.buf = append(e.buf, "\t-\t-\t-\t-"...)
		return
	}
	e.buf = h.Orig.AppendTo(append(e.buf, '\t'))
	e.buf = strconv.AppendUint(append(e.buf, '\t'), uint64(h.OrigPort), 10)
	e.buf = h.Resp.AppendTo(append(e.buf, '\t'))
	e.buf = strconv.AppendUint(append(e.buf, '\t'), uint64(h.RespPort), 10)
}

func (w *Writer[T]) zeekJSON(h *Header, t *T) {
	e, start := w.begin(ZeekJSON)
	e.buf = append(e.buf, '{')
	if w.log.Scope != Bare {
		e.buf = appendSeconds(append(e.buf, `"ts":`...), h.Nanos)
	}
	if w.log.Scope == PerFlow {
		if h.HasFlow {
			e.buf = append(append(append(e.buf, `,"uid":"`...), h.UID...), '"')
		}
		if h.HasAddr {
			e.buf = h.Orig.AppendTo(append(e.buf, `,"id.orig_h":"`...))
			e.buf = strconv.AppendUint(append(e.buf, `","id.orig_p":`...), uint64(h.OrigPort), 10)
			e.buf = h.Resp.AppendTo(append(e.buf, `,"id.resp_h":"`...))
			e.buf = strconv.AppendUint(append(e.buf, `","id.resp_p":`...), uint64(h.RespPort), 10)
		}
	}
	for i := range w.zeek.cols {
		c := &w.zeek.cols[i]
		mark := len(e.buf)
		e.sep()
		e.buf = append(e.buf, c.key...)
		e.set = false
		c.put(e, t)
		if !e.set {
			e.buf = e.buf[:mark]
		}
	}
	e.buf = append(e.buf, '}')
	w.end(w.zeek.stream, start, h.Nanos)
}

// WriteEVE encodes the row for EVE alone.
func (w *Writer[T]) WriteEVE(h *Header, t *T) {
	if w.eve == nil {
		return
	}
	e, start := w.begin(EVE)
	e.header(h, w.log.Event)
	w.eve.encode(e, t)
	e.buf = append(e.buf, '}')
	w.end(w.eve.stream, start, h.Nanos)
}

// EncodeEVE encodes the row's own members, for a record that is written later by WriteEncoded; nil when EVE does not want
// it. Owned by the caller.
func (w *Writer[T]) EncodeEVE(t *T) []byte {
	if w.eve == nil {
		return nil
	}
	e, start := w.begin(EVE)
	e.buf = append(e.buf, '"') // stands for what comes before: the members begin with a comma
	w.eve.encode(e, t)
	body := slices.Clone(e.buf[start+1:])
	e.buf = e.buf[:start]
	return body
}

// WriteEncoded writes a record whose members came from EncodeEVE.
func (w *Writer[T]) WriteEncoded(h *Header, body []byte) {
	if w.eve == nil {
		return
	}
	e, start := w.begin(EVE)
	e.header(h, w.log.Event)
	e.buf = append(append(e.buf, body...), '}')
	w.end(w.eve.stream, start, h.Nanos)
}

// encode writes the columns as members of the object that is open, their own objects lazily: an object none of whose
// columns is set does not appear.
func (y *layout[T]) encode(e *Encoder, t *T) {
	open := 0       // how many objects of the current path are open
	var at []string // the path of the column that opened them
	for i := range y.cols {
		c := &y.cols[i]
		mark, was := len(e.buf), open
		keep := shared(at, c.path, open)
		for ; open > keep; open-- {
			e.buf = append(e.buf, '}')
		}
		for ; open < len(c.path); open++ {
			e.Key(c.path[open])
			e.buf = append(e.buf, '{')
		}
		e.sep()
		e.buf = append(e.buf, c.key...)
		e.set = false
		c.put(e, t)
		if !e.set {
			e.buf, open = e.buf[:mark], was
			continue
		}
		at = c.path
	}
	for ; open > 0; open-- {
		e.buf = append(e.buf, '}')
	}
}

func shared(a, b []string, n int) int {
	n = min(n, len(b), len(a))
	for i := range n {
		if a[i] != b[i] {
			return i
		}
	}
	return n
}

// Embed writes the columns of l that have an EVE path as members of the object that is open in e, as a file's record
// embeds the transaction it came with.
func Embed[T any](e *Encoder, y *Embedded[T], t *T) {
	y.l.encode(e, t)
	e.set = true // the object that is open is a value, whichever columns are set
}

// Embedded is a log prepared for Embed; immutable and shared.
type Embedded[T any] struct{ l *layout[T] }

// PrepareEmbed prepares l for Embed.
func PrepareEmbed[T any](l *Log[T]) *Embedded[T] { return &Embedded[T]{compile(l, EVE)} }

func (e *Encoder) header(h *Header, event string) {
	b := append(e.buf, `{"timestamp":"`...)
	b = append(e.clock.append(b, h.Nanos), '"')
	if h.HasFlow {
		b = strconv.AppendUint(append(b, `,"flow_id":`...), h.FlowID, 10)
	}
	if h.ParentID != 0 {
		b = strconv.AppendUint(append(b, `,"parent_id":`...), h.ParentID, 10)
	}
	if h.Interface != "" {
		b = append(appendEscaped(append(b, `,"in_iface":"`...), h.Interface), '"')
	}
	if h.PacketNumber != 0 {
		b = strconv.AppendUint(append(b, `,"pcap_cnt":`...), h.PacketNumber, 10)
	}
	b = append(append(append(b, `,"event_type":"`...), event...), '"')
	if len(h.VLAN) > 0 {
		b = append(b, `,"vlan":[`...)
		for i, v := range h.VLAN {
			if i > 0 {
				b = append(b, ',')
			}
			b = strconv.AppendUint(b, uint64(v), 10)
		}
		b = append(b, ']')
	}
	if h.HasAddr {
		b = h.endpoints(b)
	}
	if h.ICMP {
		b = strconv.AppendUint(append(b, `,"icmp_type":`...), uint64(h.ICMPType), 10)
		b = strconv.AppendUint(append(b, `,"icmp_code":`...), uint64(h.ICMPCode), 10)
	}
	if h.PacketSource != "" {
		b = append(append(append(b, `,"pkt_src":"`...), h.PacketSource...), '"')
	}
	if h.CommunityID != nil {
		b = append(append(append(b, `,"community_id":"`...), h.CommunityID...), '"')
	}
	if h.TxID >= 0 {
		b = strconv.AppendInt(append(b, `,"tx_id":`...), h.TxID, 10)
	}
	if e.file != "" {
		b = append(appendEscaped(append(b, `,"pcap_filename":"`...), e.file), '"')
	}
	e.buf = b
	if h.Ethernet != nil {
		e.ethernet(h.Ethernet)
	}
	if h.Tunnel != nil {
		e.Key("tunnel")
		h.Tunnel(e)
	}
}

func (h *Header) endpoints(b []byte) []byte {
	src, dst, sp, dp := h.Orig, h.Resp, h.OrigPort, h.RespPort
	if h.Swap {
		src, dst, sp, dp = dst, src, dp, sp
	}
	b = append(appendEVEAddr(append(b, `,"src_ip":"`...), src), '"')
	if h.HasPorts {
		b = strconv.AppendUint(append(b, `,"src_port":`...), uint64(sp), 10)
	}
	b = append(appendEVEAddr(append(b, `,"dest_ip":"`...), dst), '"')
	if h.HasPorts {
		b = strconv.AppendUint(append(b, `,"dest_port":`...), uint64(dp), 10)
	}
	return append(append(append(b, `,"proto":"`...), h.Proto...), '"')
}

func (e *Encoder) ethernet(b []byte) {
	e.Key("ether")
	e.Object()
	e.Key("src_mac")
	e.mac(b[6:12])
	e.Key("dest_mac")
	e.mac(b[0:6])
	e.EndObject()
}

func (e *Encoder) mac(b []byte) {
	e.sep()
	e.buf = append(e.buf, '"')
	for i, c := range b {
		if i > 0 {
			e.buf = append(e.buf, ':')
		}
		e.buf = append(e.buf, hexDigits[c>>4], hexDigits[c&15])
	}
	e.buf = append(e.buf, '"')
}
