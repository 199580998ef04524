package main

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/wirelore/wirelore"
	"github.com/wirelore/wirelore/carve"
	handlers "github.com/wirelore/wirelore/carve/all"
	"github.com/wirelore/wirelore/flow"
)

func newZeek() *cobra.Command {
	var read, filter, out string
	var ignore bool
	c := &cobra.Command{
		Use:   "zeek -r PCAP [-C] [-f FILTER] [-o DIR] [NAME=VALUE...]",
		Short: "write Zeek logs as \"zeek -r\" does",
		Long: `Reads a capture as "zeek -r" does and writes its logs into a directory (the current one unless -o says otherwise),
replacing logs that are there. Of NAME=VALUE settings LogAscii::use_json=T is understood; scripts are not.`,
		RunE: func(c *cobra.Command, args []string) error {
			if read == "" {
				return usagef("no capture: name one with -r")
			}
			zo := &wirelore.ZeekOutput{}
			for _, a := range args {
				name, value, ok := strings.Cut(a, "=")
				switch {
				case ok && name == "LogAscii::use_json":
					zo.JSON = value == "T"
				case ok:
					warnf(c, "setting %s is not known and has no effect", name)
				case a == "local" || a == "policy/tuning/json-logs" || a == "tuning/json-logs":
					zo.JSON = zo.JSON || strings.HasSuffix(a, "json-logs")
				default:
					warnf(c, "script %s is not loaded: wirelore runs no Zeek scripts", a)
				}
			}
			p := flow.Zeek()
			p.IgnoreChecksums = ignore
			e, err := wirelore.New(wirelore.Config{
				Profile: &p, Zeek: zo, Filter: filter,
				Sink:  wirelore.Dir(out, &wirelore.DirOptions{Overwrite: true}),
				Files: carve.New(carve.Options{Hashes: carve.MD5 | carve.SHA1, Handlers: handlers.Handlers()}),
			})
			if err != nil {
				return err
			}
			_, err = e.Run(c.Context(), source(read))
			return err
		},
	}
	f := c.Flags()
	f.StringVarP(&read, "readfile", "r", "", "capture to read, - for standard input")
	f.StringVarP(&filter, "filter", "f", "", "BPF expression: packets that do not match are left out")
	f.StringVarP(&out, "out", "o", ".", "directory for the logs")
	f.BoolVarP(&ignore, "no-checksums", "C", false, "use packets with wrong checksums")
	return c
}
