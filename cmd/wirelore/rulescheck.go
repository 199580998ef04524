package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/wirelore/wirelore/sig"
	"github.com/wirelore/wirelore/sig/rule"
)

func newRules() *cobra.Command {
	c := &cobra.Command{
		Use:   "rules check|test",
		Short: "check rules, and find out why they do not fire",
		Args:  cobra.ArbitraryArgs,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usagef("there is no command \"rules %s\": give check or test", args[0])
			}
			return c.Help()
		},
	}
	c.AddCommand(newRulesCheck(), newRulesTest())
	return c
}

type checkFlags struct {
	config         string
	json, disabled bool
}

func newRulesCheck() *cobra.Command {
	var o checkFlags
	c := &cobra.Command{
		Use:   "check FILE... [-c suricata.yaml] [--disabled] [--json]",
		Short: "tell which rules load, which do not and why, and which are slow",
		Long: `Compiles the rules of the files, which may be compressed by gzip, and tells which were refused and why, where something is
odd, and which rules are slow and what to do about it. With -c, variables, classes and thresholds are those of the
configuration, and without files its rules are checked. The exit code is 0 when all rules were loaded and 1 when some were
refused.`,
		RunE: func(c *cobra.Command, args []string) error { return o.run(c, args) },
	}
	f := c.Flags()
	f.StringVarP(&o.config, "config", "c", "", "suricata.yaml")
	f.BoolVar(&o.disabled, "disabled", false, "check rules that are commented out too")
	f.BoolVar(&o.json, "json", false, "print the report as JSON")
	return c
}

// checkReport is what "rules check" prints.
type checkReport struct {
	Loaded   int         `json:"loaded"`
	Refused  []finding   `json:"refused"`
	Skipped  int         `json:"skipped"`
	Warnings []finding   `json:"warnings"`
	Slow     []slowEntry `json:"slow"`
}

// finding is something about a rule, or about a file when the SID is 0.
type finding struct {
	File   string `json:"file"`
	Line   int    `json:"line"`
	Column int    `json:"column"`
	SID    uint32 `json:"sid"`
	Reason string `json:"reason"`
}

type slowEntry struct {
	SID    uint32 `json:"sid"`
	File   string `json:"file"`
	Line   int    `json:"line"`
	Reason string `json:"reason"`
}

func (o *checkFlags) run(c *cobra.Command, args []string) error {
	conf, err := loadConfig(o.config, nil)
	if err != nil {
		return err
	}
	rep := &checkReport{Refused: []finding{}, Warnings: []finding{}, Slow: []slowEntry{}}
	warn := func(f string, a ...any) {
		rep.Warnings = append(rep.Warnings, finding{File: o.config, Reason: fmt.Sprintf(f, a...)})
	}
	if len(args) == 0 && o.config != "" {
		args = configured(conf.settings, warn)
	}
	if len(args) == 0 {
		return usagef("no rules: name one or more files, or a configuration that names some with -c")
	}
	r := ruleFiles{files: args, settings: conf.settings, disabled: o.disabled, warn: warn}
	rs, err := r.compile(c.Context())
	if err != nil {
		return err
	}
	rep.fill(rs)
	show := rep.print
	if o.json {
		show = rep.json
	}
	if err := show(c.OutOrStdout()); err != nil {
		return err
	}
	switch n := len(rep.Refused); n {
	case 0:
		return nil
	case 1:
		return fmt.Errorf("1 rule was refused")
	default:
		return fmt.Errorf("%s rules were refused", thousands(uint64(n)))
	}
}

// fill takes what the compiler found.
func (r *checkReport) fill(rs *sig.RuleSet) {
	r.Loaded, r.Skipped = rs.Len(), rs.Stats().Skipped
	for _, p := range rs.Problems() {
		if p.Warning {
			r.Warnings = append(r.Warnings, findingOf(p))
		} else {
			r.Refused = append(r.Refused, findingOf(p))
		}
	}
	for _, p := range rs.Warnings() {
		r.Warnings = append(r.Warnings, findingOf(p))
	}
	for _, s := range rs.Slow() {
		r.Slow = append(r.Slow, slowEntry{SID: s.SID, File: s.Pos.File, Line: s.Pos.Line, Reason: s.Reason})
	}
}

func findingOf(p *rule.Problem) finding {
	return finding{File: p.File, Line: p.Line, Column: p.Column, SID: p.SID, Reason: p.Msg}
}

func (r *checkReport) json(w io.Writer) error { return writeJSON(w, r) }

// writeJSON writes one object for people and programs.
func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// How many entries of a list people see; all are in the JSON.
const (
	shownRefused = 200
	shownOthers  = 20
)

// print writes the report for people: what is wrong, and how many rules there are in the last line.
func (r *checkReport) print(to io.Writer) error {
	w := bufio.NewWriter(to)
	listed(w, "slow", r.Slow, shownOthers, func(s *slowEntry) finding {
		return finding{File: s.File, Line: s.Line, SID: s.SID, Reason: s.Reason}
	})
	listed(w, "warnings", r.Warnings, shownOthers, func(f *finding) finding { return *f })
	listed(w, "refused", r.Refused, shownRefused, func(f *finding) finding { return *f })
	count := func(n int, what string) string { return thousands(uint64(n)) + " " + what }
	parts := []string{count(r.Loaded, "rules loaded"), count(len(r.Refused), "refused")}
	if r.Loaded == 1 {
		parts[0] = "1 rule loaded"
	}
	if r.Skipped > 0 {
		parts = append(parts, count(r.Skipped, "skipped, as what they require is not there"))
	}
	if n := len(r.Warnings); n > 0 {
		parts = append(parts, count(n, "warned of"))
	}
	if n := len(r.Slow); n > 0 {
		parts = append(parts, count(n, "slow"))
	}
	fmt.Fprintln(w, strings.Join(parts, ", "))
	return w.Flush()
}

// listed prints a list of findings, a line each: the place, the rule, what there is to say.
func listed[E any](w io.Writer, name string, list []E, most int, get func(*E) finding) {
	if len(list) == 0 {
		return
	}
	fmt.Fprintf(w, "%s (%s)\n", name, thousands(uint64(len(list))))
	for i := range list {
		if i == most {
			fmt.Fprintf(w, "  and %s more: --json lists them all\n", thousands(uint64(len(list)-most)))
			break
		}
		f := get(&list[i])
		place := rule.Pos{File: f.File, Line: f.Line, Column: f.Column}.String()
		if f.SID != 0 {
			place += ": sid " + strconv.FormatUint(uint64(f.SID), 10)
		}
		if place != "" {
			place += ": "
		}
		fmt.Fprintf(w, "  %s\n", harmless(place+short(f.Reason)))
	}
	fmt.Fprintln(w)
}

// short cuts what a message quotes of a rule.
func short(s string) string {
	const longest = 400
	if r := []rune(s); len(r) > longest {
		return string(r[:longest]) + "…"
	}
	return s
}
