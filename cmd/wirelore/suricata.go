package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/wirelore/wirelore"
	"github.com/wirelore/wirelore/carve"
	handlers "github.com/wirelore/wirelore/carve/all"
	"github.com/wirelore/wirelore/pcap"
)

type suricataFlags struct {
	read, logDir, config, checksums, filterFile string
	only, rules, set                            []string
	recursive, noDetection                      bool
	continuous, rulesCache                      string
	workers                                     int
}

func newSuricata() *cobra.Command {
	var o suricataFlags
	c := &cobra.Command{
		Use:   "suricata -r PCAP|DIR [-S RULES] [-l DIR] [-c suricata.yaml] [-k none|all] [--set K=V] [BPF FILTER]",
		Short: "write EVE records as \"suricata -r\" does",
		Long: `Reads captures as "suricata -r" does and writes eve.json into a directory, replacing what is there. Of a suricata.yaml the
settings of EVE output, flows, streams, file-store, protocols, variables and rules are used; a warning names others that would
change results.`,
		RunE: func(c *cobra.Command, args []string) error { return o.run(c, args) },
	}
	f := c.Flags()
	f.StringVarP(&o.read, "pcap", "r", "", "capture to read, or a directory of captures; - for standard input")
	f.StringArrayVarP(&o.only, "rules", "S", nil, "rules file, exclusively")
	f.StringArrayVarP(&o.rules, "more-rules", "s", nil, "rules file, besides those of the configuration")
	f.StringVarP(&o.logDir, "log-dir", "l", "", "directory for eve.json (that of the configuration, or the current one)")
	f.StringVarP(&o.config, "config", "c", "", "suricata.yaml")
	f.StringVarP(&o.checksums, "checksums", "k", "", "checksum checks: all or none")
	f.StringVarP(&o.filterFile, "filter-file", "F", "", "file that holds a BPF expression")
	f.StringArrayVar(&o.set, "set", nil, "set a configuration value: NAME=VALUE")
	f.BoolVar(&o.recursive, "pcap-file-recursive", false, "take the captures below a directory too")
	f.StringVar(&o.continuous, "pcap-file-continuous", "no", "only \"no\": a directory is read once")
	f.Lookup("pcap-file-continuous").NoOptDefVal = "yes"
	f.BoolVar(&o.noDetection, "disable-detection", false, "no rules")
	rulesCacheFlag(c, &o.rulesCache)
	f.IntVar(&o.workers, "workers", 0, "goroutines that analyze; 0: one per core")
	accept(c)
	_ = c.RegisterFlagCompletionFunc("checksums", cobra.FixedCompletions([]string{"all", "none"}, cobra.ShellCompDirectiveNoFileComp))
	return c
}

// accept takes flags of Suricata that change nothing here.
func accept(c *cobra.Command) {
	f := c.Flags()
	f.CountP("verbose", "v", "")
	for _, name := range []string{"runmode", "data-dir", "pidfile", "user", "group", "pcap-buffer-size"} {
		f.String(name, "", "")
	}
	for _, name := range []string{"init-errors-fatal", "no-random", "strict-rule-keywords"} {
		f.String(name, "", "")
		f.Lookup(name).NoOptDefVal = "all"
	}
	for _, name := range []string{"verbose", "runmode", "data-dir", "pidfile", "user", "group", "pcap-buffer-size",
		"init-errors-fatal", "no-random", "strict-rule-keywords"} {
		f.Lookup(name).Usage = "accepted for compatibility; has no effect"
	}
}

func (o *suricataFlags) run(c *cobra.Command, args []string) error {
	if o.read == "" {
		return usagef("no capture: name one with -r")
	}
	if o.continuous != "no" && o.continuous != "false" {
		return usagef("--pcap-file-continuous %s: a directory is read once and not watched; leave the flag out", o.continuous)
	}
	conf, err := o.load()
	if err != nil {
		return err
	}
	bpf, err := o.filter(args)
	if err != nil {
		return err
	}
	captures, err := o.captures()
	if err != nil {
		return err
	}
	conf.warn(c)
	rs, err := o.ruleSet(c, conf)
	if err != nil {
		return err
	}
	dir, name := conf.place(o.logDir)
	fo := carve.FromSettings(conf.settings, dir)
	fo.Handlers = handlers.Handlers()
	p, bar := conf.profile(), newBar(len(captures))
	cfg := wirelore.Config{
		Profile: &p, EVE: conf.eve(), Settings: conf.settings, Files: carve.New(fo), Filter: bpf, Workers: o.workers,
		Progress: bar.progress(),
	}
	if rs != nil {
		cfg.Analyzers = append(wirelore.Analyzers(), rs.Analyzer())
	}
	done := 0
	var errs []error
	for _, capture := range captures {
		if conf.settings.Bool("outputs.eve-log.pcap-file", false) {
			cfg.EVE.PcapFile = capture
		}
		cfg.Sink = wirelore.Dir(dir, &wirelore.DirOptions{Overwrite: true, Append: done > 0, AlwaysEVE: true, EVEName: name})
		e, err := wirelore.New(cfg)
		if err != nil {
			return err
		}
		sum, err := e.Run(c.Context(), source(capture))
		bar.clear()
		if c.Context().Err() != nil {
			return err
		}
		var broken *pcap.Error
		if errors.As(err, &broken) && sum.Packets > 0 { // Suricata says so and ends well
			warnf(c, "%s", plain(err.Error()))
			err = nil
		}
		errs = append(errs, err)
		if sum.Capture.Format != "" {
			done++
		}
	}
	return errors.Join(errs...)
}

func (o *suricataFlags) load() (*config, error) {
	switch o.checksums {
	case "", "all", "none":
	default:
		return nil, usagef("-k %s: give all or none", o.checksums)
	}
	conf, err := loadConfig(o.config, o.set)
	if err != nil {
		return nil, err
	}
	if o.checksums != "" {
		conf.settings["capture.checksums"] = o.checksums
	}
	return conf, nil
}

// filter is the BPF expression of -F or behind the flags.
func (o *suricataFlags) filter(args []string) (string, error) {
	expr := strings.Join(args, " ")
	if o.filterFile != "" {
		if expr != "" {
			return "", usagef("a filter stands in %s and behind the flags: give one of them", o.filterFile)
		}
		b, err := os.ReadFile(o.filterFile)
		if err != nil {
			return "", fmt.Errorf("cannot read the filter: %w", err)
		}
		expr = strings.TrimSpace(string(b))
	}
	return expr, checkFilter(expr)
}

// captures lists what -r names, a directory's files in the order of their names.
func (o *suricataFlags) captures() ([]string, error) {
	if o.read == "-" {
		return []string{o.read}, nil
	}
	st, err := os.Stat(o.read)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("there is no file or directory %s", o.read)
	case err != nil:
		return nil, fmt.Errorf("cannot read %s: %w", o.read, err)
	case !st.IsDir():
		return []string{o.read}, nil
	}
	var names []string
	err = walk(o.read, func(path, _ string) {
		if o.recursive || filepath.Dir(path) == filepath.Clean(o.read) {
			names = append(names, path)
		}
	})
	if err == nil && len(names) == 0 {
		err = fmt.Errorf("%s holds no captures: name a capture or a directory of captures", o.read)
	}
	return names, err
}
