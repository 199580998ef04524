package flow

// Options sets up a table.
type Options struct {
	Profile Profile
	// MaxFlows bounds the flows open at once, 0: 4 Mi. Past it the one that has been idle longest is closed (Forced).
	MaxFlows int
	// Memory bounds what reassembly holds, in bytes, 0: 256 MiB. Past it a stream's gap is given up.
	Memory int64
}
