package main

import (
	"errors"
	"os"
	"runtime"
	"runtime/pprof"

	"github.com/spf13/cobra"
)

// profiles are the hidden flags by which developers look at where time and memory go.
type profiles struct {
	cpu, mem string
	file     *os.File
}

func (p *profiles) flags(c *cobra.Command) {
	f := c.PersistentFlags()
	f.StringVar(&p.cpu, "cpuprofile", "", "write a CPU profile to this file")
	f.StringVar(&p.mem, "memprofile", "", "write a heap profile at the end to this file")
	_ = f.MarkHidden("cpuprofile")
	_ = f.MarkHidden("memprofile")
}

func (p *profiles) start() (err error) {
	if p.mem != "" {
		runtime.MemProfileRate = 64 << 10
	}
	if p.cpu == "" {
		return nil
	}
	if p.file, err = os.Create(p.cpu); err != nil {
		return err
	}
	return pprof.StartCPUProfile(p.file)
}

func (p *profiles) stop() (err error) {
	if p.file != nil {
		pprof.StopCPUProfile()
		err = p.file.Close()
	}
	if p.mem == "" {
		return err
	}
	f, ferr := os.Create(p.mem)
	if ferr != nil {
		return errors.Join(err, ferr)
	}
	return errors.Join(err, pprof.Lookup("allocs").WriteTo(f, 0), f.Close())
}
