package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/wirelore/wirelore"
	"github.com/wirelore/wirelore/pcap"
)

// source is a capture as the command line names it: a path, or - for standard input.
func source(name string) wirelore.Source {
	if name == "-" {
		return wirelore.Reader("standard input", os.Stdin)
	}
	return wirelore.File(name)
}

func warnf(c *cobra.Command, format string, a ...any) {
	fmt.Fprintf(c.ErrOrStderr(), "wirelore: warning: "+format+"\n", a...)
}

// openCapture opens a capture as the command line names it.
func openCapture(name string) (*pcap.Reader, error) {
	if name == "-" {
		return pcap.NewReader(os.Stdin, nil)
	}
	return pcap.Open(name, nil)
}
