// Package carve makes files out of the bytes that protocols carry.
//
// New makes the file sink of a worker's runtime (proto.RuntimeConfig.Files). Parsers open files through proto.Flow.File
// and write what comes; carve tells their type from the content, counts what came and what is missing, hashes, joins
// ranges of one file that came in several transactions or flows, hands contents to file handlers, writes files to a
// directory, and logs them: Zeek's files and EVE's fileinfo.
//
//	cfg.Files = carve.New(carve.Options{Hashes: carve.SHA256, Handlers: []*proto.FileHandler{x509.Handler}})
//
// Bytes are borrowed and copied only where they have to wait: the first 4096 until the type is known, what a handler
// gathers, what comes ahead of a missing part, what is not yet written to disk. Each of these has a limit; a cut is
// counted in Stats and reported as an anomaly. A file without handler, hash and extraction costs one small allocation
// and no copy.
package carve
