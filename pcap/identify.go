package pcap

// foreign is the error for an input that is no capture we read.
func (r *Reader) foreign() error {
	return r.broken(ErrFormat, "not a capture")
}
