package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/wirelore/wirelore"
	"github.com/wirelore/wirelore/flow/filter"
	"github.com/wirelore/wirelore/pcap"
)

// source is a capture as the command line names it: a path, or - for standard input.
func source(name string) wirelore.Source {
	if name == "-" {
		return wirelore.Reader("standard input", os.Stdin)
	}
	return wirelore.File(name)
}

// checkFilter finds faults of a BPF expression before anything is opened.
func checkFilter(expr string) error {
	if _, err := filter.New(expr); err != nil {
		return usagef("filter %q: %s", expr, plain(err.Error()))
	}
	return nil
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
