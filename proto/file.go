package proto

import "github.com/wirelore/wirelore/record"

// FileInfo describes a file that a parser found in its flow.
type FileInfo struct {
	// Source is Zeek's name of where it came from: "HTTP", "SMTP", "FTP_DATA", "SSL".
	Source string
	// Dir is who sends it.
	Dir Dir
	// Name is its file name, nil when unknown; borrowed, copied by the file.
	Name []byte
	// Size is its total size when the protocol announces it, -1 when not.
	Size int64
	// Offset is where in the file the first byte written lies (a range); Total then is in Size.
	Offset int64
	// Depth is Zeek's depth column: which entity of the transaction it is, from 0.
	Depth int
	// TxID is the transaction's ID, for EVE.
	TxID uint64
	// MIME is the type when the protocol makes it certain (certificates); otherwise it is found from the content.
	MIME string
	// Key, when not empty, joins parts of one file that come in several transactions or flows (HTTP ranges); copied.
	Key []byte
	// Parent is the file that this one came out of, nil for none.
	Parent File
	// Event and Meta embed the transaction in the fileinfo record as the member named Event ("http"). nil for none.
	Event string
	Meta  func(e *record.Encoder)
	// Hidden files are analysed, but not written to EVE (Suricata does not see certificates as files).
	HideEVE, HideZeek bool
}

// File is a file being received. It belongs to the flow's worker; bytes are borrowed.
type File interface {
	// Write adds the next bytes.
	Write(b []byte)
	// Gap tells that n bytes are missing here.
	Gap(n int64)
	// Close ends it: complete says whether its protocol saw its end.
	Close(complete bool)
	// ID is Zeek's fuid.
	ID() string
	// MIME is the type found so far, "" until enough of it came.
	MIME() string
	// SetName gives a name that came late.
	SetName(name []byte)
	// SetMeta replaces FileInfo.Meta.
	SetMeta(event string, meta func(e *record.Encoder))
}

// Files makes files of what parsers find; one for each worker. carve implements it.
type Files interface {
	// Open begins a file of flow f. i is borrowed.
	Open(f *Flow, i *FileInfo) File
	// Flush ends all that is open, at the end of the capture.
	Flush()
}

// noFiles is what parsers write to when nobody wants files.
type noFiles struct{}

func (noFiles) Open(*Flow, *FileInfo) File { return noFile{} }
func (noFiles) Flush()                     {}

type noFile struct{}

func (noFile) Write([]byte)                            {}
func (noFile) Gap(int64)                               {}
func (noFile) Close(bool)                              {}
func (noFile) ID() string                              { return "" }
func (noFile) MIME() string                            { return "" }
func (noFile) SetName([]byte)                          {}
func (noFile) SetMeta(string, func(e *record.Encoder)) {}

// FileHandler looks into files of certain types as they come: certificates, OCSP answers, executables. One exported value
// in a folder under carve.
type FileHandler struct {
	Name, Doc string
	// MIME lists the types it wants.
	MIME []string
	// Max bounds the bytes that are gathered for it; a longer file is cut, which whole tells.
	Max int
	// Start is called once for each worker and capture; what it returns is called once for each file with its whole
	// content, borrowed, when it is closed. whole is false when bytes are missing or were cut.
	Start func(s *Setup) func(f *Flow, i *FileInfo, file File, content []byte, whole bool)
}
