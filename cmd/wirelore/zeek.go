package main

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/wirelore/wirelore"
	"github.com/wirelore/wirelore/carve"
	handlers "github.com/wirelore/wirelore/carve/all"
	"github.com/wirelore/wirelore/flow"
)

type zeekFlags struct {
	read, filter, out string
	ignore, bare      bool
	workers           int
}

func newZeek() *cobra.Command {
	var o zeekFlags
	c := &cobra.Command{
		Use:   "zeek -r PCAP [-C] [-b] [-f FILTER] [-o DIR] [NAME=VALUE...]",
		Short: "write Zeek logs as \"zeek -r\" does",
		Long: `Reads a capture as "zeek -r" does and writes its logs into a directory (the current one unless -o says otherwise),
replacing logs that are there. Of NAME=VALUE settings LogAscii::use_json=T is understood; scripts are not run, and a warning
names them. -b, which leaves out Zeek's default scripts, is accepted and leaves out nothing.`,
		RunE: func(c *cobra.Command, args []string) error { return o.run(c, args) },
	}
	f := c.Flags()
	f.StringVarP(&o.read, "readfile", "r", "", "capture to read, - for standard input")
	f.StringVarP(&o.filter, "filter", "f", "", "BPF expression: packets that do not match are left out")
	f.StringVarP(&o.out, "out", "o", ".", "directory for the logs")
	f.BoolVarP(&o.ignore, "no-checksums", "C", false, "use packets with wrong checksums")
	f.BoolVarP(&o.bare, "bare-mode", "b", false, "accepted for compatibility; has no effect")
	f.IntVar(&o.workers, "workers", 0, "goroutines that analyze; 0: one per core")
	return c
}

func (o *zeekFlags) run(c *cobra.Command, args []string) error {
	if o.read == "" {
		return usagef("no capture: name one with -r")
	}
	if err := checkFilter(o.filter); err != nil {
		return err
	}
	p, bar := flow.Zeek(), newBar(1)
	p.IgnoreChecksums = o.ignore
	e, err := wirelore.New(wirelore.Config{
		Profile: &p, Zeek: zeekOutput(c, args), Filter: o.filter, Workers: o.workers, Progress: bar.progress(),
		Sink:  wirelore.Dir(o.out, &wirelore.DirOptions{Overwrite: true}),
		Files: carve.New(carve.Options{Hashes: carve.MD5 | carve.SHA1, Handlers: handlers.Handlers()}),
	})
	if err != nil {
		return err
	}
	_, err = e.Run(c.Context(), source(o.read))
	bar.clear()
	return err
}

// zeekOutput reads what follows the flags: settings and scripts.
func zeekOutput(c *cobra.Command, args []string) *wirelore.ZeekOutput {
	zo := &wirelore.ZeekOutput{}
	for _, a := range args {
		name, value, ok := strings.Cut(a, "=")
		switch {
		case ok && name == "LogAscii::use_json":
			zo.JSON = value == "T"
		case ok:
			warnf(c, "setting %s is not known and has no effect", name)
		case a == "local": // Zeek's own defaults
		case a == "policy/tuning/json-logs" || a == "tuning/json-logs":
			zo.JSON = true
		default:
			warnf(c, "script %s is not loaded: wirelore runs no Zeek scripts", a)
		}
	}
	return zo
}
