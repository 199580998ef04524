// Package record is the contract of an output row. A log's columns are declared once, beside what they describe; from
// that one declaration come Zeek TSV, Zeek JSON, EVE JSON, the schema's documentation and the indicator values.
//
// Usage: declare a Log, Open it on an Output (one per worker), Write rows. Encoding appends to a buffer: no reflection,
// no allocation, no tree of values. Outputs belong to one goroutine; Logs are immutable and shared.
package record

// Type is a Zeek type, which also decides the form in JSON.
type Type uint8

// The types, with the names that Zeek's log headers give them.
const (
	String Type = iota
	Count
	Int
	Double
	Bool
	Time
	Interval
	Address
	Port
	Enum
	Subnet
	StringSet
	EnumSet
	AddressSet
	StringVector
	IntervalVector
	AddressVector
	CountVector
	EnumVector
	StringVectorBool
	Object // EVE only: a nested object or array
)

var typeNames = [...]string{
	"string", "count", "int", "double", "bool", "time", "interval", "addr", "port", "enum", "subnet",
	"set[string]", "set[enum]", "set[addr]", "vector[string]", "vector[interval]", "vector[addr]", "vector[count]",
	"vector[enum]", "vector[bool]", "object",
}

// String returns the name in Zeek's log headers.
func (t Type) String() string { return typeNames[t] }

// Indicator says what kind of indicator a column's values are: what intel looks up and search indexes.
type Indicator uint8

// The kinds.
const (
	NotIndicator Indicator = iota
	IP
	Domain
	URL
	Hash
	Fingerprint // JA3, JA4, HASSH ...
	UserAgent
	Certificate
	Email
	FileName
	Software
	UserName
)

// Column describes one value of a row T.
type Column[T any] struct {
	// Zeek is the column's name in the Zeek log; "" when it has none.
	Zeek string
	// EVE is the dotted path in the EVE record ("http.hostname"); "" when it has none. Neighbours with a common prefix
	// share one object.
	EVE  string
	Type Type
	Is   Indicator
	Doc  string
	// Put writes the value by exactly one call of a value method (or a list, or an object for EVE), or nothing: unset.
	// t is borrowed.
	Put func(e *Encoder, t *T)
}

// Scope says which columns stand before a log's own.
type Scope uint8

// The scopes.
const (
	PerFlow Scope = iota // Zeek: ts, uid, id.*; EVE: the header with the flow
	PerTime              // Zeek: ts; EVE: timestamp and event_type
	Bare                 // nothing: the log declares all its columns, ts included
)

// Log declares a log: its names and columns. Immutable once opened; safe for concurrent use.
type Log[T any] struct {
	// Path is the name of the Zeek log ("http"), Event the EVE event_type ("http"); one of them may be empty.
	Path, Event string
	Doc         string
	Scope       Scope
	Columns     []Column[T]
}
