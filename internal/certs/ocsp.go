package certs

import "time"

// Status of a certificate in an OCSP response.
const (
	StatusGood    = "good"
	StatusRevoked = "revoked"
	StatusUnknown = "unknown"
)

// CertID names a certificate in OCSP messages (RFC 6960 section 4.1.1).
type CertID struct {
	HashAlgorithm                 OID
	IssuerNameHash, IssuerKeyHash []byte
	Serial                        []byte
}

// SingleResponse is what an OCSP response says of one certificate.
type SingleResponse struct {
	CertID
	// Status is one of the Status constants.
	Status string
	// Reason is why it was revoked, empty if that is not said.
	Reason                 string
	ThisUpdate, NextUpdate time.Time
	Revoked                time.Time
}

// OCSPResponse is an OCSP response (RFC 6960 section 4.2.1).
type OCSPResponse struct {
	// ProducedAt is when it was signed.
	ProducedAt time.Time
	// ResponderName or ResponderKey says who signed.
	ResponderName Name
	ResponderKey  []byte
	Signature     OID
	responses     []byte
	// Certificates holds the certificates that came along, one encoding after the other.
	Certificates []byte
	// Status is the response's status: successful, malformedRequest, ...
	Status  string
	Version int
}

var responseStatus = [...]string{
	"successful", "malformedRequest", "internalError", "tryLater", "unknown-4", "sigRequired", "unauthorized",
}

var revocationReasons = [...]string{
	"unspecified", "keyCompromise", "cACompromise", "affiliationChanged", "superseded", "cessationOfOperation",
	"certificateHold", "unknown-7", "removeFromCRL", "privilegeWithdrawn", "aACompromise",
}

// Parse reads an OCSP response. What r held before is forgotten; after an error r holds what was read.
func (r *OCSPResponse) Parse(der []byte) error {
	*r = OCSPResponse{}
	outer, _, ok := element(der)
	if !ok || outer.tag != tagSequence {
		return ErrBroken
	}
	w := walker{rest: outer.body}
	status := w.next(tagEnumerated).body
	if w.broken || len(status) != 1 || int(status[0]) >= len(responseStatus) {
		return ErrBroken
	}
	r.Status = responseStatus[status[0]]
	wrapped, ok := w.optional(tagContext0 | constructed)
	if !ok {
		return nil // an error has no more to say
	}
	inner := walker{rest: wrapped.body}
	inner = walker{rest: inner.next(tagSequence).body}
	if id := inner.next(tagOID).body; string(id) != "\x2b\x06\x01\x05\x05\x07\x30\x01\x01" {
		return ErrBroken
	}
	return r.readBasic(inner.next(tagOctets).body)
}

func (r *OCSPResponse) readBasic(b []byte) error {
	w := walker{rest: b}
	w = walker{rest: w.next(tagSequence).body}
	data := walker{rest: w.next(tagSequence).body}
	alg := walker{rest: w.next(tagSequence).body}
	r.Signature = OID(alg.next(tagOID).body)
	w.optional(tagBits)
	if list, ok := w.optional(tagContext0 | constructed); ok {
		certs, _, _ := element(list.body)
		r.Certificates = certs.body
	}
	r.Version = 1
	if v, ok := data.optional(tagContext0 | constructed); ok {
		if n, _, ok := element(v.body); ok && len(n.body) == 1 {
			r.Version = int(n.body[0]) + 1
		}
	}
	if name, ok := data.optional(tagContext0 | constructed | 1); ok {
		n, _, _ := element(name.body)
		r.ResponderName = Name(n.body)
	} else if key, ok := data.optional(tagContext0 | constructed | 2); ok {
		n, _, _ := element(key.body)
		r.ResponderKey = n.body
	}
	r.ProducedAt, _ = readTime(data.next(tagGeneralized))
	r.responses = data.next(tagSequence).body
	if data.broken {
		return ErrBroken
	}
	return nil
}

// Next returns the next certificate's status; false after the last.
func (r *OCSPResponse) Next() (s SingleResponse, ok bool) {
	single, rest, ok := element(r.responses)
	if !ok || single.tag != tagSequence {
		r.responses = nil
		return s, false
	}
	r.responses = rest
	w := walker{rest: single.body}
	s.CertID = readCertID(w.next(tagSequence).body)
	status, after, ok := element(w.rest)
	if !ok {
		return s, false
	}
	w.rest = after
	switch status.tag &^ constructed {
	case tagContext0:
		s.Status = StatusGood
	case tagContext0 | 1:
		s.Status = StatusRevoked
		s.readRevocation(status.body)
	default:
		s.Status = StatusUnknown
	}
	s.ThisUpdate, _ = readTime(w.next(tagGeneralized))
	if next, ok := w.optional(tagContext0 | constructed); ok {
		t, _, _ := element(next.body)
		s.NextUpdate, _ = readTime(t)
	}
	return s, true
}

func (s *SingleResponse) readRevocation(b []byte) {
	w := walker{rest: b}
	s.Revoked, _ = readTime(w.next(tagGeneralized))
	if reason, ok := w.optional(tagContext0 | constructed); ok {
		n, _, _ := element(reason.body)
		if len(n.body) == 1 && int(n.body[0]) < len(revocationReasons) {
			s.Reason = revocationReasons[n.body[0]]
		}
	}
}

func readCertID(b []byte) (id CertID) {
	w := walker{rest: b}
	alg := walker{rest: w.next(tagSequence).body}
	id.HashAlgorithm = OID(alg.next(tagOID).body)
	id.IssuerNameHash = w.next(tagOctets).body
	id.IssuerKeyHash = w.next(tagOctets).body
	id.Serial = w.next(tagInteger).body
	return id
}

// AppendHash appends a hash of a [CertID] in upper-case hexadecimal, the form of ocsp logs.
func AppendHash(dst, hash []byte) []byte { return appendHex(dst, hash, upper, 0) }

// OCSPRequest is an OCSP request (RFC 6960 section 4.1.1), the requested certificates read by Next.
type OCSPRequest struct {
	// Requestor is the asker's name as encoded, nil if not given.
	Requestor []byte
	list      []byte
	Version   int
}

// Parse reads an OCSP request. What r held before is forgotten.
func (r *OCSPRequest) Parse(der []byte) error {
	*r = OCSPRequest{Version: 1}
	w := walker{rest: der}
	w = walker{rest: w.next(tagSequence).body}
	tbs := walker{rest: w.next(tagSequence).body}
	if v, ok := tbs.optional(tagContext0 | constructed); ok {
		if n, _, ok := element(v.body); ok && len(n.body) == 1 {
			r.Version = int(n.body[0]) + 1
		}
	}
	if name, ok := tbs.optional(tagContext0 | constructed | 1); ok {
		r.Requestor = name.body
	}
	r.list = tbs.next(tagSequence).body
	if w.broken || tbs.broken {
		return ErrBroken
	}
	return nil
}

// Next returns the next certificate that is asked about; false after the last.
func (r *OCSPRequest) Next() (id CertID, ok bool) {
	single, rest, ok := element(r.list)
	if !ok || single.tag != tagSequence {
		r.list = nil
		return id, false
	}
	r.list = rest
	w := walker{rest: single.body}
	return readCertID(w.next(tagSequence).body), !w.broken
}
