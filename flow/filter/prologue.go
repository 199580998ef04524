package filter

// prologue finds the headers whose place varies, once, when the program needs them: the 802.11 header behind a radio
// header, the end of the 802.11 header, and the end of the header of pf.
func (l *layer) prologue(used [regFirst]bool) *cond {
	if !used[regHeader] && !used[regPayload] {
		return nil
	}
	var steps []step
	var ppi *cond
	header := uint8(regHeader)
	switch l.link {
	case linkRadiotap:
		steps = append(steps, step{op: opLittle, off: 2})
	case linkPrism:
		steps = append(steps, step{op: opPrism})
	case linkAVS:
		steps = append(steps, step{op: opWord, off: 4})
	case linkPPI:
		ppi = test(step{op: opWord, off: 4, rel: relEq, val: 0x69000000, mask: ^uint32(0)})
		steps = append(steps, step{op: opLittle, off: 2})
	default:
		header = regZero
	}
	switch {
	case l.link == linkPFLog:
		steps = append(steps, step{op: opPad})
	case used[regPayload]:
		s := step{op: opWlan, base: header}
		if l.link == linkRadiotap {
			s.off = 1
		}
		steps = append(steps, s)
	}
	for i := range steps {
		steps[i].rel, steps[i].mask, steps[i].dst = relKeep, ^uint32(0), regHeader
		if steps[i].op == opWlan || steps[i].op == opPad {
			steps[i].dst = regPayload
		}
	}
	return and(ppi, test(steps...))
}
