package flow

// Add adds o's counters: those of another worker's table.
func (s *Stats) Add(o *Stats) {
	s.Flows += o.Flows
	s.Packets += o.Packets
	s.Expired += o.Expired
	s.Evicted += o.Evicted
	s.Reused += o.Reused
	s.BadChecksums += o.BadChecksums
	s.Segments += o.Segments
	s.OutOfOrder += o.OutOfOrder
	s.Retransmitted += o.Retransmitted
	s.Gaps += o.Gaps
	s.GapBytes += o.GapBytes
	s.ReassemblyCut += o.ReassemblyCut
	s.ReassemblyCutBytes += o.ReassemblyCutBytes
	s.Fragments += o.Fragments
	s.Datagrams += o.Datagrams
	s.FragmentsCut += o.FragmentsCut
	s.Open += o.Open
	s.MaxOpen += o.MaxOpen
	s.Held += o.Held
	s.MaxHeld += o.MaxHeld
	s.Outside += o.Outside
}
