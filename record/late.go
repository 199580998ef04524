package record

// Late decides about records where those of all workers meet, in the capture's order: what counts over all hosts (a rule's
// threshold by source, a bit of a host) cannot be known on one worker. It is called from one goroutine at a time.
type Late interface {
	// Decide tells whether the record is written, and may put another Line in its place. e.Stream is nil when there is no
	// record: something happened that later decisions depend on. e is borrowed.
	Decide(e *Entry) bool
}

// Note puts l into the order of the records, without a record.
func (o *Output) Note(l Late) {
	o.ents = append(o.ents, entry{order: o.Now, start: len(o.enc.buf), end: len(o.enc.buf), late: l})
}
