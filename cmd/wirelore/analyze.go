package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/wirelore/wirelore"
	"github.com/wirelore/wirelore/carve"
	handlers "github.com/wirelore/wirelore/carve/all"
	"github.com/wirelore/wirelore/flow"
	"github.com/wirelore/wirelore/record"
)

type analyzeFlags struct {
	out, zeek, filter, profile, memory string
	eve, files, force, ignore, json    bool
	rules                              []string
	rulesCache                         string
	workers                            int
}

func newAnalyze() *cobra.Command {
	var o analyzeFlags
	c := &cobra.Command{
		Use:   "analyze CAPTURE|DIR|-... [--out DIR] [--zeek tsv|json] [--eve] [--files] [--rules FILE]",
		Short: "tell what is in captures; write logs, records and files",
		Long: `Analyzes one or several captures and prints a summary: hosts, protocols, names, files, anomalies. With --out it also writes
what is asked for: Zeek logs (--zeek), EVE records (--eve), the files that were transferred (--files, below DIR/files, named
by their SHA-256). Of a directory all captures in it and below are analyzed; each of several captures gets a directory of
its own in DIR. - is standard input. Without --out nothing is written. With --rules the rules of Suricata in a file, or in several, are
judged: the summary counts the alerts, and the EVE records hold them.`,
		Example: `  wirelore analyze trace.pcap
  wirelore analyze trace.pcapng.gz --out result --zeek tsv --eve --files
  wirelore analyze trace.pcap --rules local.rules
  tcpdump -w - -c 1000 | wirelore analyze -`,
		RunE: func(c *cobra.Command, args []string) error { return o.run(c, args) },
	}
	f := c.Flags()
	f.StringVarP(&o.out, "out", "o", "", "directory for results; it is made")
	f.BoolVar(&o.eve, "eve", false, "write EVE records to eve.json")
	f.StringVar(&o.zeek, "zeek", "", "write Zeek logs: tsv or json")
	f.BoolVar(&o.files, "files", false, "write transferred files")
	f.StringArrayVar(&o.rules, "rules", nil, "file of Suricata's rules to judge; may stand several times")
	rulesCacheFlag(c, &o.rulesCache)
	f.IntVar(&o.workers, "workers", 0, "goroutines that analyze; 0: one per core")
	f.StringVar(&o.memory, "memory", "", "ceiling for what is held of flows and streams, such as 512MiB or 4GiB (1GiB)")
	f.StringVar(&o.filter, "filter", "", "BPF expression: packets that do not match are left out")
	f.StringVar(&o.profile, "profile", "default", "view of flows: default, zeek or suricata")
	f.BoolVar(&o.ignore, "no-checksums", false, "use packets with wrong checksums")
	f.BoolVar(&o.force, "force", false, "replace results that exist")
	f.BoolVar(&o.json, "json", false, "print the summary as JSON")
	_ = c.RegisterFlagCompletionFunc("zeek", cobra.FixedCompletions([]string{"tsv", "json"}, cobra.ShellCompDirectiveNoFileComp))
	_ = c.RegisterFlagCompletionFunc("profile", cobra.FixedCompletions([]string{"default", "zeek", "suricata"}, cobra.ShellCompDirectiveNoFileComp))
	_ = c.MarkFlagDirname("out")
	return c
}

func (o *analyzeFlags) run(c *cobra.Command, args []string) error {
	conf, err := o.config()
	if err != nil {
		return err
	}
	inputs, err := gather(args)
	if err != nil {
		return err
	}
	if o.out != "" && !o.force {
		if err := vacant(o.out); err != nil {
			return err
		}
	}
	rep, bar := newReport(), newBar(len(inputs))
	conf.Progress = bar.progress()
	conf.Analyzers = append(wirelore.Analyzers(), rep.analyzer())
	if err := o.judge(c, &conf, rep); err != nil {
		return err
	}
	var errs []error
	for _, in := range inputs {
		err := o.one(c.Context(), conf, rep, in, len(inputs) > 1)
		bar.clear()
		if err != nil {
			errs = append(errs, err)
		}
		if c.Context().Err() != nil {
			return err
		}
	}
	if len(rep.captures) > 0 {
		s := rep.summary()
		o.written(s, rep)
		show := s.print
		if o.json {
			show = s.json
		}
		errs = append(errs, show(c.OutOrStdout()))
	}
	return errors.Join(errs...)
}

// written lists the results, by what was asked for.
func (o *analyzeFlags) written(s *summary, rep *report) {
	if o.out == "" {
		return
	}
	s.Out = o.out
	if o.zeek != "" {
		for _, log := range slices.Sorted(maps.Keys(rep.total.Zeek)) {
			s.Written = append(s.Written, fmt.Sprintf("%s.log (%s)", log, thousands(rep.total.Zeek[log])))
		}
	}
	if o.eve {
		var records uint64
		for _, n := range rep.total.EVE {
			records += n
		}
		s.Written = append(s.Written, fmt.Sprintf("eve.json (%s)", thousands(records)))
	}
	if n := rep.carved.Extracted + rep.carved.AlreadyThere; o.files {
		s.Written = append(s.Written, fmt.Sprintf("files (%s)", thousands(n)))
	}
}

// one analyses one capture.
func (o *analyzeFlags) one(ctx context.Context, conf wirelore.Config, rep *report, in input, several bool) error {
	dir := o.out
	if dir != "" && several {
		dir = filepath.Join(dir, in.name)
	}
	fo := carve.Options{Handlers: handlers.Handlers()}
	var next wirelore.Sink
	if dir != "" {
		if err := os.MkdirAll(dir, 0o777); err != nil {
			return fmt.Errorf("cannot make the directory for results: %w", err)
		}
		fo.Hashes = carve.AllHashes
		next = wirelore.Dir(dir, &wirelore.DirOptions{Overwrite: o.force, AlwaysEVE: o.eve})
	}
	if o.files {
		fo.Extract = &carve.Extract{Dir: filepath.Join(dir, "files")}
	}
	conf.Files = rep.carve(fo)
	conf.Sink = rep.sink(next, func(s *record.Stream) bool {
		return s.Form == record.EVE && o.eve || s.Form != record.EVE && o.zeek != ""
	})
	e, err := wirelore.New(conf)
	if err != nil {
		return err
	}
	sum, err := e.Run(ctx, in.source)
	if sum.Capture.Format != "" {
		err = errors.Join(err, rep.done(&sum))
	}
	return err
}

// config is the engine's, as far as it is the same for all captures.
func (o *analyzeFlags) config() (conf wirelore.Config, err error) {
	switch {
	case o.zeek != "" && o.zeek != "tsv" && o.zeek != "json":
		return conf, usagef("--zeek %s: give tsv or json", o.zeek)
	case o.out == "" && (o.zeek != "" || o.eve || o.files):
		return conf, usagef("nowhere to write to: name a directory with --out")
	case o.out != "" && o.zeek == "" && !o.eve && !o.files:
		return conf, usagef("nothing to write to %s: add --zeek tsv, --zeek json, --eve or --files", o.out)
	case o.workers < 0:
		return conf, usagef("--workers %d: give 0 for one per core, or a positive number", o.workers)
	}
	if err := checkFilter(o.filter); err != nil {
		return conf, err
	}
	if conf.Memory, err = bytesOf(o.memory); err != nil {
		return conf, err
	}
	var p *flow.Profile
	if p, err = profileNamed(o.profile); err != nil {
		return conf, err
	}
	p.IgnoreChecksums = p.IgnoreChecksums || o.ignore
	conf.Profile, conf.Filter, conf.Workers = p, o.filter, o.workers
	conf.Zeek = &wirelore.ZeekOutput{JSON: o.zeek == "json"}
	if o.zeek == "" {
		conf.Zeek.Logs = newReport().wants
	}
	if o.eve {
		// A netflow record for each direction says nothing that the flow record does not.
		conf.EVE = &wirelore.EVEOutput{CommunityID: true, Types: func(event string) bool { return event != "netflow" }}
	}
	return conf, nil
}

// vacant makes sure that nothing in dir can be written over or mixed up with.
func vacant(dir string) error {
	entries, err := os.ReadDir(dir)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil
	case err != nil:
		return fmt.Errorf("cannot write to %s: %w", dir, err)
	case len(entries) > 0:
		return fmt.Errorf("%s holds something already: choose another directory or add --force", dir)
	}
	return nil
}

// bytesOf reads a size such as 512MiB; "" : 0.
func bytesOf(s string) (int64, error) {
	if s == "" {
		return 0, nil
	}
	units := []struct {
		suffix string
		factor float64
	}{{"kib", 1 << 10}, {"mib", 1 << 20}, {"gib", 1 << 30}, {"tib", 1 << 40}, {"kb", 1e3}, {"mb", 1e6}, {"gb", 1e9}, {"tb", 1e12},
		{"k", 1 << 10}, {"m", 1 << 20}, {"g", 1 << 30}, {"t", 1 << 40}, {"b", 1}, {"", 1}}
	digits := strings.ToLower(strings.TrimSpace(s))
	for _, u := range units {
		if rest, ok := strings.CutSuffix(digits, u.suffix); ok {
			n, err := strconv.ParseFloat(strings.TrimSpace(rest), 64)
			if err == nil && n > 0 && n*u.factor < 1<<62 {
				return int64(n * u.factor), nil
			}
			break
		}
	}
	return 0, usagef("--memory %s: give a size such as 512MiB or 4GiB", s)
}
