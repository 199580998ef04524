//go:build unix

// Command alerts compares the alerts of Suricata and of wirelore, as multisets of (sid, protocol, addresses, ports).
//
//	alerts -eve OURS.json THEIRS.json
//	alerts -rules FILE [-cache DIR] [-suricata CMD] [-wirelore CMD] CAPTURE|DIR...
//
// The first form compares two eve.json files. The second runs both engines over captures, a folder standing for those below it, and
// counts each capture apart. Suricata loads the rules once and is fed by its command socket; what it says is kept in -cache, by the
// content of rules and capture. It runs single, as with more threads the packets of different flows come in another order each time,
// and with them what thresholds let through. wirelore gets a folder of links; a capture of our own after each tells where the next begins.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

type options struct {
	rules, cache, suricata, wirelore string
	details, absent                  string
	eve                              bool
	rows                             int
}

func main() {
	var o options
	flag.BoolVar(&o.eve, "eve", false, "the arguments are two eve.json files: ours, theirs")
	flag.StringVar(&o.rules, "rules", "", "rules file")
	flag.StringVar(&o.cache, "cache", "", "folder that keeps Suricata's alerts")
	flag.StringVar(&o.suricata, "suricata", "suricata -c /etc/suricata/suricata.yaml --set runmode=single", "Suricata; -S, -l and --unix-socket are added")
	flag.StringVar(&o.wirelore, "wirelore", "wirelore suricata -c /etc/suricata/suricata.yaml", "wirelore; -S, -r and -l are added")
	flag.StringVar(&o.details, "details", "", "file for a line for each alert that one engine alone has")
	flag.StringVar(&o.absent, "absent", absent, "application protocols that are not built, counted apart")
	flag.IntVar(&o.rows, "rows", 100, "rows of the table by rule, at most")
	flag.Usage = func() {
		fmt.Fprintln(flag.CommandLine.Output(), "usage: alerts -eve OURS.json THEIRS.json\n       alerts -rules FILE [flags] CAPTURE|DIR...")
		flag.PrintDefaults()
	}
	flag.Parse()
	if o.eve && flag.NArg() != 2 || !o.eve && (flag.NArg() == 0 || o.rules == "") {
		flag.Usage()
		os.Exit(2)
	}
	if err := run(&o, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "alerts:", err)
		os.Exit(1)
	}
}

// absent are Suricata's names of protocols that wirelore does not build.
const absent = "bittorrent-dht,dcerpc,dhcp,dnp3,enip,http2,ike,krb5,modbus,mqtt,nfs,ntp,pgsql,rdp,rfb,sip,smb,snmp,telnet,tftp"

func run(o *options, args []string) error {
	r := newReport(strings.Split(o.absent, ","))
	if o.eve {
		ours, err := readEVE(args[0])
		if err != nil {
			return err
		}
		theirs, err := readEVE(args[1])
		if err != nil {
			return err
		}
		r.add(args[1], ours, theirs)
	} else if err := runEngines(o, args, r); err != nil {
		return err
	}
	r.write(os.Stdout, o.rows)
	if o.details == "" {
		return nil
	}
	return r.writeDetails(o.details)
}

// runEngines runs both engines over all captures.
func runEngines(o *options, args []string, r *report) error {
	captures, err := list(args)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "alerts")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	theirs, err := runSuricata(o, dir, captures)
	if err != nil {
		return fmt.Errorf("suricata: %w", err)
	}
	ours, err := runWirelore(o, dir, captures, r)
	if err != nil {
		return fmt.Errorf("wirelore: %w", err)
	}
	for i := range captures {
		r.add(captures[i].name, ours[i], theirs[i])
	}
	return nil
}

// capture is a file to read.
type capture struct {
	name string // as it is told
	path string // absolute
	sum  string // of its content
}

// list names the captures, each content once.
func list(args []string) (out []capture, err error) {
	seen := map[string]bool{}
	take := func(name string) error {
		path, err := filepath.Abs(name)
		if err != nil {
			return err
		}
		sum, err := hashFile(path, "")
		if err != nil || seen[sum] {
			return err
		}
		seen[sum] = true
		out = append(out, capture{name: name, path: path, sum: sum})
		return nil
	}
	for _, arg := range args {
		err := filepath.WalkDir(arg, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			if path != arg && !slices.Contains([]string{".pcap", ".pcapng", ".cap", ".trace"}, filepath.Ext(path)) {
				return nil
			}
			return take(path)
		})
		if err != nil {
			return nil, err
		}
	}
	if len(out) == 0 {
		return nil, errors.New("no captures")
	}
	return out, nil
}
