package main

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// grid is a table to print. Its first row is the head; a column whose head begins with > is aligned to the right.
type grid [][]string

func (g *grid) add(cells ...string) { *g = append(*g, cells) }

// print writes the summary for people.
func (s *summary) print(to io.Writer) error {
	w := bufio.NewWriter(to)
	if len(s.Captures) == 1 {
		s.Captures[0].print(w)
	} else {
		s.printCaptures(w)
	}
	s.Alerts.print(w)
	section(w, "hosts", s.Hosts, []string{">bytes", ">packets", ">flows"}, func(r hostRow) []string {
		return []string{r.Host, size(r.Bytes), thousands(r.Packets), thousands(r.Flows)}
	})
	section(w, "protocols", s.Protocols, []string{">bytes", ">flows"}, func(r protoRow) []string {
		return []string{r.Protocol, size(r.Bytes), thousands(r.Flows)}
	})
	section(w, "names", s.Names, []string{">times", "in"}, func(r nameRow) []string {
		return []string{r.Name, thousands(r.Times), r.Logs}
	})
	section(w, "files", s.Files, []string{">number", ">bytes"}, func(r fileRow) []string {
		return []string{r.Type, thousands(r.Files), size(r.Bytes)}
	})
	section(w, "anomalies", s.Anomalies, []string{">times"}, func(r oddRow) []string {
		return []string{r.Name, thousands(r.Times)}
	})
	section(w, "cut by limits", table[cutRow]{uint64(len(s.Cut)), s.Cut}, []string{">times"}, func(r cutRow) []string {
		return []string{r.What, thousands(r.Times)}
	})
	if len(s.Written) > 0 {
		fmt.Fprintf(w, "\nwritten to %s\n  %s\n", s.Out, strings.Join(s.Written, "  "))
	}
	fmt.Fprintf(w, "\n%s\n", s.rate())
	return w.Flush()
}

// section prints the top of a list, if there is any.
func section[R any](w io.Writer, name string, t table[R], columns []string, row func(R) []string) {
	if len(t.Top) == 0 {
		return
	}
	head := name
	if n := uint64(len(t.Top)); n < t.Number {
		head = fmt.Sprintf("%s (%d of %s)", name, n, thousands(t.Number))
	}
	g := grid{append([]string{head}, columns...)}
	for _, r := range t.Top {
		cells := row(r)
		cells[0] = "  " + cells[0]
		g.add(cells...)
	}
	fmt.Fprintln(w)
	g.print(w)
}

// print tells of the only capture.
func (c *captureSummary) print(w io.Writer) {
	line := func(k, v string) { fmt.Fprintf(w, "%-9s %s\n", k, v) }
	line("capture", printable(c.Name))
	format := c.Format
	if c.Compression != "" {
		format += ", " + c.Compression
	}
	line("format", strings.Join(append([]string{format}, c.LinkTypes...), ", "))
	packets := thousands(c.Packets)
	if c.Filtered > 0 {
		packets += fmt.Sprintf(" (%s left out by the filter)", thousands(c.Filtered))
	}
	line("packets", packets)
	bytes := size(c.Bytes)
	if c.WireBytes > c.Bytes {
		bytes += fmt.Sprintf(" captured of %s on the wire", size(c.WireBytes))
	}
	line("bytes", bytes)
	line("flows", thousands(c.Flows))
	if c.Packets > 0 {
		line("from", c.First)
		line("to", fmt.Sprintf("%s (%s)", c.Last, span(c.seconds)))
	}
}

// maxCaptures is how many captures are listed, shownCaptures how many of more than that: the largest.
const (
	maxCaptures   = 50
	shownCaptures = 20
)

// printCaptures tells of several, a line each, and of all together.
func (s *summary) printCaptures(w io.Writer) {
	head, list := "captures", s.Captures
	if n := len(list); n > maxCaptures {
		list = slices.Clone(list)
		slices.SortStableFunc(list, func(a, b captureSummary) int { return cmp.Compare(b.Bytes, a.Bytes) })
		list = list[:shownCaptures]
		head = fmt.Sprintf("captures (%d of %s)", len(list), thousands(uint64(n)))
	}
	g := grid{{head, ">packets", ">bytes", ">flows", "from", ">during"}}
	row := func(name string, packets, bytes, flows uint64, first string, seconds float64) {
		during := ""
		if first != "" {
			first, during = strings.Replace(first[:19], "T", " ", 1), span(seconds)
		}
		g.add("  "+name, thousands(packets), size(bytes), thousands(flows), first, during)
	}
	for i := range list {
		c := &list[i]
		row(printable(c.Name), c.Packets, c.Bytes, c.Flows, c.First, c.seconds)
	}
	row("all", s.Packets, s.Bytes, s.Flows, s.First, s.Seconds)
	g.print(w)
}

// rate tells how long it took.
func (s *summary) rate() string {
	text := fmt.Sprintf("analyzed in %s", time.Duration(s.Elapsed*1e9).Round(time.Millisecond))
	if s.Elapsed > 0 && s.Packets > 0 {
		text += fmt.Sprintf(": %s packets and %s a second", thousands(uint64(float64(s.Packets)/s.Elapsed)), size(uint64(float64(s.Bytes)/s.Elapsed)))
	}
	return text
}

// print writes the table, its columns aligned.
func (g grid) print(w io.Writer) {
	right := make([]bool, len(g[0]))
	widths := make([]int, len(g[0]))
	for i, cell := range g[0] {
		g[0][i], right[i] = strings.CutPrefix(cell, ">")
	}
	for _, row := range g {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	for _, row := range g {
		var line strings.Builder
		for i, cell := range row {
			if i > 0 {
				line.WriteString("  ")
			}
			pad := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell))
			if right[i] {
				line.WriteString(pad + cell)
			} else {
				line.WriteString(cell + pad)
			}
		}
		fmt.Fprintln(w, strings.TrimRight(line.String(), " "))
	}
}
