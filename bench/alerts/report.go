//go:build unix

package main

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"text/tabwriter"
)

// count is how many alerts both, only we and only they have.
type count struct{ common, ours, theirs int }

func (c *count) add(d count) {
	c.common += d.common
	c.ours += d.ours
	c.theirs += d.theirs
}

// agreement is twice the common part by the sum of both.
func (c count) agreement() float64 { return percent(2*c.common, 2*c.common+c.ours+c.theirs) }

// found is the part of theirs that we have too.
func (c count) found() float64 { return percent(c.common, c.common+c.theirs) }

func percent(part, whole int) float64 {
	if whole == 0 {
		return 100
	}
	return 100 * float64(part) / float64(whole)
}

// ruleCount is the count of a rule.
type ruleCount struct {
	count
	sid     uint32
	msg     string
	app     map[string]int
	example string
	packet  uint64
}

// detail is an alert that one side alone has.
type detail struct {
	capture, side, app string
	alert
}

// report gathers the differences of all captures.
type report struct {
	absent   []string
	captures int
	differ   int
	all      count
	built    count
	byApp    map[string]*count
	byRule   map[uint32]*ruleCount
	details  []detail
	failed   []string
}

func newReport(absent []string) *report {
	return &report{absent: absent, byApp: map[string]*count{}, byRule: map[uint32]*ruleCount{}}
}

// ends are the two ends of a flow, in an order of their own.
func ends(k key) [2]string {
	a, b := fmt.Sprintf("%s %s %d", k.Proto, k.SrcIP, k.SrcPort), fmt.Sprintf("%s %s %d", k.Proto, k.DestIP, k.DstPort)
	return [2]string{min(a, b), max(a, b)}
}

// add counts the alerts of a capture.
func (r *report) add(capture string, ours, theirs []alert) {
	r.captures++
	apps := map[[2]string]string{} // theirs decides, as ours does not know all
	for _, list := range [][]alert{theirs, ours} {
		for _, a := range list {
			if e := ends(a.key); a.AppProto != "" && (apps[e] == "" || apps[e] == "failed") {
				apps[e] = a.AppProto
			}
		}
	}
	app := func(k key) string { return cmp.Or(apps[ends(k)], "none ("+k.Proto+")") }
	left := map[key][]alert{}
	for _, a := range theirs {
		left[a.key] = append(left[a.key], a)
	}
	equal := true
	for _, a := range ours {
		if l := left[a.key]; len(l) > 0 {
			left[a.key] = l[1:]
			r.count(capture, app(a.key), a, count{common: 1})
			continue
		}
		equal = false
		r.count(capture, app(a.key), a, count{ours: 1})
	}
	for _, a := range theirs {
		if l := left[a.key]; len(l) > 0 {
			left[a.key] = l[1:]
			r.count(capture, app(a.key), l[0], count{theirs: 1})
			equal = false
		}
	}
	if !equal {
		r.differ++
	}
}

func (r *report) count(capture, app string, a alert, c count) {
	r.all.add(c)
	if !slices.Contains(r.absent, app) {
		r.built.add(c)
	}
	if r.byApp[app] == nil {
		r.byApp[app] = new(count)
	}
	r.byApp[app].add(c)
	s := r.byRule[a.SID]
	if s == nil {
		s = &ruleCount{sid: a.SID, msg: a.Msg, app: map[string]int{}}
		r.byRule[a.SID] = s
	}
	s.add(c)
	if c.common > 0 {
		return
	}
	s.app[app]++
	if s.example == "" {
		s.example, s.packet = capture, a.Packet
	}
	side := "ours"
	if c.theirs > 0 {
		side = "theirs"
	}
	r.details = append(r.details, detail{capture: capture, side: side, app: app, alert: a})
}

// write prints the figures.
func (r *report) write(out io.Writer, rows int) {
	fmt.Fprintf(out, "%d captures, %d of them with a difference\n\n", r.captures, r.differ)
	for _, f := range r.failed {
		fmt.Fprintf(out, "failed: %s\n", f)
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "common\tonly ours\tonly theirs\tagreement %\tfound %\t ")
	line := func(c count, name string) {
		fmt.Fprintf(w, "%d\t%d\t%d\t%.2f\t%.2f\t %s\n", c.common, c.ours, c.theirs, c.agreement(), c.found(), name)
	}
	line(r.all, "all")
	line(r.built, "all but protocols that are not built")
	for _, app := range slices.SortedFunc(maps.Keys(r.byApp), func(a, b string) int {
		ca, cb := r.byApp[a], r.byApp[b]
		return cmp.Or(cmp.Compare(cb.ours+cb.theirs, ca.ours+ca.theirs), cmp.Compare(cb.common, ca.common), cmp.Compare(a, b))
	}) {
		name := app
		if slices.Contains(r.absent, app) {
			name += " (not built)"
		}
		line(*r.byApp[app], name)
	}
	_ = w.Flush()
	fmt.Fprintln(out)
	w = tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "sid\tcommon\tours\ttheirs\tprotocols\texample\tpacket\tmessage")
	shown := 0
	for _, s := range slices.SortedFunc(maps.Values(r.byRule), func(a, b *ruleCount) int {
		return cmp.Or(cmp.Compare(b.ours+b.theirs, a.ours+a.theirs), cmp.Compare(a.sid, b.sid))
	}) {
		if s.ours+s.theirs == 0 || shown == rows {
			break
		}
		shown++
		fmt.Fprintf(w, "%d\t%d\t%d\t%d\t%v\t%s\t%d\t%s\n", s.sid, s.common, s.ours, s.theirs, s.app, s.example, s.packet, s.msg)
	}
	_ = w.Flush()
}

// writeDetails writes a line for each alert that one side alone has.
func (r *report) writeDetails(name string) error {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(f)
	for _, d := range r.details {
		fmt.Fprintf(w, "%s\t%s\t%s\t%d\t%s\t%s\n", d.side, d.capture, d.app, d.Packet, d.key, d.Msg)
	}
	return errors.Join(w.Flush(), f.Close())
}
