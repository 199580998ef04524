package record

import (
	"encoding/base64"
	"encoding/hex"
	"math"
	"net/netip"
	"strconv"
)

// Form is an output format.
type Form uint8

// The forms.
const (
	TSV Form = iota
	ZeekJSON
	EVE
)

// Encoder appends one row's values in one form. It belongs to one goroutine. All byte slices and strings handed to
// it are borrowed for the call.
type Encoder struct {
	buf   []byte
	form  Form
	set   bool // the current column got a value
	depth int  // TSV: lists open
	items int  // TSV: elements in the open list
	clock clock
	file  string // EVE's pcap_filename; "": left out
}

// Form returns the form being written, for the rare column whose value differs.
func (e *Encoder) Form() Form { return e.form }

func (e *Encoder) sep() {
	e.set = true
	if e.form == TSV {
		if e.depth > 0 {
			if e.items > 0 {
				e.buf = append(e.buf, ',')
			}
			e.items++
		}
		return
	}
	switch e.buf[len(e.buf)-1] {
	case '{', '[', ':':
	default:
		e.buf = append(e.buf, ',')
	}
}

// Bytes writes text. Bytes that are no UTF-8 are written as \xNN.
func (e *Encoder) Bytes(b []byte) {
	e.sep()
	if e.form == TSV {
		e.buf = appendTSV(e.buf, b, e.depth > 0)
		return
	}
	e.buf = append(appendEscaped(append(e.buf, '"'), b), '"')
}

// Str writes text held in a string.
func (e *Encoder) Str(s string) {
	e.sep()
	if e.form == TSV {
		e.buf = appendTSV(e.buf, s, e.depth > 0)
		return
	}
	e.buf = append(appendEscaped(append(e.buf, '"'), s), '"')
}

// Octets writes bytes that are no text in any particular encoding: in JSON all bytes beyond ASCII are \xNN, also where they
// could be UTF-8, as Suricata has domain names. In TSV it is Bytes.
func (e *Encoder) Octets(b []byte) {
	e.sep()
	if e.form == TSV {
		e.buf = appendTSV(e.buf, b, e.depth > 0)
		return
	}
	e.buf = append(appendOctets(append(e.buf, '"'), b), '"')
}

// Base64 writes bytes in base64 with padding.
func (e *Encoder) Base64(b []byte) {
	e.sep()
	if e.form == TSV && len(b) == 0 {
		e.buf = append(e.buf, empty...)
		return
	}
	if e.form == TSV {
		e.buf = base64.StdEncoding.AppendEncode(e.buf, b)
		return
	}
	e.buf = append(base64.StdEncoding.AppendEncode(append(e.buf, '"'), b), '"')
}

// Name writes a string that needs no escape (an enum, a constant of the program).
func (e *Encoder) Name(s string) {
	e.sep()
	if e.form == TSV {
		e.buf = append(e.buf, s...)
		return
	}
	e.buf = append(append(append(e.buf, '"'), s...), '"')
}

// Uint writes a count.
func (e *Encoder) Uint(n uint64) {
	e.sep()
	e.buf = strconv.AppendUint(e.buf, n, 10)
}

// Int writes a signed number.
func (e *Encoder) Int(n int64) {
	e.sep()
	e.buf = strconv.AppendInt(e.buf, n, 10)
}

// Double writes a floating-point number; what is no number, or without end, is unset.
func (e *Encoder) Double(f float64) {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		e.Unset()
		return
	}
	e.sep()
	e.buf = strconv.AppendFloat(e.buf, f, 'f', -1, 64)
}

// Bool writes T or F, in JSON true or false.
func (e *Encoder) Bool(v bool) {
	e.sep()
	switch {
	case e.form == TSV && v:
		e.buf = append(e.buf, 'T')
	case e.form == TSV:
		e.buf = append(e.buf, 'F')
	default:
		e.buf = strconv.AppendBool(e.buf, v)
	}
}

// Time writes a point in time given in ns since the epoch: seconds with microseconds for Zeek, ISO 8601 for EVE.
func (e *Encoder) Time(nanos int64) {
	e.sep()
	if e.form == EVE {
		e.buf = append(e.clock.append(append(e.buf, '"'), nanos), '"')
		return
	}
	e.buf = appendSeconds(e.buf, nanos)
}

// Interval writes a duration given in ns, as seconds with microseconds.
func (e *Encoder) Interval(nanos int64) {
	e.sep()
	e.buf = appendSeconds(e.buf, nanos)
}

// Addr writes an address.
func (e *Encoder) Addr(a netip.Addr) {
	e.sep()
	if e.form == TSV {
		e.buf = a.AppendTo(e.buf)
		return
	}
	e.buf = append(a.AppendTo(append(e.buf, '"')), '"')
}

// Hex writes bytes as lower-case hexadecimal text.
func (e *Encoder) Hex(b []byte) {
	e.sep()
	if e.form == TSV {
		if len(b) == 0 {
			e.buf = append(e.buf, empty...)
		}
		e.buf = hex.AppendEncode(e.buf, b)
		return
	}
	e.buf = append(hex.AppendEncode(append(e.buf, '"'), b), '"')
}

// List begins a set or vector; its elements are the value calls up to EndList.
func (e *Encoder) List() {
	e.sep()
	if e.form == TSV {
		e.depth++
		e.items = 0
		return
	}
	e.buf = append(e.buf, '[')
}

// EndList ends the list.
func (e *Encoder) EndList() {
	if e.form != TSV {
		e.buf = append(e.buf, ']')
		return
	}
	e.depth--
	if e.items == 0 {
		e.buf = append(e.buf, empty...)
	}
}

// Unset writes an unset element of a list (a list may have some; a column is unset by writing nothing).
func (e *Encoder) Unset() {
	e.sep()
	if e.form == TSV {
		e.buf = append(e.buf, '-')
		return
	}
	e.buf = append(e.buf, "null"...)
}

// Object begins a nested object (JSON forms only).
func (e *Encoder) Object() {
	e.sep()
	e.buf = append(e.buf, '{')
}

// EndObject ends it.
func (e *Encoder) EndObject() { e.buf = append(e.buf, '}') }

// Key begins a member of the open object; one value call follows. The key needs no escape.
func (e *Encoder) Key(k string) {
	e.sep()
	e.buf = append(append(append(e.buf, '"'), k...), '"', ':')
}

// KeyBytes is Key for a name from traffic.
func (e *Encoder) KeyBytes(k []byte) {
	e.sep()
	e.buf = append(appendEscaped(append(e.buf, '"'), k), '"', ':')
}

// Raw appends a value that is valid JSON already.
func (e *Encoder) Raw(json []byte) {
	e.sep()
	e.buf = append(e.buf, json...)
}

// Mark returns a position to Cut back to, for a part that turns out to be empty.
func (e *Encoder) Mark() int { return len(e.buf) }

// Cut takes back all that was written since the mark.
func (e *Encoder) Cut(mark int) { e.buf = e.buf[:mark] }
