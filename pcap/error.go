package pcap

import (
	"errors"
	"fmt"
	"io"
)

// ErrFormat is wrapped by the *Error for an input that is no capture in a format this package reads. The Error's
// Reason says what the input is, where that can be told.
var ErrFormat = errors.New("not a pcap or pcapng capture")

// ErrLimit is wrapped by the *Error for an input that goes beyond one of the [Options] limits.
var ErrLimit = errors.New("limit reached")

// An Error tells where and why a capture cannot be read any further. It is immutable.
type Error struct {
	// Name is the file's name as given, "" when the input has none.
	Name string
	// Offset is where the broken record or block begins, in bytes after decompression.
	Offset int64
	// Packet is the number of the packet that could not be read: one more than the packets before the break.
	Packet uint64
	// Reason says what is wrong, and what it means where that is not obvious.
	Reason string
	// Err is what caused it, or nil: io.ErrUnexpectedEOF for an input that was cut, ErrFormat, ErrLimit,
	// or an error of the input or of its decompression.
	Err error
}

// Error names file, packet, offset and reason.
func (e *Error) Error() string {
	msg := "pcap: "
	if e.Name != "" {
		msg += e.Name + ": "
	}
	if e.Packet > 0 {
		msg += fmt.Sprintf("packet %d at offset %d: ", e.Packet, e.Offset)
	}
	msg += e.Reason
	if e.Packet > 1 {
		msg += fmt.Sprintf(" (packets read before it: %d)", e.Packet-1)
	}
	return msg
}

// Unwrap returns Err.
func (e *Error) Unwrap() error { return e.Err }

// broken is the error for what begins at the unread position.
func (r *Reader) broken(err error, format string, args ...any) *Error {
	return &Error{Name: r.name, Offset: r.s.offset(), Packet: r.count + 1, Reason: fmt.Sprintf(format, args...), Err: err}
}

// unreadable is the error for an input that ended before want bytes of what were there, of which got are.
func (r *Reader) unreadable(what string, got, want int) error {
	err := r.s.err
	if atEnd(err) {
		why := "the file ends in the middle of a packet, its writer was stopped or it was copied in part"
		if r.count == 0 {
			why = "the file was copied in part, or before its writer had written it out"
		}
		return r.broken(io.ErrUnexpectedEOF, "%s is cut short, %d of %d bytes are there: %s", what, got, want, why)
	}
	var e *Error
	if errors.As(err, &e) {
		return r.broken(e.Err, "%s", e.Reason)
	}
	if r.info.Compression != "" {
		if errors.Is(err, io.ErrUnexpectedEOF) {
			return r.broken(err, "the %s data is cut short: the file was copied or downloaded in part", r.info.Compression)
		}
		return r.broken(err, "the %s data is damaged (%v): fetch the file again or decompress it with a tool that repairs", r.info.Compression, err)
	}
	return r.broken(err, "reading failed: %v", err)
}

// atEnd tells whether an input gave all that it has.
func atEnd(err error) bool { return err == nil || errors.Is(err, io.EOF) }
