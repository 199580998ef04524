package tls

import "github.com/wirelore/wirelore/proto"

// Events, as indices of events.
const (
	evHandshake proto.EventID = iota
	evHandshakeLength
	evRecordType
	evRecordVersion
	evRecordLength
	evV2Header
	evManySNI
	evCertificate
	evCertificateLength
	evHeartbeat
	evManyCertificates
)

var events = []proto.Event{
	evHandshake:         {Anomaly: "INVALID_HANDSHAKE_MESSAGE", Doc: "a handshake message that cannot be read"},
	evHandshakeLength:   {Anomaly: "HANDSHAKE_INVALID_LENGTH", Doc: "a handshake message longer than anything honest"},
	evRecordType:        {Anomaly: "INVALID_RECORD_TYPE", Doc: "a record of a type that does not exist"},
	evRecordVersion:     {Anomaly: "INVALID_RECORD_VERSION", Doc: "a record of a version that does not exist"},
	evRecordLength:      {Anomaly: "INVALID_RECORD_LENGTH", Doc: "a record longer than allowed"},
	evV2Header:          {Anomaly: "INVALID_SSLV2_HEADER", Doc: "an SSLv2 record that cannot be read"},
	evManySNI:           {Weird: "SSL_many_server_names", Anomaly: "MULTIPLE_SNI_EXTENSIONS", Doc: "more than one server_name extension"},
	evCertificate:       {Anomaly: "INVALID_CERTIFICATE", Doc: "a certificate that cannot be read to its end"},
	evCertificateLength: {Anomaly: "CERTIFICATE_INVALID_LENGTH", Doc: "a certificate that ends within a length"},
	evManyCertificates:  {Weird: "ssl_too_many_certificates", Doc: "more certificates than are looked at"},
	evHeartbeat:         {Anomaly: "OVERFLOW_HEARTBEAT_MESSAGE", Doc: "a heartbeat request for more than it sent"},
}
