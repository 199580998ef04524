package flow

type defragmenter struct{}

func (f *defragmenter) init(o DecoderOptions, s *DecodeStats) {}

func (d *Decoder) fragment(c *cursor, p *Packet) bool { return false }
