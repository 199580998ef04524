package pcap

import (
	"bytes"
	"errors"
	"fmt"
	"unicode/utf8"
)

// What an input that is no capture of ours begins with, what it is, and what to do about it.
type known struct {
	at     int
	magic  string
	what   string
	advice string
}

const (
	unpack  = "unpack it and read the captures in it"
	convert = "not supported: convert it with editcap -F pcapng"
)

func knowns() []known {
	return []known{
		{0, "PK\x03\x04", "is a Zip archive", unpack},
		{0, "PK\x05\x06", "is an empty Zip archive", "nothing is in it"},
		{0, "7z\xbc\xaf\x27\x1c", "is a 7-Zip archive", unpack},
		{0, "Rar!\x1a\x07", "is a RAR archive", unpack},
		{257, "ustar", "is a tar archive", unpack},
		{0, "\x1f\x9d", "is compressed with compress (.Z)", "decompress it with gzip -d"},
		{0, "\x1f\xa0", "is compressed with LZH", "decompress it with gzip -d"},
		{0, "\x89LZO\x00", "is compressed with lzop", "decompress it with lzop -d"},
		{0, "LZIP", "is compressed with lzip", "decompress it with lzip -d"},
		{0, "\xff\x06\x00\x00sNaPpY", "is compressed with Snappy", "decompress it first"},
		{0, "snoop\x00\x00\x00", "is a snoop capture", convert},
		{0, "btsnoop\x00", "is a btsnoop capture of Bluetooth", convert},
		{0, "RTSS", "is a Microsoft Network Monitor 1 capture", convert},
		{0, "GMBU", "is a Microsoft Network Monitor 2 capture", convert},
		{0, "XCP\x00", "is a Network Associates Sniffer capture", convert},
		{0, "TRSNIFF data", "is a Network General Sniffer capture", convert},
		{0, "VL\x00\x00", "is a NetXRay capture", convert},
		{0, "iptrace 1.0", "is an AIX iptrace capture", convert},
		{0, "iptrace 2.0", "is an AIX iptrace capture", convert},
		{0, "\x05VNF", "is a Visual Networks capture", convert},
		{0, "\xaa\xaa\xaa\xaa", "is an Accellent 5View capture", convert},
		{0, "\x54\x52\x00\x64\x00", "is an HP-UX nettl capture", convert},
		{0, "\x00\x00\x02\x00\x12\x05\x10", "is a Tektronix K12 capture", convert},
		{0, "\x7fver\x00", "is an OmniPeek capture", convert},
		{0, "\x7fELF", "is an ELF program", ""},
		{0, "MZ", "is a Windows program", ""},
		{0, "%PDF-", "is a PDF document", ""},
		{0, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "is an OLE document", ""},
		{0, "SQLite format 3\x00", "is an SQLite database", ""},
		{0, "version https://git-lfs.github.com/spec/", "is a Git LFS pointer, not the file itself", "fetch it with git lfs pull"},
		{0, "<!DOCTYPE", "is an HTML page", "the download gave a page in place of the capture"},
		{0, "<!doctype", "is an HTML page", "the download gave a page in place of the capture"},
		{0, "<html", "is an HTML page", "the download gave a page in place of the capture"},
		{0, "<?xml", "is an XML document", "a capture is needed, not a program's description of one"},
		{0, "HTTP/1.", "is an HTTP response with its header", "save the body alone"},
		{0, "\x0a\x0d\x0a", "is a pcapng capture that was transferred as text and lost bytes", "fetch it again in binary mode"},
		{0, "\x0d\x0a\x0d\x0d\x0a", "is a pcapng capture that was transferred as text and gained bytes", "fetch it again in binary mode"},
		{0, "\x0d\x0a\x0d\x0d\x0d\x0a", "is a pcapng capture that was transferred as text and gained bytes", "fetch it again in binary mode"},
	}
}

// foreign is the error for an input that is no capture we read.
func (r *Reader) foreign() error {
	head := r.s.peek(512)
	if err := r.s.err; len(head) < 24 && err != nil && !atEnd(err) {
		return r.header(r.unreadable("the file header", len(head), classicHeader))
	}
	if len(head) == 0 {
		return r.header(r.broken(ErrFormat, "is empty: nothing was written to it, or it was copied before it was written"))
	}
	for _, k := range knowns() {
		if len(head) > k.at && bytes.HasPrefix(head[k.at:], []byte(k.magic)) {
			what := k.what + ", " + ErrFormat.Error()
			if k.advice != "" {
				what += ": " + k.advice
			}
			return r.header(r.broken(ErrFormat, "%s", what))
		}
	}
	if isText(head) {
		return r.header(r.broken(ErrFormat, "is text, %v: if it is a hex dump, convert it with text2pcap", ErrFormat))
	}
	if len(bytes.Trim(head, "\x00")) == 0 {
		return r.header(r.broken(ErrFormat, "begins with zeros, %v: its data was lost, as on a full disk or after a crash", ErrFormat))
	}
	return r.header(r.broken(ErrFormat, "is %v: it begins with % x", ErrFormat, head[:min(len(head), 8)]))
}

// header is an error of the file as a whole, which no packet's number makes clearer.
func (r *Reader) header(err error) error {
	var e *Error
	if errors.As(err, &e) {
		e.Packet = 0
		if r.info.Compression != "" && errors.Is(e.Err, ErrFormat) {
			e.Reason = fmt.Sprintf("decompressed from %s, it %s", r.info.Compression, e.Reason)
		}
	}
	return err
}

// isText tells whether b is text in UTF-8; a character may be cut at its end.
func isText(b []byte) bool {
	for len(b) > 0 {
		c, n := utf8.DecodeRune(b)
		if c == utf8.RuneError && n <= 1 {
			return len(b) < utf8.UTFMax && !utf8.FullRune(b)
		}
		if c < ' ' && c != '\n' && c != '\r' && c != '\t' && c != '\f' && c != '\x1b' {
			return false
		}
		b = b[n:]
	}
	return true
}
