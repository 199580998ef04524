package http

import "github.com/wirelore/wirelore/proto"

// Suricata's events come first: their numbers are bits of a word.
const (
	evUnknownError proto.EventID = iota
	evGzipDecompressionFailed
	evRequestFieldMissingColon
	evResponseFieldMissingColon
	evInvalidRequestChunkLen
	evInvalidResponseChunkLen
	evInvalidTransferEncodingValueInRequest
	evInvalidTransferEncodingValueInResponse
	evInvalidContentLengthFieldInRequest
	evInvalidContentLengthFieldInResponse
	evDuplicateContentLengthFieldInRequest
	evDuplicateContentLengthFieldInResponse
	ev100ContinueAlreadySeen
	evUnableToMatchResponseToRequest
	evInvalidServerPortInRequest
	evInvalidAuthorityPort
	evRequestHeaderInvalid
	evResponseHeaderInvalid
	evMissingHostHeader
	evHostHeaderAmbiguous
	evInvalidRequestFieldFolding
	evInvalidResponseFieldFolding
	evRequestFieldTooLong
	evResponseFieldTooLong
	evRequestServerPortTCPPortMismatch
	evRequestURIHostInvalid
	evRequestHeaderHostInvalid
	evRequestAuthUnrecognized
	evRequestHeaderRepetition
	evResponseHeaderRepetition
	evMethodDelimNonCompliant
	evURIDelimNonCompliant
	evRequestLineLeadingWhitespace
	evTooManyEncodingLayers
	evRequestTooManyHeaders
	evResponseTooManyHeaders
	evRequestChunkExtension
	evRequestLineMissingProtocol
	evResponseInvalidProtocol
	evResponseInvalidStatus
	evRequestLineIncomplete
	evDoubleEncodedURI
	evRequestLineInvalid
	evRequestBodyUnexpected
	evLZMAMemlimitReached
	evCompressionBomb
	evRangeInvalid
	evMultipartGenericError
	evMultipartNoFiledata
	evMultipartInvalidHeader
	evTooManyWarnings
	evFailedProtocolChange
	evFileNameTooLong
	evAbnormalCEHeader
	evResponseMultipartByteranges
	evResponseAbnormalTransferEncoding
	evResponseChunkedOldProto
	evTooManyPending

	// Zeek's weirds.
	wBadRequest
	wBadRequestWithVersion
	wInvalid09Method
	wMissingURI
	wUnknownMethod
	w09ReplyBeforeRequest
	wResponseBeforeRequest
	wVersionMismatch
	wNoCRLFInHeaders
	wNestedTransferEncoding
	wRangeNotMatchingLen
	wMissingEntity
	wUnescapedSpecial
	wDoublePercent
	wUnescapedPercent
	wEmptyRequest
	wSingleCR
	wWithoutCRLF
	wBadContentLength
	wChunkedMulti
	wObsoleteFold
	wOverlongLine
	wBadChunkSize
	wChunkedMultipart
	wPercentAtEnd
)

var events = func() []proto.Event {
	t := make([]proto.Event, wPercentAtEnd+1)
	a := func(id proto.EventID, anomaly, doc string) { t[id] = proto.Event{Anomaly: anomaly, Doc: doc} }
	w := func(id proto.EventID, weird, doc string) { t[id] = proto.Event{Weird: weird, Doc: doc} }
	a(evUnknownError, "UNKNOWN_ERROR", "the parser could not go on")
	a(evGzipDecompressionFailed, "GZIP_DECOMPRESSION_FAILED", "a content coding is broken, or another than announced")
	a(evRequestFieldMissingColon, "REQUEST_FIELD_MISSING_COLON", "a request field has no colon")
	a(evResponseFieldMissingColon, "RESPONSE_FIELD_MISSING_COLON", "a response field has no colon")
	a(evInvalidRequestChunkLen, "INVALID_REQUEST_CHUNK_LEN", "a chunk size of a request is no number")
	a(evInvalidResponseChunkLen, "INVALID_RESPONSE_CHUNK_LEN", "a chunk size of a response is no number")
	a(evInvalidTransferEncodingValueInRequest, "INVALID_TRANSFER_ENCODING_VALUE_IN_REQUEST", "unknown transfer coding")
	a(evInvalidTransferEncodingValueInResponse, "INVALID_TRANSFER_ENCODING_VALUE_IN_RESPONSE", "unknown transfer coding")
	a(evInvalidContentLengthFieldInRequest, "INVALID_CONTENT_LENGTH_FIELD_IN_REQUEST", "Content-Length is no number")
	a(evInvalidContentLengthFieldInResponse, "INVALID_CONTENT_LENGTH_FIELD_IN_RESPONSE", "Content-Length is no number")
	a(evDuplicateContentLengthFieldInRequest, "DUPLICATE_CONTENT_LENGTH_FIELD_IN_REQUEST", "two different lengths")
	a(evDuplicateContentLengthFieldInResponse, "DUPLICATE_CONTENT_LENGTH_FIELD_IN_RESPONSE", "two different lengths")
	a(ev100ContinueAlreadySeen, "100_CONTINUE_ALREADY_SEEN", "a second 100 response")
	a(evUnableToMatchResponseToRequest, "UNABLE_TO_MATCH_RESPONSE_TO_REQUEST", "a response without a request")
	a(evInvalidServerPortInRequest, "INVALID_SERVER_PORT_IN_REQUEST", "the target's port is none")
	a(evInvalidAuthorityPort, "INVALID_AUTHORITY_PORT", "the authority's port is none")
	a(evRequestHeaderInvalid, "REQUEST_HEADER_INVALID", "a request field's name is no token")
	a(evResponseHeaderInvalid, "RESPONSE_HEADER_INVALID", "a response field's name is no token")
	a(evMissingHostHeader, "MISSING_HOST_HEADER", "HTTP/1.1 without Host")
	a(evHostHeaderAmbiguous, "HOST_HEADER_AMBIGUOUS", "target and Host name different hosts")
	a(evInvalidRequestFieldFolding, "INVALID_REQUEST_FIELD_FOLDING", "the first request field is folded")
	a(evInvalidResponseFieldFolding, "INVALID_RESPONSE_FIELD_FOLDING", "the first response field is folded")
	a(evRequestFieldTooLong, "REQUEST_FIELD_TOO_LONG", "a request line or field is too long")
	a(evResponseFieldTooLong, "RESPONSE_FIELD_TOO_LONG", "a status line or field is too long")
	a(evRequestServerPortTCPPortMismatch, "REQUEST_SERVER_PORT_TCP_PORT_MISMATCH", "the request's port is not the flow's")
	a(evRequestURIHostInvalid, "REQUEST_URI_HOST_INVALID", "the target's host is no host name")
	a(evRequestHeaderHostInvalid, "REQUEST_HEADER_HOST_INVALID", "Host is no host name")
	a(evRequestAuthUnrecognized, "REQUEST_AUTH_UNRECOGNIZED", "an unknown authentication scheme")
	a(evRequestHeaderRepetition, "REQUEST_HEADER_REPETITION", "a request field is repeated")
	a(evResponseHeaderRepetition, "RESPONSE_HEADER_REPETITION", "a response field is repeated")
	a(evMethodDelimNonCompliant, "METHOD_DELIM_NON_COMPLIANT", "other white space than a space behind the method")
	a(evURIDelimNonCompliant, "URI_DELIM_NON_COMPLIANT", "other white space than a space behind the target")
	a(evRequestLineLeadingWhitespace, "REQUEST_LINE_LEADING_WHITESPACE", "white space before the method")
	a(evTooManyEncodingLayers, "TOO_MANY_ENCODING_LAYERS", "more content codings than are undone")
	a(evRequestTooManyHeaders, "REQUEST_TOO_MANY_HEADERS", "fields beyond the limit were dropped")
	a(evResponseTooManyHeaders, "RESPONSE_TOO_MANY_HEADERS", "fields beyond the limit were dropped")
	a(evRequestChunkExtension, "REQUEST_CHUNK_EXTENSION", "a chunk has an extension")
	a(evRequestLineMissingProtocol, "REQUEST_LINE_MISSING_PROTOCOL", "a request line without version, with fields behind it")
	a(evResponseInvalidProtocol, "RESPONSE_INVALID_PROTOCOL", "a status line's version is none")
	a(evResponseInvalidStatus, "RESPONSE_INVALID_STATUS", "a status code is none")
	a(evRequestLineIncomplete, "REQUEST_LINE_INCOMPLETE", "a request line has no end")
	a(evDoubleEncodedURI, "DOUBLE_ENCODED_URI", "percent escapes inside percent escapes")
	a(evRequestLineInvalid, "REQUEST_LINE_INVALID", "a request line's version is none")
	a(evRequestBodyUnexpected, "REQUEST_BODY_UNEXPECTED", "data behind a request without body")
	a(evLZMAMemlimitReached, "LZMA_MEMLIMIT_REACHED", "a dictionary is larger than allowed")
	a(evCompressionBomb, "COMPRESSION_BOMB", "a body grew too much: the rest was not decoded")
	a(evRangeInvalid, "RANGE_INVALID", "Content-Range cannot be")
	a(evMultipartGenericError, "MULTIPART_GENERIC_ERROR", "a multipart body is broken")
	a(evMultipartNoFiledata, "MULTIPART_NO_FILEDATA", "a form part has a file name but no content")
	a(evMultipartInvalidHeader, "MULTIPART_INVALID_HEADER", "a part's field is broken")
	a(evTooManyWarnings, "TOO_MANY_WARNINGS", "more events than are reported")
	a(evFailedProtocolChange, "FAILED_PROTOCOL_CHANGE", "a tunnel could not be followed")
	a(evFileNameTooLong, "FILE_NAME_TOO_LONG", "a file name was cut")
	a(evAbnormalCEHeader, "ABNORMAL_CE_HEADER", "Content-Encoding names no known coding")
	a(evResponseMultipartByteranges, "RESPONSE_MULTIPART_BYTERANGES", "a body of several ranges")
	a(evResponseAbnormalTransferEncoding, "RESPONSE_ABNORMAL_TRANSFER_ENCODING", "more than chunked in Transfer-Encoding")
	a(evResponseChunkedOldProto, "RESPONSE_CHUNKED_OLD_PROTO", "chunks in a version before 1.1")
	a(evTooManyPending, "TOO_MANY_PENDING", "requests beyond the limit were given up")

	w(wBadRequest, "bad_HTTP_request", "no request line")
	w(wBadRequestWithVersion, "bad_HTTP_request_with_version", "no request line, though with a version")
	w(wInvalid09Method, "invalid_http_09_request_method", "HTTP/0.9 has only GET")
	w(wMissingURI, "missing_HTTP_uri", "a request line without target")
	w(wUnknownMethod, "unknown_HTTP_method", "a method that is not registered")
	w(w09ReplyBeforeRequest, "http_09_reply_before_request", "an HTTP/0.9 response before its request")
	w(wResponseBeforeRequest, "HTTP_response_before_request", "a response without a request")
	w(wVersionMismatch, "HTTP_version_mismatch", "the version changes within the connection")
	w(wNoCRLFInHeaders, "http_no_crlf_in_header_list", "white space where the header block should end")
	w(wNestedTransferEncoding, "HTTP_nested_transfer_encoding_header", "Transfer-Encoding inside a part")
	w(wRangeNotMatchingLen, "HTTP_range_not_matching_len", "the range's length is not the body's")
	w(wMissingEntity, "missing_HTTP_entity", "body bytes without a message")
	w(wUnescapedSpecial, "unescaped_special_URI_char", "a character that should be escaped")
	w(wDoublePercent, "double_%_in_URI", "a percent sign escapes a percent sign")
	w(wUnescapedPercent, "unescaped_%_in_URI", "a percent sign that escapes nothing")
	w(wEmptyRequest, "empty_http_request", "an empty line where a request should be")
	w(wSingleCR, "line_terminated_with_single_CR", "a carriage return within a line")
	w(wWithoutCRLF, "line_terminated_without_CRLF", "the last line has no end")
	w(wBadContentLength, "HTTP_bad_content_length", "Content-Length is no number")
	w(wChunkedMulti, "HTTP_chunked_multi", "more than chunked in Transfer-Encoding")
	w(wObsoleteFold, "HTTP_obsolete_line_folding", "a field goes on in another line")
	w(wOverlongLine, "HTTP_overlong_line", "a line without end")
	w(wBadChunkSize, "HTTP_bad_chunk_size", "a chunk size that is no number, or too large a one")
	w(wChunkedMultipart, "HTTP_chunked_transfer_for_multipart_message", "a multipart body in chunks")
	w(wPercentAtEnd, "illegal_%_at_end_of_URI", "a percent sign at the end")
	return t
}()
