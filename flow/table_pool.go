package flow

// flowPool keeps flows in chunks that never move, so that a number names a flow and a pointer to it stays good.
type flowPool struct {
	chunks [][]Flow
	free   uint32
	used   uint32 // numbers given out so far
}

const (
	chunkBits = 10
	chunkSize = 1 << chunkBits
	tcpChunk  = 256
)

func (p *flowPool) at(i uint32) *Flow { return &p.chunks[i>>chunkBits][i&(chunkSize-1)] }

// get returns a flow whose fields are all zero but for index.
func (p *flowPool) get() *Flow {
	if p.free != noFlow {
		f := p.at(p.free)
		p.free = f.next
		f.next = 0
		return f
	}
	if p.used>>chunkBits == uint32(len(p.chunks)) {
		p.chunks = append(p.chunks, make([]Flow, chunkSize))
	}
	f := p.at(p.used)
	f.index = p.used
	p.used++
	return f
}

// put takes a flow back.
func (p *flowPool) put(f *Flow) {
	*f = Flow{index: f.index, next: p.free}
	p.free = f.index
}

// tcpPool keeps the states of TCP flows.
type tcpPool struct{ free []*TCP }

func (p *tcpPool) get() *TCP {
	if len(p.free) == 0 {
		c := make([]TCP, tcpChunk)
		for i := range c {
			p.free = append(p.free, &c[i])
		}
	}
	t := p.free[len(p.free)-1]
	p.free = p.free[:len(p.free)-1]
	return t
}

func (p *tcpPool) put(t *TCP) {
	*t = TCP{}
	p.free = append(p.free, t)
}
