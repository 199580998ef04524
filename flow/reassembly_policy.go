package flow

// newWins tells whether a segment [from, to) wins over older bytes [old, oldEnd) where both overlap. The names are those of
// Suricata's host-os-policy, and so are the results, as observed of Suricata 7.0.10; where they differ from what Novak and
// Sturges measured of real systems ("Target-Based TCP Stream Reassembly", 2007), Suricata is followed.
func (o Policy) newWins(from, to, old, oldEnd uint64) bool {
	switch o {
	case PolicyLast:
		return true
	case PolicyBSD, PolicyBSDRight, PolicyHPUX10, PolicyIRIX, PolicyMacOS, PolicyWindows, PolicyWindows2003:
		return from < old
	case PolicyLinux:
		return from < old || from == old && to > oldEnd
	case PolicyOldLinux:
		return from < old || from == old && to >= oldEnd
	case PolicySolaris, PolicyHPUX11:
		return to > oldEnd || from <= old && to == oldEnd
	default: // PolicyFirst, PolicyVista
		return false
	}
}
