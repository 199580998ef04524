//go:build unix

// Command compare runs commands in turn over one capture and prints medians of what they cost. See bench/README.md.
package main

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"text/tabwriter"
	"time"
)

func main() {
	n := flag.Int("n", 5, "rounds that are counted")
	flag.Usage = func() {
		fmt.Fprintln(flag.CommandLine.Output(), "usage: compare [-n ROUNDS] CAPTURE COMMAND...   with {pcap} and {out} in each COMMAND")
	}
	flag.Parse()
	if flag.NArg() < 2 || *n < 1 {
		flag.Usage()
		os.Exit(2)
	}
	if err := compare(*n, flag.Arg(0), flag.Args()[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "compare:", err)
		os.Exit(1)
	}
}

// cost is what one run of a command took.
type cost struct {
	wall, cpu time.Duration
	memory    int64 // bytes, at most
	written   int64 // bytes
}

func compare(rounds int, capture string, commands []string) error {
	capture, err := filepath.Abs(capture)
	if err != nil {
		return err
	}
	st, err := os.Stat(capture)
	if err != nil {
		return err
	}
	costs := make([][]cost, len(commands))
	for round := range rounds + 1 {
		for i, command := range commands {
			c, err := run(command, capture)
			if err != nil {
				return fmt.Errorf("%s: %w", command, err)
			}
			if round > 0 { // the first warms the page cache
				costs[i] = append(costs[i], c)
			}
		}
	}
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "wall s\tCPU s\tpeak MiB\tMB/s\twritten MB\tratio\t ")
	first := median(costs[0], func(c cost) time.Duration { return c.wall })
	for i, command := range commands {
		wall := median(costs[i], func(c cost) time.Duration { return c.wall })
		cpu := median(costs[i], func(c cost) time.Duration { return c.cpu })
		fmt.Fprintf(w, "%.2f\t%.2f\t%d\t%.0f\t%.1f\t%.2f\t %s\n", wall.Seconds(), cpu.Seconds(),
			median(costs[i], func(c cost) int64 { return c.memory })>>20, float64(st.Size())/1e6/wall.Seconds(),
			float64(median(costs[i], func(c cost) int64 { return c.written }))/1e6, wall.Seconds()/first.Seconds(), command)
	}
	return w.Flush()
}

func median[V cmp.Ordered](costs []cost, value func(cost) V) V {
	list := make([]V, 0, len(costs))
	for _, c := range costs {
		list = append(list, value(c))
	}
	slices.Sort(list)
	return list[len(list)/2]
}

// run runs a command once in an empty folder.
func run(command, capture string) (c cost, err error) {
	out, err := os.MkdirTemp("", "compare")
	if err != nil {
		return c, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(out)) }()
	args := strings.Fields(command)
	for i := range args {
		args[i] = strings.NewReplacer("{pcap}", capture, "{out}", out).Replace(args[i])
	}
	if len(args) == 0 {
		return c, errors.New("an empty command")
	}
	if strings.Contains(args[0], "/") {
		if args[0], err = filepath.Abs(args[0]); err != nil {
			return c, err
		}
	}
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Dir = out
	began := time.Now()
	if text, err := cmd.CombinedOutput(); err != nil {
		return c, fmt.Errorf("%w: %s", err, text)
	}
	c.wall = time.Since(began)
	c.cpu = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	if u, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		c.memory = int64(u.Maxrss) //nolint:unconvert // 32 bits on some systems
		if runtime.GOOS != "darwin" {
			c.memory <<= 10 // kilobytes
		}
	}
	err = filepath.WalkDir(out, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		i, err := d.Info()
		if err == nil {
			c.written += i.Size()
		}
		return err
	})
	return c, err
}
