// Package mime takes mail messages and multipart bodies apart while they stream by: SMTP bodies, form uploads and
// multipart responses of HTTP.
//
// A [Parser] is fed with bytes in chunks of any size and calls a [Handler] for each header, each entity and each piece
// of decoded body. Chunking makes no difference: byte by byte gives the same calls, but for how bodies are cut.
//
//	var p mime.Parser
//	p.Reset(handler, nil)
//	p.Write(chunk)
//	p.Close()
//
// Performance: bodies without transfer encoding are passed through as sub-slices of the input; base64,
// quoted-printable and uuencode are decoded into one scratch buffer. A parser that is reset and used again does not
// allocate for ordinary mail. Memory is bounded by [Limits].
//
// A Parser serves one stream and is not safe for concurrent use; different parsers are independent.
//
// Sources: RFC 5322 (messages), RFC 2045 and 2046 (MIME), RFC 2047 (encoded words), RFC 2183 (Content-Disposition),
// RFC 2231 (parameters), RFC 7578 (form data), POSIX uuencode.
package mime

// Handler receives what a [Parser] finds, in the order of the input. Every byte slice, and every slice that e holds,
// is borrowed until the method returns.
type Handler interface {
	// Header is called for each header field of e, whose Depth and Ordinal are set while the rest is not yet known.
	Header(e *Entity, h Header)
	// Begin is called when the headers of e are complete, for leaves and containers alike.
	Begin(e *Entity)
	// Body delivers decoded content of the leaf e.
	Body(e *Entity, b []byte)
	// Gap tells that n bytes of input were lost in the leaf e; how many decoded bytes that makes is unknown
	// unless e has an identity encoding.
	Gap(e *Entity, n int64)
	// End closes e; closed is false when the input ended, or an outer delimiter came, before e's own end.
	End(e *Entity, closed bool)
	// Defect reports what is wrong with the message, each kind once for each message.
	Defect(d Defect)
}

// Header is one header field.
type Header struct {
	// Name is the field's name as sent, without the white space before the colon; borrowed.
	Name []byte
	// Value is the field's value unfolded: line ends removed, the white space after them kept, white space trimmed
	// at both ends; borrowed.
	Value []byte
	// Raw is the value with each fold as one LF, otherwise like Value; borrowed.
	Raw []byte
}

// Encoding is a content transfer encoding (RFC 2045, section 6).
type Encoding uint8

// The encodings that are told apart. 7bit, 8bit, binary and whatever is unknown are Identity.
const (
	Identity Encoding = iota
	Base64
	QuotedPrintable
	UUEncode
)

// String returns the encoding's name as in Content-Transfer-Encoding.
func (e Encoding) String() string {
	switch e {
	case Base64:
		return "base64"
	case QuotedPrintable:
		return "quoted-printable"
	case UUEncode:
		return "x-uuencode"
	default:
		return "identity"
	}
}

// Kind tells what an entity holds.
type Kind uint8

// The kinds of entities.
const (
	// Leaf has content of its own.
	Leaf Kind = iota
	// Multipart holds parts between boundaries.
	Multipart
	// Message holds one message with its own headers.
	Message
)

// Entity is a message, a part of one, or what a form field sends. All slices are borrowed until the End of the entity
// has returned.
type Entity struct {
	// Type is the media type in lower case, "text/plain" when none was declared.
	Type []byte
	// Charset is the charset parameter of the content type as sent, nil if absent.
	Charset []byte
	// Disposition is the disposition's type in lower case ("attachment", "inline", "form-data"), nil if absent.
	Disposition []byte
	// Filename is the filename parameter of the disposition, else the name parameter of the content type, after
	// RFC 2231 (continuations joined, percent escapes decoded to UTF-8 where the charset is known), nil if absent.
	// RFC 2047 words are left in place; see [AppendWords].
	Filename []byte
	// Field is the name parameter of a form-data disposition, nil if absent.
	Field []byte
	// Boundary is the delimiter of a multipart, without the leading hyphens.
	Boundary []byte
	// Start and Body are the offsets of the first header and of the body in the input.
	Start, Body int64
	// Size counts the decoded bytes delivered so far.
	Size int64
	// Depth is the number of entities around this one.
	Depth int
	// Ordinal counts the entities of the input from 1, containers included.
	Ordinal int
	// Kind tells leaves from containers.
	Kind Kind
	// Encoding is the transfer encoding of a leaf.
	Encoding Encoding
	// Declared tells that the entity had a content type of its own.
	Declared bool

	encoding Encoding // as declared, also on containers
	digest   bool     // a multipart/digest, whose parts default to message/rfc822
	finished bool     // a multipart whose closing delimiter came
	seenType bool
	seenEnc  bool
}

// Defect is a fault of a message. The message is parsed on.
type Defect uint8

// The defects. The first group has counterparts among Suricata's mime events.
const (
	// InvalidBase64 is a character outside of the alphabet.
	InvalidBase64 Defect = iota
	// InvalidQP is an equals sign followed by neither two hex digits nor a line end.
	InvalidQP
	// InvalidUU is a line whose length does not fit its count.
	InvalidUU
	// LongLine is a body line of more than 998 bytes.
	LongLine
	// LongEncodedLine is an encoded line of more than 76 bytes.
	LongEncodedLine
	// LongHeaderName is a field name longer than Limits.HeaderName.
	LongHeaderName
	// LongHeaderValue is a field value longer than Limits.LongValue.
	LongHeaderValue
	// LongBoundary is a boundary longer than Limits.Boundary; the multipart is taken as a leaf.
	LongBoundary
	// LongFilename is a file name longer than Limits.Filename, which was cut.
	LongFilename
	// MalformedHeader is a line among headers that is none.
	MalformedHeader
	// CutHeader is a field longer than Limits.Header, which was cut.
	CutHeader
	// DuplicateHeader is a second Content-Type or Content-Transfer-Encoding; the first counts.
	DuplicateHeader
	// NoBoundary is a multipart without boundary parameter, taken as a leaf.
	NoBoundary
	// TooDeep is a container nested deeper than Limits.Depth, taken as a leaf.
	TooDeep
	// TooManyParts tells that entities beyond Limits.Entities were skipped.
	TooManyParts
	// Unclosed is a multipart whose closing delimiter never came.
	Unclosed
	// EncodedContainer is a multipart or message with a transfer encoding, which RFC 2045 forbids.
	EncodedContainer
	// BareLineEnd is a line that ends with LF or CR alone.
	BareLineEnd

	defects // their number
)

// defectNames holds the names that String gives.
var defectNames = [defects]string{
	"invalid_base64", "invalid_qp", "invalid_uu", "long_line", "long_enc_line", "long_header_name",
	"long_header_value", "long_boundary", "long_filename", "malformed_header", "cut_header", "duplicate_header",
	"no_boundary", "too_deep", "too_many_parts", "unclosed", "encoded_container", "bare_line_end",
}

// String returns the defect's name in lower case with underscores.
func (d Defect) String() string {
	if d < defects {
		return defectNames[d]
	}
	return "unknown"
}

// Limits bounds what a [Parser] keeps. Zero values stand for the defaults.
type Limits struct {
	// Depth is how deep containers may nest; default 16.
	Depth int
	// Entities is how many entities one input may have; default 4096.
	Entities int
	// Header is how many bytes of one header field are kept; default 64 KiB.
	Header int
	// HeaderName is the longest field name without a defect; default 75.
	HeaderName int
	// LongValue is the longest field value without a defect; default 2000. Longer values are kept up to Header.
	LongValue int
	// Boundary is the longest boundary that is followed; default 254 (RFC 2046 allows 70).
	Boundary int
	// Filename is the longest file name kept; default 255.
	Filename int
	// TrimEnd tells that the line end before the end of the input is no content of a leaf with a file name, as in
	// SMTP after DATA: it belongs to the text of a mail, but not to an attachment that is the whole mail.
	TrimEnd bool
	// KeepLineEnd gives the line end before a delimiter to a quoted-printable leaf, as Zeek does; RFC 2046, section
	// 5.1.1, gives it to the delimiter.
	KeepLineEnd bool
}

// withDefaults returns l, or the defaults for nil, with every zero replaced.
func (l *Limits) withDefaults() Limits {
	var d Limits
	if l != nil {
		d = *l
	}
	orDefault(&d.Depth, 16)
	orDefault(&d.Entities, 4096)
	orDefault(&d.Header, 64<<10)
	orDefault(&d.HeaderName, 75)
	orDefault(&d.LongValue, 2000)
	orDefault(&d.Boundary, 254)
	orDefault(&d.Filename, 255)
	return d
}

// orDefault sets *v to d where *v is not positive.
func orDefault(v *int, d int) {
	if *v <= 0 {
		*v = d
	}
}
