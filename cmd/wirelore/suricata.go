package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sort"

	"github.com/spf13/cobra"

	"github.com/wirelore/wirelore"
	"github.com/wirelore/wirelore/carve"
	"github.com/wirelore/wirelore/pcap"
)

type suricataFlags struct {
	read, rules, logDir, config, checksums, runmode string
	set                                             []string
}

func newSuricata() *cobra.Command {
	var o suricataFlags
	c := &cobra.Command{
		Use:   "suricata -r PCAP|DIR [-S RULES] [-l DIR] [-c suricata.yaml] [-k none|all] [--set K=V]",
		Short: "write EVE records as \"suricata -r\" does",
		Args:  cobra.NoArgs,
		RunE:  func(c *cobra.Command, _ []string) error { return o.run(c) },
	}
	f := c.Flags()
	f.StringVarP(&o.read, "pcap", "r", "", "capture to read, or a directory of captures; - for standard input")
	f.StringVarP(&o.rules, "rules", "S", "", "rules file, exclusively")
	f.StringVarP(&o.logDir, "log-dir", "l", ".", "directory for eve.json")
	f.StringVarP(&o.config, "config", "c", "", "suricata.yaml")
	f.StringVarP(&o.checksums, "checksums", "k", "", "checksum checks: all or none")
	f.StringVar(&o.runmode, "runmode", "", "accepted for compatibility; has no effect")
	f.Bool("no-random", false, "accepted for compatibility; has no effect")
	f.StringArrayVar(&o.set, "set", nil, "set a configuration value: NAME=VALUE")
	return c
}

func (o *suricataFlags) run(c *cobra.Command) error {
	if o.read == "" {
		return usagef("no capture: name one with -r")
	}
	conf, err := loadConfig(o.config, o.set)
	if err != nil {
		return err
	}
	switch o.checksums {
	case "", "all", "none":
	default:
		return usagef("-k %s: give all or none", o.checksums)
	}
	if o.checksums != "" {
		conf.settings["capture.checksums"] = o.checksums
	}
	captures, err := o.captures()
	if err != nil {
		return err
	}
	p := conf.profile()
	for i, name := range captures {
		e, err := wirelore.New(wirelore.Config{
			Profile: &p, EVE: conf.eve(), Settings: conf.settings,
			Sink:  wirelore.Dir(o.logDir, &wirelore.DirOptions{Overwrite: true, Append: i > 0, AlwaysEVE: true}),
			Files: carve.New(conf.files(o.logDir)),
		})
		if err != nil {
			return err
		}
		sum, err := e.Run(c.Context(), source(name))
		var broken *pcap.Error
		switch {
		case err == nil:
		case errors.As(err, &broken) && sum.Packets > 0: // Suricata says so and ends well
			fmt.Fprintf(c.ErrOrStderr(), "wirelore: %v\n", err)
		default:
			return err
		}
	}
	return nil
}

// captures lists what -r names, a directory's files in the order of their names.
func (o *suricataFlags) captures() ([]string, error) {
	st, err := os.Stat(o.read)
	if o.read == "-" || err != nil || !st.IsDir() {
		return []string{o.read}, nil
	}
	entries, err := os.ReadDir(o.read)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		if e.Type().IsRegular() {
			names = append(names, filepath.Join(o.read, e.Name()))
		}
	}
	if len(names) == 0 {
		return nil, usagef("%s holds no files: name a capture or a directory of captures", o.read)
	}
	sort.Strings(names)
	return names, nil
}
