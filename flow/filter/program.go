package filter

import "encoding/binary"

// A program is a list of steps, as a BPF program is, but with the load, the mask, the comparison and both jumps fused
// into one step: the usual primitive is one step. Jumps only go forward, so a run is bounded by the program's length.

// opcode says where a step takes its value from.
type opcode uint8

const (
	opByte     opcode = iota // data[base+off]
	opHalf                   // 16 bits, big endian
	opWord                   // 32 bits, big endian
	opTranByte               // as above, plus the length of the IPv4 header at base+hdr
	opTranHalf
	opTranWord
	opTranAt  // base+off plus the length of the IPv4 header at base+hdr, the address itself
	opLittle  // 16 bits, little endian
	opLen     // length on the wire
	opConst   // off itself
	opReg     // register base
	opAdd     // register base with register arg
	opSub     //
	opMul     //
	opDiv     // a zero divisor rejects the packet
	opMod     //
	opAnd     //
	opOr      //
	opXor     //
	opLsh     //
	opRsh     //
	opNeg     // minus register base
	opAddress // base+off, the address itself
	opWlan    // where the payload of the 802.11 frame at base starts; off 1: a radiotap header precedes it
	opPad     // the byte at base+off, rounded up to a multiple of four
	opPrism   // length of a Prism or AVS header
	opChain4  // last header of the IPv4 chain at base+off, or val when met
	opChain6  // the same for IPv6
	opGeneve  // reads the Geneve header at the address in base, fills dst+1 and dst+2 too
)

// relation says what a step does with its value.
type relation uint8

const (
	relKeep  relation = iota // store in register dst and go on at jt
	relEq                    // value == val
	relGt                    // value > val
	relGe                    // value >= val
	relSet                   // value & val != 0
	relGtReg                 // value > register arg
	relGeReg                 // value >= register arg
)

const (
	regCount = 32
	regMask  = regCount - 1

	regZero    = 0 // always 0: the base of constant offsets
	regHeader  = 1 // where the link header starts, when that varies
	regPayload = 2 // where the link payload starts, when that varies
	regFirst   = 3 // first free register
)

const (
	accept   = 0xffff
	reject   = 0xfffe
	maxSteps = 0xfff0
)

type step struct {
	op     opcode
	rel    relation
	base   uint8
	arg    uint8
	dst    uint8
	jt, jf uint16
	off    uint32
	hdr    uint32
	mask   uint32
	val    uint32
}

// Match tells whether a packet satisfies the filter. data is borrowed until return and wireLen is the packet's length on
// the wire, which the keywords len, less and greater look at. An access behind the end of data rejects the packet as a whole,
// even inside of a "not", as BPF does. It never allocates and any number of goroutines may call it at once.
func (f *Filter) Match(data []byte, wireLen int) bool {
	var regs [regCount]uint32
	pc := f.start
	for pc < uint(len(f.steps)) {
		s := &f.steps[pc]
		at := uint64(regs[s.base&regMask]) + uint64(s.off)
		var v uint32
		switch s.op {
		case opByte:
			if at >= uint64(len(data)) {
				return false
			}
			v = uint32(data[at])
		case opHalf:
			if at+2 > uint64(len(data)) {
				return false
			}
			v = uint32(binary.BigEndian.Uint16(data[at:]))
		case opWord:
			if at+4 > uint64(len(data)) {
				return false
			}
			v = binary.BigEndian.Uint32(data[at:])
		case opTranHalf:
			h := uint64(regs[s.base&regMask]) + uint64(s.hdr)
			if h >= uint64(len(data)) {
				return false
			}
			at += uint64(data[h]&15) * 4
			if at+2 > uint64(len(data)) {
				return false
			}
			v = uint32(binary.BigEndian.Uint16(data[at:]))
		default:
			var ok bool
			if v, ok = s.value(&regs, data, wireLen); !ok {
				return false
			}
		}
		v &= s.mask
		var hit bool
		switch s.rel {
		case relEq:
			hit = v == s.val
		case relSet:
			hit = v&s.val != 0
		case relGt:
			hit = v > s.val
		case relGe:
			hit = v >= s.val
		case relKeep:
			regs[s.dst&regMask] = v
			hit = true
		case relGtReg:
			hit = v > regs[s.arg&regMask]
		case relGeReg:
			hit = v >= regs[s.arg&regMask]
		}
		if hit {
			pc = uint(s.jt)
		} else {
			pc = uint(s.jf)
		}
	}
	return pc == accept
}

// value computes what the rarer steps compare; false rejects the packet.
func (s *step) value(regs *[regCount]uint32, data []byte, wireLen int) (uint32, bool) {
	a, b := regs[s.base&regMask], regs[s.arg&regMask]
	switch s.op {
	case opTranByte, opTranWord, opTranAt:
		return s.transport(a, data)
	case opLittle:
		return little16(data, uint64(a)+uint64(s.off))
	case opLen:
		return uint32(wireLen), true
	case opAddress:
		return a + s.off, true
	case opConst:
		return s.off, true
	case opReg:
		return a, true
	case opWlan:
		return wlanPayload(data, a, s.off == 1)
	case opPad:
		v, ok := byteAt(data, uint64(a)+uint64(s.off))
		return (v + 3) &^ 3, ok
	case opPrism:
		return prismLength(data)
	case opChain4:
		return chain4(data, uint64(a)+uint64(s.off), s.hdr)
	case opChain6:
		return chain6(data, uint64(a)+uint64(s.off), s.hdr)
	case opGeneve:
		return s.geneve(regs, data)
	}
	return compute(s.op, a, b)
}

// compute is 32-bit unsigned arithmetic as in BPF.
func compute(op opcode, a, b uint32) (uint32, bool) {
	switch op {
	case opAdd:
		return a + b, true
	case opSub:
		return a - b, true
	case opMul:
		return a * b, true
	case opDiv:
		if b == 0 {
			return 0, false
		}
		return a / b, true
	case opMod:
		if b == 0 {
			return 0, false
		}
		return a % b, true
	case opAnd:
		return a & b, true
	case opOr:
		return a | b, true
	case opXor:
		return a ^ b, true
	case opLsh:
		return a << b, true
	case opRsh:
		return a >> b, true
	case opNeg:
		return -a, true
	}
	return 0, false
}

// transport reads behind an IPv4 header.
func (s *step) transport(base uint32, data []byte) (uint32, bool) {
	h := uint64(base) + uint64(s.hdr)
	if h >= uint64(len(data)) {
		return 0, false
	}
	at := uint64(base) + uint64(s.off) + uint64(data[h]&15)*4
	switch s.op {
	case opTranAt:
		return uint32(at), true
	case opTranByte:
		return byteAt(data, at)
	}
	return wordAt(data, at)
}

func byteAt(data []byte, at uint64) (uint32, bool) {
	if at >= uint64(len(data)) {
		return 0, false
	}
	return uint32(data[at]), true
}

func wordAt(data []byte, at uint64) (uint32, bool) {
	if at+4 > uint64(len(data)) {
		return 0, false
	}
	return binary.BigEndian.Uint32(data[at:]), true
}

func little16(data []byte, at uint64) (uint32, bool) {
	if at+2 > uint64(len(data)) {
		return 0, false
	}
	return uint32(binary.LittleEndian.Uint16(data[at:])), true
}
