package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/wirelore/wirelore"
)

// terminal tells whether f shows its output to a person.
func terminal(f *os.File) bool {
	st, err := f.Stat()
	return err == nil && st.Mode()&os.ModeCharDevice != 0 && os.Getenv("TERM") != "dumb"
}

// bar draws a run's progress on one line of a terminal, with rate and time to go.
type bar struct {
	w     io.Writer
	drawn bool
	names bool // several captures: the line names the one at work
}

// newBar returns a bar on standard error for some captures, nil when nobody would see it.
func newBar(captures int) *bar {
	if !terminal(os.Stderr) {
		return nil
	}
	return &bar{w: os.Stderr, names: captures > 1}
}

// progress is what Config.Progress calls; nil without a bar.
func (b *bar) progress() func(wirelore.Progress) {
	if b == nil {
		return nil
	}
	return b.draw
}

const barWidth = 24

func (b *bar) draw(p wirelore.Progress) {
	if p.Stage == "done" {
		b.clear()
		return
	}
	b.drawn = true
	what := p.Stage
	if b.names {
		what += " " + printable(filepath.Base(p.Name))
	}
	fmt.Fprintf(b.w, "\r\x1b[K%s  %s", what, line(p))
}

// line words the progress: a bar when the total is known, and always bytes, packets and rate.
func line(p wirelore.Progress) string {
	rate := fmt.Sprintf("%s packets  %s/s", thousands(p.Packets), size(uint64(p.Rate())))
	if p.Total <= 0 {
		return fmt.Sprintf("%s  %s", size(uint64(p.Done)), rate)
	}
	part := min(1, float64(p.Done)/float64(p.Total))
	full := int(part * barWidth)
	out := fmt.Sprintf("[%s%s] %3.0f %%  %s of %s  %s", strings.Repeat("#", full), strings.Repeat("-", barWidth-full), part*100,
		size(uint64(p.Done)), size(uint64(p.Total)), rate)
	if left, ok := p.Remaining(); ok && p.Elapsed > time.Second {
		out += "  " + left.Round(time.Second).String() + " to go"
	}
	return out
}

// clear takes the line away, so that what is printed next begins on a clean one.
func (b *bar) clear() {
	if b != nil && b.drawn {
		fmt.Fprint(b.w, "\r\x1b[K")
		b.drawn = false
	}
}

// size words a number of bytes.
func size(n uint64) string {
	units := []string{"B", "kB", "MB", "GB", "TB"}
	f, i := float64(n), 0
	for f >= 1000 && i < len(units)-1 {
		f /= 1000
		i++
	}
	if i == 0 {
		return fmt.Sprintf("%d B", n)
	}
	return fmt.Sprintf("%.1f %s", f, units[i])
}

// thousands writes a number with commas.
func thousands(n uint64) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
