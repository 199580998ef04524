package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/RoaringBitmap/roaring/v2/roaring64"
	"github.com/spf13/cobra"

	"github.com/wirelore/wirelore"
	"github.com/wirelore/wirelore/flow"
	"github.com/wirelore/wirelore/flow/filter"
	"github.com/wirelore/wirelore/pcap"
	"github.com/wirelore/wirelore/proto"
)

type cutFlags struct {
	uid, communityID, filter, out string
	flowID                        uint64
	seed                          uint16
	profile                       string
	force                         bool
}

func newCut() *cobra.Command {
	var o cutFlags
	c := &cobra.Command{
		Use:   "cut CAPTURE --out FILE [--uid UID | --flow-id N | --community-id ID | --filter EXPR]",
		Short: "write the packets of a flow, or those that match a filter, into a new capture",
		Long: `Writes the packets of one flow into a new capture. The flow is named as a log names it: by Zeek's uid, by EVE's flow_id, or
by its community id; or packets are chosen by a BPF expression. Several choices together must all hold.
--profile says which view of flows gave the uid or flow_id: zeek ("wirelore zeek"), suricata, or default ("wirelore analyze").`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usagef("cut takes one capture, %d were named", len(args))
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error { return o.run(c, args[0]) },
	}
	f := c.Flags()
	f.StringVar(&o.uid, "uid", "", "Zeek's uid of the flow")
	f.Uint64Var(&o.flowID, "flow-id", 0, "EVE's flow_id of the flow")
	f.StringVar(&o.communityID, "community-id", "", "community id of the flow (1:...)")
	f.Uint16Var(&o.seed, "community-id-seed", 0, "seed of community ids")
	f.StringVar(&o.filter, "filter", "", "BPF expression")
	f.StringVarP(&o.out, "out", "o", "", "capture to write; its name's ending chooses the format: .pcapng, otherwise pcap")
	f.StringVar(&o.profile, "profile", "default", "view of flows: default, zeek or suricata")
	f.BoolVar(&o.force, "force", false, "replace the file if it exists")
	return c
}

func (o *cutFlags) run(c *cobra.Command, name string) error {
	switch {
	case o.out == "":
		return usagef("no file to write: name one with --out")
	case o.uid == "" && o.flowID == 0 && o.communityID == "" && o.filter == "":
		return usagef("nothing to look for: give --uid, --flow-id, --community-id or --filter")
	case name == "-" && (o.uid != "" || o.flowID != 0 || o.communityID != ""):
		return usagef("a flow cannot be cut out of standard input, which would have to be read twice: save it to a file first")
	}
	if err := checkFilter(o.filter); err != nil {
		return err
	}
	if _, err := os.Lstat(o.out); err == nil && !o.force {
		return fmt.Errorf("%s exists already: choose another name or add --force", o.out)
	}
	var numbers *roaring64.Bitmap
	var broken error
	if o.uid != "" || o.flowID != 0 || o.communityID != "" {
		var err error
		if numbers, err = o.find(c, name); numbers == nil {
			return err
		}
		broken = err
		if numbers.IsEmpty() {
			return errors.Join(fmt.Errorf("no such flow in %s: ids depend on the view of flows (--profile %s)", name, o.profile), broken)
		}
	}
	n, err := o.copy(name, numbers)
	if n > 0 {
		fmt.Fprintf(c.OutOrStdout(), "%s packets written to %s\n", thousands(n), o.out)
	}
	return err
}

// find runs the flow table over the capture and returns the numbers of the flow's packets. A broken capture gives what is
// before the break, with the error.
func (o *cutFlags) find(c *cobra.Command, name string) (*roaring64.Bitmap, error) {
	p, err := profileNamed(o.profile)
	if err != nil {
		return nil, err
	}
	p.IgnoreChecksums = true // a bad packet of the flow belongs to it
	var mu sync.Mutex
	all := roaring64.New()
	e, err := wirelore.New(wirelore.Config{
		Profile: p, Protocols: []proto.Protocol{},
		Analyzers: []*proto.Analyzer{{Name: "cut", Doc: "finds a flow's packets", Start: func(s *proto.Setup) error {
			own := roaring64.New()
			s.OnPacket(func(f *proto.Flow, _ proto.Dir, pk *flow.Packet) {
				if f != nil && o.wants(f) {
					own.Add(pk.Frame.Number)
				}
			})
			s.AtEnd(func() {
				mu.Lock()
				defer mu.Unlock()
				all.Or(own)
			})
			return nil
		}}},
	})
	if err != nil {
		return nil, err
	}
	_, err = e.Run(c.Context(), source(name))
	var damage *pcap.Error
	if err != nil && !errors.As(err, &damage) {
		return nil, err
	}
	return all, err
}

func (o *cutFlags) wants(f *proto.Flow) bool {
	if o.uid != "" && string(f.UID()) != o.uid {
		return false
	}
	if o.flowID != 0 && f.ID.Number() != o.flowID {
		return false
	}
	return o.communityID == "" || string(f.CommunityID(nil, o.seed)) == o.communityID
}

// copy writes the chosen packets; nil numbers: all that pass the filter.
func (o *cutFlags) copy(name string, numbers *roaring64.Bitmap) (n uint64, err error) {
	r, err := openCapture(name)
	if err != nil {
		return 0, err
	}
	defer func() { _ = r.Close() }()
	match, err := filter.New(o.filter)
	if err != nil {
		return 0, err
	}
	tmp, err := os.CreateTemp(filepath.Dir(o.out), ".wirelore-*")
	if err != nil {
		return 0, fmt.Errorf("cannot write %s: %w", o.out, err)
	}
	defer func() {
		if err = errors.Join(err, tmp.Close()); n == 0 {
			_ = os.Remove(tmp.Name())
		} else if rerr := os.Rename(tmp.Name(), o.out); rerr != nil {
			err = errors.Join(err, rerr, os.Remove(tmp.Name()))
		}
	}()
	w, err := pcap.NewWriter(tmp, writerOptions(o.out))
	if err != nil {
		return 0, err
	}
	var p pcap.Packet
	for {
		if err = r.Next(&p); err != nil {
			break
		}
		if numbers != nil && !numbers.Contains(p.Number) || !match.Match(&p) {
			continue
		}
		if err = w.Write(&p); err != nil {
			return 0, err
		}
		n++
	}
	if errors.Is(err, io.EOF) {
		err = nil
		if n == 0 {
			err = fmt.Errorf("no packet of %s matches: nothing was written", name)
		}
	}
	return n, errors.Join(err, w.Flush())
}

func profileNamed(name string) (*flow.Profile, error) {
	var p flow.Profile
	switch name {
	case "default", "":
		p = flow.Default()
	case "zeek":
		p = flow.Zeek()
	case "suricata":
		p = flow.Suricata()
	default:
		return nil, usagef("--profile %s: give default, zeek or suricata", name)
	}
	return &p, nil
}

// writerOptions chooses the format by the name's ending.
func writerOptions(name string) *pcap.WriterOptions {
	if strings.HasSuffix(name, ".pcapng") {
		return &pcap.WriterOptions{Format: "pcapng"}
	}
	return &pcap.WriterOptions{Format: "pcap"}
}
