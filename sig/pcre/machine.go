package pcre

// Machine is the scratch memory of searches. The zero value is ready; it may be used for any number of expressions, by one goroutine at
// a time. It keeps what it has grown to, up to a few megabytes for each of its parts, so that later searches allocate nothing.
type Machine struct {
	back backtracker
	pike pike
	dfas dfas
	loc  []int
}
