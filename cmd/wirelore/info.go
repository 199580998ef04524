package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/wirelore/wirelore/pcap"
)

func newInfo() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "info CAPTURE... [--json]",
		Short: "tell what a capture file is: format, packets, times, interfaces, damage",
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usagef("no capture: name one or more files, or - for standard input")
			}
			var errs []error
			for i, name := range args {
				f := look(name)
				if f.err != nil {
					errs = append(errs, f.err)
				}
				if asJSON {
					if err := json.NewEncoder(c.OutOrStdout()).Encode(f); err != nil {
						return err
					}
					continue
				}
				if i > 0 {
					fmt.Fprintln(c.OutOrStdout())
				}
				f.print(c.OutOrStdout())
			}
			return errors.Join(errs...)
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "one JSON object for each capture")
	return c
}

// facts are what info tells of one capture.
type facts struct {
	File        string          `json:"file"`
	Format      string          `json:"format"`
	Compression string          `json:"compression,omitempty"`
	Packets     uint64          `json:"packets"`
	Bytes       uint64          `json:"bytes"`
	WireBytes   uint64          `json:"wire_bytes"`
	First       *string         `json:"first"`
	Last        *string         `json:"last"`
	LinkTypes   []string        `json:"link_types"`
	Interfaces  []interfaceFact `json:"interfaces"`
	Comments    []string        `json:"comments,omitempty"`
	Secrets     int             `json:"secrets,omitempty"`
	Error       *string         `json:"error"`

	err error
}

type interfaceFact struct {
	Name        string `json:"name,omitempty"`
	Description string `json:"description,omitempty"`
	LinkType    string `json:"link_type"`
	SnapLen     uint32 `json:"snaplen"`
}

// look reads a capture to its end.
func look(name string) *facts {
	f := &facts{File: name, LinkTypes: []string{}, Interfaces: []interfaceFact{}}
	r, err := openCapture(name)
	if err != nil {
		f.fail(err)
		return f
	}
	defer func() { _ = r.Close() }()
	var p pcap.Packet
	seen := map[pcap.LinkType]bool{}
	for err = r.Next(&p); err == nil; err = r.Next(&p) {
		f.Packets++
		f.Bytes += uint64(max(0, len(p.Data)-p.Link.PseudoHeader())) // as capinfos and tshark count
		f.WireBytes += uint64(p.Length)
		at := p.Time().Format(time.RFC3339Nano)
		if f.First == nil {
			f.First = &at
		}
		f.Last = &at
		if !seen[p.Link] {
			seen[p.Link] = true
			f.LinkTypes = append(f.LinkTypes, p.Link.String())
		}
	}
	if !errors.Is(err, io.EOF) {
		f.fail(err)
	}
	f.describe(r)
	return f
}

func (f *facts) fail(err error) {
	f.err = err
	msg := err.Error()
	f.Error = &msg
}

func (f *facts) describe(r *pcap.Reader) {
	i := r.Info()
	f.Format, f.Compression = i.Format, i.Compression
	for _, c := range i.Comments {
		f.Comments = append(f.Comments, c.Text)
	}
	f.Secrets = len(r.Secrets())
	for _, x := range i.Interfaces {
		f.Interfaces = append(f.Interfaces, interfaceFact{x.Name, x.Description, x.Link.String(), x.SnapLen})
	}
}

func (f *facts) print(w io.Writer) {
	row := func(k, v string) {
		if v != "" {
			fmt.Fprintf(w, "%-12s %s\n", k, v)
		}
	}
	row("file", f.File)
	format := f.Format
	if f.Compression != "" {
		format += ", " + f.Compression
	}
	row("format", format)
	row("packets", thousands(f.Packets))
	row("bytes", fmt.Sprintf("%s captured, %s on the wire", thousands(f.Bytes), thousands(f.WireBytes)))
	if f.First != nil {
		row("first", *f.First)
		row("last", *f.Last)
	}
	row("link types", strings.Join(f.LinkTypes, ", "))
	for i, x := range f.Interfaces {
		row(fmt.Sprintf("interface %d", i), strings.TrimSpace(fmt.Sprintf("%s %s (%s, snaplen %d)", x.Name, x.Description, x.LinkType, x.SnapLen)))
	}
	if f.Secrets > 0 {
		row("secrets", fmt.Sprintf("%d decryption secrets blocks", f.Secrets))
	}
	row("comment", strings.Join(f.Comments, "; "))
	if f.Error != nil {
		row("error", *f.Error)
	}
}
