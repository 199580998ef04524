// Package all lists every built-in file handler. The list is generated from the folders, so that adding a handler edits no
// shared file.
package all

//go:generate go run ../../proto/all/gen.go handlers
