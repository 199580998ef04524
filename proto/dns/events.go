package dns

import (
	"strconv"

	"github.com/wirelore/wirelore/proto"
)

// The events.
const (
	eventMalformed proto.EventID = iota
	eventNotRequest
	eventNotResponse
	eventZFlag
	eventOpcode
	eventNameLong
	eventLoop
	eventLabels
	eventShort
	eventShortQuestion
	eventShortAnswer
	eventRDLength
	eventForward
	eventLabelLong
	eventPastEnd
	eventLong255
	eventUnknownType
	eventBadLength
	eventManyQuestions
	eventOption
	eventECSLength
	eventECS4Prefix
	eventECS4
	eventECS6Prefix
	eventECS6
	eventSVCBLength
	eventSVCBALPN
	eventSVCBPort
	eventSVCBHint4
	eventSVCBHint6
)

var events = []proto.Event{
	eventMalformed:     {Anomaly: "malformed_data", Doc: "a message is cut short or contradicts itself"},
	eventNotRequest:    {Anomaly: "not_request", Doc: "the client sent a response"},
	eventNotResponse:   {Anomaly: "not_response", Doc: "the server sent a request"},
	eventZFlag:         {Anomaly: "z_flag_set", Doc: "the reserved bit is set"},
	eventOpcode:        {Anomaly: "invalid_opcode", Doc: "the operation is not assigned"},
	eventNameLong:      {Anomaly: "name_too_long", Doc: "a name is far longer than names may be"},
	eventLoop:          {Anomaly: "infinite_loop", Doc: "a compression pointer points to itself"},
	eventLabels:        {Anomaly: "too_many_labels", Doc: "a name has too many labels, or pointers that go round in circles"},
	eventShort:         {Weird: "DNS_truncated_len_lt_hdr_len", Doc: "a message is shorter than its header"},
	eventShortQuestion: {Weird: "DNS_truncated_quest_too_short", Doc: "a message ends within a question"},
	eventShortAnswer:   {Weird: "DNS_truncated_ans_too_short", Doc: "a message ends within a record"},
	eventRDLength:      {Weird: "DNS_truncated_RR_rdlength_lt_len", Doc: "a record's data is longer than what is left of the message"},
	eventForward:       {Weird: "DNS_label_forward_compress_offset", Doc: "a compression pointer does not point backwards"},
	eventLabelLong:     {Weird: "DNS_label_too_long", Doc: "a label's length has bits that do not exist"},
	eventPastEnd:       {Weird: "DNS_label_len_gt_pkt", Doc: "a label is longer than what is left of the message"},
	eventLong255:       {Weird: "DNS_NAME_too_long", Doc: "a name is longer than RFC 1035 allows"},
	eventUnknownType:   {Weird: "DNS_RR_unknown_type", Doc: "the type of a record is not known"},
	eventBadLength:     {Weird: "DNS_RR_bad_length", Doc: "an address has a length of its own"},
	eventManyQuestions: {Weird: "DNS_Conn_count_too_large", Doc: "a message announces more questions than are plausible"},
	eventOption:        {Weird: "EDNS_truncated_option", Doc: "an EDNS option is longer than what is left of the record"},
	eventECSLength:     {Weird: "EDNS_ECS_invalid_option_len", Doc: "a client subnet option is too short"},
	eventECS4Prefix:    {Weird: "EDNS_ECS_invalid_addr_v4_prefix", Doc: "the prefix is longer than the address"},
	eventECS4:          {Weird: "EDNS_ECS_invalid_addr_v4", Doc: "the address is shorter than the prefix"},
	eventECS6Prefix:    {Weird: "EDNS_ECS_invalid_addr_v6_prefix", Doc: "the prefix is longer than the address"},
	eventECS6:          {Weird: "EDNS_ECS_invalid_addr_v6", Doc: "the address is shorter than the prefix"},
	eventSVCBLength:    {Weird: "DNS_SVCB_wrong_length", Doc: "a service binding does not fill its record"},
	eventSVCBALPN:      {Weird: "DNS_SVCB_alpn_length_invalid", Doc: "the protocol names do not fill their parameter"},
	eventSVCBPort:      {Weird: "DNS_SVCB_port_length_invalid", Doc: "a port is not two octets long"},
	eventSVCBHint4:     {Weird: "DNS_SVCB_ipv4hint_length_invalid", Doc: "IPv4 hints are not whole addresses"},
	eventSVCBHint6:     {Weird: "DNS_SVCB_ipv6hint_length_invalid", Doc: "IPv6 hints are not whole addresses"},
}

// judge reports what Suricata finds odd about a message, and tells whether it made a transaction of it. What is wrong with
// one that it did not belongs to the transaction before, if there still is one.
func (p *parser) judge(s *proto.Session[Tx], d proto.Dir, t *Tx, m *Message, f fault) bool {
	t.Serial = s.Note >> 1
	if int(m.QDCount)+int(m.ANCount)+int(m.NSCount)+int(m.ARCount) > len(m.Raw)/2 {
		return false // not taken for a message at all
	}
	bad := m.Broken || f&faultTarget != 0
	if !m.QR {
		bad = len(m.Questions) < int(m.QDCount) // it reads no further in a request
	}
	if bad {
		p.before(s, d, eventMalformed)
		return false
	}
	if m.QR && d == proto.Orig {
		p.before(s, d, eventNotRequest)
		return false
	}
	if !m.QR && d == proto.Resp {
		p.before(s, d, eventNotResponse)
	}
	s.Note += 2
	if m.Opcode >= 7 {
		p.anomaly(s, d, t.Serial, eventOpcode)
	}
	if m.Z&4 != 0 {
		p.anomaly(s, d, t.Serial, eventZFlag)
	}
	if f&(faultLong|faultLoop|faultLabels) == 0 {
		return true
	}
	if f&faultLoop != 0 {
		p.anomaly(s, d, t.Serial, eventLoop)
	}
	if f&faultLong != 0 {
		p.anomaly(s, d, t.Serial, eventNameLong)
	}
	if f&faultLabels != 0 {
		p.anomaly(s, d, t.Serial, eventLabels)
	}
	return true
}

// before reports an anomaly at the transaction before, if that came in the same packet.
func (p *parser) before(s *proto.Session[Tx], d proto.Dir, id proto.EventID) {
	if n := s.Note >> 1; n > p.gone {
		p.anomaly(s, d, n-1, id)
	}
}

func (p *parser) anomaly(s *proto.Session[Tx], d proto.Dir, tx uint64, id proto.EventID) {
	s.Anomaly(&proto.Anomaly{Dir: d, Kind: proto.AppAnomaly, Name: events[id].Anomaly, Proto: "dns", Layer: "proto_parser", Tx: int64(tx)})
}

// maxQuestions is how many questions Zeek takes for plausible.
const maxQuestions = 25

// weirds reports what Zeek finds odd about a message. It looks at authorities and additional records only where there are
// no answers.
func (p *parser) weirds(s *proto.Session[Tx], m *Message, f fault) {
	if m.QDCount > maxQuestions {
		s.Event(eventManyQuestions)
		return
	}
	if f&^(faultLong|faultLabels|faultLoop|faultTarget) != 0 {
		p.nameWeirds(s, f)
	}
	for i := range m.Records {
		r := &m.Records[i]
		if r.Section != Answer && m.ANCount > 0 {
			return
		}
		switch {
		case r.Type == typeOPT:
			p.edns(s, m.data(r))
		case r.Type == typeSVCB || r.Type == typeHTTPS:
			if id, ok := m.svcb(r); !ok {
				s.Event(id)
			}
		case r.Type == typeA && r.Len != 4 || r.Type == typeAAAA && r.Len != 16:
			s.Event(eventBadLength)
		case !known(r.Type):
			s.EventAddl(eventUnknownType, strconv.Itoa(int(r.Type)))
		}
	}
}

func (p *parser) nameWeirds(s *proto.Session[Tx], f fault) {
	for _, x := range [...]struct {
		bit fault
		id  proto.EventID
	}{
		{faultForward, eventForward}, {faultLabel, eventLabelLong}, {faultPastEnd, eventPastEnd}, {faultLong255, eventLong255},
		{faultShortQuestion, eventShortQuestion}, {faultShortAnswer, eventShortAnswer}, {faultRDLength, eventRDLength},
	} {
		if f&x.bit == 0 || x.id == eventLabelLong && s.Side[proto.Resp].Port == netbiosPort {
			continue
		}
		s.Event(x.id)
	}
}

// known tells whether Zeek reads records of a type.
func known(t uint16) bool {
	switch t {
	case typeA, typeNS, typeCNAME, typeSOA, typePTR, typeHINFO, typeMX, typeTXT, typeAAAA, typeLOC, typeNB, typeSRV, typeNAPTR,
		typeOPT, typeDS, typeSSHFP, typeRRSIG, typeNSEC, typeDNSKEY, typeNSEC3, typeNSEC3PARAM, typeSVCB, typeHTTPS, typeSPF,
		typeTKEY, typeTSIG, typeCAA, typeA6, typeBINDS:
		return true
	}
	return false
}
