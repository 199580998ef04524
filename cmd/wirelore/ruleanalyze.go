package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/wirelore/wirelore"
)

// alertTable are the rules that fired, the most frequent first.
type alertTable struct {
	Times uint64 `json:"times"` // of all
	table[alertRow]
}

type alertRow struct {
	Signature string `json:"signature"`
	SID       uint64 `json:"sid"`
	Severity  uint64 `json:"severity"`
	Times     uint64 `json:"times"`
}

// judge adds the rules to the analyzers, and what the report reads of them.
func (o *analyzeFlags) judge(c *cobra.Command, conf *wirelore.Config, rep *report) error {
	r := ruleFiles{files: o.rules, lazy: true, cache: rulesCache(o.rulesCache), warn: func(f string, a ...any) { warnf(c, f, a...) }}
	rs, err := r.compile(c.Context())
	if err != nil || rs == nil {
		return err
	}
	complain(c, rs)
	conf.Analyzers = append(conf.Analyzers, rs.Analyzer())
	rep.alerts = newTally()
	if conf.EVE == nil {
		conf.EVE = &wirelore.EVEOutput{Types: func(event string) bool { return event == "alert" }}
	}
	return nil
}

// alert counts an alert record by its rule.
func (r *report) alert(line []byte) {
	var rec struct {
		Alert struct {
			GID       uint64 `json:"gid"`
			SID       uint64 `json:"signature_id"`
			Signature string `json:"signature"`
			Severity  uint64 `json:"severity"`
		} `json:"alert"`
	}
	if json.Unmarshal(line, &rec) != nil {
		return
	}
	a := &rec.Alert
	e := r.alerts.at(fmt.Appendf(nil, "%d:%d:%s", a.GID, a.SID, a.Signature))
	e.weight++
	e.a = a.Severity
}

// alertTable is nil when no rules are judged.
func (r *report) alertTable() *alertTable {
	if r.alerts == nil {
		return nil
	}
	t := &alertTable{Times: r.total.EVE["alert"]}
	t.table = rows(r.alerts, func(e *entry) alertRow {
		_, rest, _ := strings.Cut(e.key, ":")
		sid, name, _ := strings.Cut(rest, ":")
		n, _ := strconv.ParseUint(sid, 10, 64)
		return alertRow{Signature: printable(name), SID: n, Severity: e.a, Times: e.weight}
	})
	return t
}

func (r *report) alertsDropped() uint64 {
	if r.alerts == nil {
		return 0
	}
	return r.alerts.dropped
}

// print tells of the alerts, or that there are none.
func (t *alertTable) print(w io.Writer) {
	switch {
	case t == nil:
		return
	case t.Times == 0:
		fmt.Fprintln(w, "\nno alerts")
		return
	}
	head := thousands(t.Times) + " alerts"
	if t.Times == 1 {
		head = "1 alert"
	}
	section(w, head, t.table, []string{">times", ">severity", ">sid"}, func(r alertRow) []string {
		return []string{r.Signature, thousands(r.Times), strconv.FormatUint(r.Severity, 10), strconv.FormatUint(r.SID, 10)}
	})
}
