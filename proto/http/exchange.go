package http

import (
	"github.com/wirelore/wirelore/flow"
	"github.com/wirelore/wirelore/proto"
)

// begin opens a transaction.
func (p *parser) begin() (*Tx, error) {
	tx, err := p.s.Begin()
	if err != nil {
		return nil, err
	}
	p.count++
	tx.Depth = p.count
	tx.cfg = p.cfg
	tx.Req.init()
	tx.Resp.init()
	return tx, nil
}

// endMessage closes the message being read in direction d. whole tells that it ended as announced.
func (p *parser) endMessage(d proto.Dir, whole bool) {
	st := &p.side[d]
	tx := st.tx
	if p.mayGoOn(d, tx) {
		st.state = sAfter
		return
	}
	st.body.end(whole)
	m := tx.message(d)
	switch st.state {
	case sHeaders:
		p.head(d, tx, m)
	case sTrailer:
		m.headEnd = len(m.Raw)
	}
	m.Complete = whole
	if d == proto.Orig {
		p.endRequest(tx)
	} else {
		p.endResponse(tx)
	}
}

// mayGoOn tells whether what follows a message at once is looked at first: libhtp takes it as more of the body unless it
// is another first line.
func (p *parser) mayGoOn(d proto.Dir, tx *Tx) bool {
	if !p.more || !p.cfg.eveOnly || p.side[d].state == sAfter {
		return false
	}
	return d == proto.Orig && !tx.connect || d == proto.Resp && !p.interimStatus(tx) && !tx.switches()
}

func (p *parser) endRequest(tx *Tx) {
	st := &p.side[proto.Orig]
	st.next()
	tx.requested = true
	p.zeek.requestDone(p, tx)
	p.s.At(tx, proto.Orig, RequestDone)
	if tx.ended {
		p.close(tx, proto.Orig)
	}
}

func (p *parser) endResponse(tx *Tx) {
	st := &p.side[proto.Resp]
	if p.interimStatus(tx) {
		p.interim(tx)
		return
	}
	st.next()
	if len(p.queue) > 0 && p.queue[0] == tx {
		copy(p.queue, p.queue[1:])
		p.queue = p.queue[:len(p.queue)-1]
	}
	p.s.At(tx, proto.Resp, ResponseDone)
	p.zeek.responseDone(p, tx)
	tx.ended = true
	if tx.switches() && p.side[proto.Orig].tx != tx {
		inner, told := "", any(nil)
		if up := tx.Resp.value(fUpgrade); tx.Status == 101 && equalFold(trim(up), "websocket") {
			inner, told = "websocket", p.upgrade(tx)
		} else if tx.Status == 101 && indexFold(up, "h2c", false) >= 0 && p.s.AppProtoOrig() != "" {
			// Suricata changes a flow's protocol once.
			p.s.EventTx(tx, evFailedProtocolChange, "")
		}
		p.tunnel = true
		if tx.Status != 101 {
			p.s.Tunneled(flow.TunnelHTTP)
		}
		p.close(tx, proto.Resp)
		p.s.HandoffWith(inner, told)
		return
	}
	if p.side[proto.Orig].tx != tx {
		p.close(tx, proto.Resp)
	}
}

// interim ends a 1xx response: the final one is still to come for the same request.
func (p *parser) interim(tx *Tx) {
	st := &p.side[proto.Resp]
	tx.InfoStatus, tx.InfoReason = tx.Status, tx.Reason
	tx.infoLine, tx.infoText = tx.Resp.Line, tx.StatusText
	if tx.Status == 100 && tx.Resp.started {
		p.event(proto.Resp, ev100ContinueAlreadySeen)
	}
	// Suricata's raw header block goes on with what follows, status line included.
	tx.Resp = Message{started: true, Raw: tx.Resp.Raw, Body: tx.Resp.Body}
	tx.Resp.init()
	tx.Status, tx.StatusText, tx.Reason = 0, nil, nil
	tx.rendered[proto.Resp].made = false
	warned := st.warned
	st.next()
	st.warned = warned
	st.tx = nil
}

// close announces the last stage and gives the transaction back.
func (p *parser) close(tx *Tx, d proto.Dir) {
	p.settleFile(tx)
	p.zeek.row(p, tx)
	p.s.At(tx, d, Done)
	p.s.Close(tx)
}

// settleFile closes what is still open of a transaction that goes.
func (p *parser) settleFile(tx *Tx) {
	if b := &p.side[proto.Orig].body; b.tx == tx {
		b.out.settle()
	}
}

// next makes the direction ready for another message.
func (st *side) next() {
	st.state, st.tx, st.left, st.fields, st.folding, st.warned, st.events = sLine, nil, 0, 0, false, 0, 0
}
