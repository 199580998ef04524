package filter

import "github.com/wirelore/wirelore/pcap"

// Set is one expression for captures with packets of several link types. It compiles the expression when a link type is first
// met, so it is for one goroutine; give each its own.
type Set struct {
	expr    string
	filters map[pcap.LinkType]*Filter // nil where the expression makes no sense for the link type
	last    *Filter
	link    pcap.LinkType
	known   bool
	err     error
}

// New checks the expression and returns a Set for it. An expression that makes sense neither for Ethernet nor for 802.11
// is refused with a *SyntaxError.
func New(expr string) (*Set, error) {
	s := &Set{expr: expr, filters: make(map[pcap.LinkType]*Filter)}
	f, err := Compile(expr, linkEthernet)
	if err == nil {
		s.filters[linkEthernet] = f
		return s, nil
	}
	for _, link := range []pcap.LinkType{linkRadiotap, linkSLL} {
		if f, other := Compile(expr, link); other == nil {
			s.filters[link] = f
			return s, nil
		}
	}
	return nil, err
}

// Match tells whether a packet, which is only read, satisfies the expression. Packets of a link type that the expression
// cannot be compiled for do not match, and Err says why.
func (s *Set) Match(p *pcap.Packet) bool {
	if !s.known || s.link != p.Link {
		s.switchTo(p.Link)
	}
	return s.last != nil && s.last.Match(p.Data, int(p.Length))
}

func (s *Set) switchTo(link pcap.LinkType) {
	f, ok := s.filters[link]
	if !ok {
		var err error
		if f, err = Compile(s.expr, link); err != nil && s.err == nil {
			s.err = err
		}
		s.filters[link] = f
	}
	s.last, s.link, s.known = f, link, true
}

// Err returns why the expression could not be compiled for the first of the link types met where it could not, or nil.
func (s *Set) Err() error { return s.err }

// String returns the expression.
func (s *Set) String() string { return s.expr }
