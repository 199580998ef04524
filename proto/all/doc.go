// Package all lists every built-in protocol; it is the only package that imports them all. The list is generated from
// the folders, so that adding a protocol edits no shared file.
package all

//go:generate go run gen.go
