package flow

type encapCache struct{}

func (e *encapCache) init(n int, p Profile) {}

func (d *Decoder) udpTunnel(c *cursor, p *Packet) bool { return false }
func (d *Decoder) gre(c *cursor, p *Packet) bool       { return false }
func (d *Decoder) ipInIP(c *cursor, p *Packet) bool    { return false }
func (d *Decoder) etherInIP(c *cursor, p *Packet) bool { return false }
