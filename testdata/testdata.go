// Package testdata holds captures that tests, examples and the documentation use. See README.md.
package testdata

//go:generate go run ./gen
