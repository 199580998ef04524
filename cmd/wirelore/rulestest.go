package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/wirelore/wirelore"
	"github.com/wirelore/wirelore/carve"
	handlers "github.com/wirelore/wirelore/carve/all"
	"github.com/wirelore/wirelore/pcap"
	"github.com/wirelore/wirelore/proto"
	"github.com/wirelore/wirelore/sig"
)

type testFlags struct {
	suricataFlags // config and checksums

	sid  uint32
	json bool
}

func newRulesTest() *cobra.Command {
	var o testFlags
	c := &cobra.Command{
		Use:   "test RULES CAPTURE [--sid N] [-c suricata.yaml] [-k none|all] [--json]",
		Short: "tell which rules fire on a capture, and why the others do not",
		Long: `Runs the rules over the capture as "wirelore suricata" does, and tells of each rule how often it fired and at which packet
first, or else what came nearest to it: which of its conditions did not hold on the packet, flow or transaction on which most
of them held. For that each rule is tried on all that fits its header, which is slow for large sets: --sid asks for one rule.`,
		Example: `  wirelore rules test local.rules trace.pcap
  wirelore rules test local.rules trace.pcap --sid 1000001`,
		RunE: func(c *cobra.Command, args []string) error { return o.run(c, args) },
	}
	f := c.Flags()
	f.Uint32Var(&o.sid, "sid", 0, "explain this rule alone; the others are judged as ever")
	f.StringVarP(&o.config, "config", "c", "", "suricata.yaml")
	f.StringVarP(&o.checksums, "checksums", "k", "", "checksum checks: all or none")
	f.BoolVar(&o.json, "json", false, "print the report as JSON")
	f.IntVar(&o.workers, "workers", 0, "goroutines that analyze; 0: one per core")
	_ = c.RegisterFlagCompletionFunc("checksums", cobra.FixedCompletions([]string{"all", "none"}, cobra.ShellCompDirectiveNoFileComp))
	return c
}

// testReport is what "rules test" prints.
type testReport struct {
	Packets uint64      `json:"packets"`
	Fired   int         `json:"fired"` // rules
	Refused int         `json:"refused"`
	Rules   []testedRow `json:"rules"`
}

type testedRow struct {
	SID     uint32 `json:"sid"`
	GID     uint32 `json:"gid"`
	Rev     uint32 `json:"rev"`
	File    string `json:"file"`
	Line    int    `json:"line"`
	Action  string `json:"action"`
	Message string `json:"msg"`
	Fired   bool   `json:"fired"`
	Alerts  uint64 `json:"alerts"`
	Matches uint64 `json:"matches"`
	Packet  uint64 `json:"packet,omitempty"`
	Reason  string `json:"reason,omitempty"`
}

func (o *testFlags) run(c *cobra.Command, args []string) error {
	if len(args) != 2 {
		return usagef("give a rules file and a capture: wirelore rules test RULES CAPTURE")
	}
	conf, err := o.load()
	if err != nil {
		return err
	}
	rs, err := o.compile(c, conf, args[0])
	if err != nil {
		return err
	}
	x := &sig.Explain{SID: o.sid}
	sum, err := o.explain(c, conf, rs.ExplainAnalyzer(x), args[1])
	if err != nil {
		return err
	}
	rep := &testReport{Packets: sum.Packets, Rules: []testedRow{}}
	for _, p := range rs.Problems() {
		if !p.Warning {
			rep.Refused++
		}
	}
	for _, e := range x.Rules() {
		row := testedRow{SID: e.SID, GID: e.GID, Rev: e.Rev, File: e.Pos.File, Line: e.Pos.Line, Action: e.Action, Message: e.Msg,
			Fired: e.Alerts > 0, Alerts: e.Alerts, Matches: e.Matches, Packet: e.Packet, Reason: e.Reason}
		if row.Fired {
			rep.Fired++
		}
		rep.Rules = append(rep.Rules, row)
	}
	if o.json {
		return writeJSON(c.OutOrStdout(), rep)
	}
	return rep.print(c.OutOrStdout())
}

// compile compiles the rules; the one that is asked for must be among them.
func (o *testFlags) compile(c *cobra.Command, conf *config, file string) (*sig.RuleSet, error) {
	r := ruleFiles{files: []string{file}, settings: conf.settings, lazy: o.sid != 0, warn: func(f string, a ...any) { warnf(c, f, a...) }}
	rs, err := r.compile(c.Context())
	if err != nil {
		return nil, err
	}
	if o.sid == 0 {
		complain(c, rs)
		return rs, nil
	}
	for _, p := range rs.Problems() {
		if p.SID == o.sid && !p.Warning {
			return nil, errors.New("the rule was refused: " + harmless(p.Error()))
		}
	}
	if !rs.Has(o.sid) {
		return nil, fmt.Errorf("%s has no rule with the sid %d", file, o.sid)
	}
	return rs, nil
}

// explain runs the analyzer over the capture. A capture that is broken is told of, and what was read counts.
func (o *testFlags) explain(c *cobra.Command, conf *config, a *proto.Analyzer, capture string) (wirelore.Summary, error) {
	o.read = capture
	names, err := o.captures()
	if err != nil {
		return wirelore.Summary{}, err
	}
	if len(names) > 1 {
		return wirelore.Summary{}, usagef("%s is a directory: name one capture", capture)
	}
	p, bar := conf.profile(), newBar(1)
	e, err := wirelore.New(wirelore.Config{Profile: &p, Settings: conf.settings, Workers: o.workers, Progress: bar.progress(),
		Files: carve.New(carve.Options{Handlers: handlers.Handlers()}), Analyzers: append(wirelore.Analyzers(), a)})
	if err != nil {
		return wirelore.Summary{}, err
	}
	sum, err := e.Run(c.Context(), source(names[0]))
	bar.clear()
	var broken *pcap.Error
	if errors.As(err, &broken) && sum.Packets > 0 && c.Context().Err() == nil {
		warnf(c, "%s", plain(err.Error()))
		err = nil
	}
	return sum, err
}

// print writes the report for people.
func (r *testReport) print(to io.Writer) error {
	w := bufio.NewWriter(to)
	if r.Fired > 0 {
		g := grid{{"fired", ">alerts", ">first packet", "message"}}
		for i := range r.Rules {
			if t := &r.Rules[i]; t.Fired {
				at := "end of a flow"
				if t.Packet > 0 {
					at = thousands(t.Packet)
				}
				g.add("  "+strconv.FormatUint(uint64(t.SID), 10), thousands(t.Alerts), at, printable(t.Message))
			}
		}
		g.print(w)
		fmt.Fprintln(w)
	}
	r.printOthers(w)
	rules := "rules"
	if len(r.Rules) == 1 {
		rules = "rule"
	}
	fmt.Fprintf(w, "%s of %s %s fired in %s packets\n", thousands(uint64(r.Fired)), thousands(uint64(len(r.Rules))), rules, thousands(r.Packets))
	return w.Flush()
}

// printOthers tells why the others did not fire.
func (r *testReport) printOthers(w io.Writer) {
	n, rest := 0, 0
	for i := range r.Rules {
		t := &r.Rules[i]
		switch {
		case t.Fired:
			continue
		case n == 0:
			fmt.Fprintln(w, "not fired")
		case n >= shownRefused:
			rest++
			continue
		}
		n++
		fmt.Fprintf(w, "  %d  %s\n      %s\n", t.SID, printable(t.Message), harmless(short(t.Reason)))
	}
	if rest > 0 {
		fmt.Fprintf(w, "  and %s more: --json lists them all, --sid N tells of one\n", thousands(uint64(rest)))
	}
	if n > 0 {
		fmt.Fprintln(w)
	}
}
