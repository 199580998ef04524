package flow

// newWins tells whether a segment [from, to) wins over older bytes [old, oldEnd) where both overlap. The rules are those
// that Novak and Sturges measured ("Target-Based TCP Stream Reassembly", 2007) under the names of Suricata's host-os-policy.
func (o Policy) newWins(from, to, old, oldEnd uint64) bool {
	switch o {
	case PolicyLast:
		return true
	case PolicyBSD, PolicyHPUX10, PolicyIRIX:
		return from < old
	case PolicyBSDRight:
		return from <= old
	case PolicyLinux:
		return from < old || from == old && to > oldEnd
	case PolicyOldLinux, PolicySolaris, PolicyHPUX11:
		return to > oldEnd || from < old && to >= oldEnd
	case PolicyWindows2003, PolicyVista, PolicyMacOS:
		return from < old && to > oldEnd
	default: // PolicyFirst, PolicyWindows
		return false
	}
}
