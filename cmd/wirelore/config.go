package main

import (
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/wirelore/wirelore"
	"github.com/wirelore/wirelore/flow"
	"github.com/wirelore/wirelore/proto"
)

// config is what of a suricata.yaml is understood.
type config struct {
	settings proto.Settings
	types    map[string]bool // event types of eve-log; nil: the default ones
}

// defaultTypes are the event types that Suricata's packaged configuration switches on.
var defaultTypes = []string{"alert", "packet", "anomaly", "http", "dns", "tls", "fileinfo", "smtp", "ftp", "ftp_data", "rdp", "nfs", "smb",
	"tftp", "ike", "dcerpc", "krb5", "bittorrent_dht", "snmp", "rfb", "sip", "quic", "dhcp", "ssh", "mqtt", "http2", "flow",
	"email", "modbus", "dnp3", "pgsql", "telnet", "enip", "websocket", "ldap", "mdns", "arp"}

// loadConfig reads a suricata.yaml ("" : none) and the --set values.
func loadConfig(path string, set []string) (*config, error) {
	c := &config{settings: proto.Settings{}}
	if path != "" {
		raw, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("cannot read the configuration: %w", err)
		}
		var doc yaml.Node
		if err := yaml.Unmarshal(raw, &doc); err != nil {
			return nil, fmt.Errorf("%s is no valid YAML: %w", path, err)
		}
		if err := flatten(c.settings, "", &doc, 0); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
	}
	outputs := func(k string) bool { return strings.HasPrefix(k, "outputs.") }
	if slices.ContainsFunc(set, outputs) && !slices.ContainsFunc(slices.Collect(maps.Keys(c.settings)), outputs) {
		c.types = map[string]bool{} // --set changes the packaged configuration
		for _, t := range defaultTypes {
			c.types[t] = true
		}
	}
	for _, kv := range set {
		k, v, ok := strings.Cut(kv, "=")
		if !ok {
			return nil, usagef("--set %s: give NAME=VALUE", kv)
		}
		c.settings[strings.TrimSpace(k)] = strings.TrimSpace(v)
	}
	c.eveSettings()
	return c, nil
}

// maxNesting bounds the nesting of a configuration; aliases count.
const maxNesting = 32

// flatten turns a YAML tree into dotted keys; elements of lists are numbered.
func flatten(to proto.Settings, key string, n *yaml.Node, depth int) error {
	if depth > maxNesting || len(to) > 1<<16 {
		return errors.New("the configuration is nested too deeply or too large")
	}
	join := func(k string) string {
		if key == "" {
			return k
		}
		return key + "." + k
	}
	switch n.Kind {
	case yaml.DocumentNode:
		if len(n.Content) > 0 {
			return flatten(to, key, n.Content[0], depth+1)
		}
	case yaml.AliasNode:
		return flatten(to, key, n.Alias, depth+1)
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			if err := flatten(to, join(n.Content[i].Value), n.Content[i+1], depth+1); err != nil {
				return err
			}
		}
	case yaml.SequenceNode:
		for i, e := range n.Content {
			if err := flatten(to, join(strconv.Itoa(i)), e, depth+1); err != nil {
				return err
			}
		}
	case yaml.ScalarNode:
		to[key] = n.Value
	}
	return nil
}

// eveSettings gathers what outputs.N.eve-log says: its options as outputs.eve-log.X, those of a type as eve.TYPE.X.
func (c *config) eveSettings() {
	add := proto.Settings{}
	for k, v := range c.settings {
		rest, ok := strings.CutPrefix(k, "outputs.")
		if !ok {
			continue
		}
		_, rest, _ = strings.Cut(rest, ".")
		name, opt, _ := strings.Cut(rest, ".")
		if name != "eve-log" {
			add["outputs."+rest] = v
			continue
		}
		add["outputs.eve-log."+opt] = v
		opt, ok = strings.CutPrefix(opt, "types.")
		if !ok {
			continue
		}
		if c.types == nil {
			c.types = map[string]bool{}
		}
		_, opt, ok = strings.Cut(opt, ".")
		if !ok {
			c.on(v, true)
			continue
		}
		typ, opt, ok := strings.Cut(opt, ".")
		if !ok { // "- dns:" without options
			c.on(typ, true)
			continue
		}
		if opt == "enabled" {
			c.on(typ, proto.Settings{"x": v}.Bool("x", true))
		} else if _, known := c.types[eventOf(typ)]; !known {
			c.on(typ, true)
		}
		add["eve."+typ+"."+opt] = v
	}
	maps.Copy(c.settings, add)
	if extended := "eve.http.extended"; c.types["http"] && c.settings[extended] == "" { // what the packaged configuration asks for
		c.settings[extended] = "no"
	}
}

// eventOf is the event type that an entry of eve-log's types stands for.
func eventOf(typ string) string {
	if typ == "files" {
		return "fileinfo"
	}
	return strings.ReplaceAll(typ, "-", "_")
}

func (c *config) on(typ string, on bool) {
	c.types[eventOf(typ)] = on
	switch typ {
	case "ftp":
		c.types["ftp_data"] = on
	case "alert":
		c.types["packet"] = on
	}
}

func (c *config) eve() *wirelore.EVEOutput {
	types := c.types
	if types == nil {
		types = map[string]bool{}
		for _, t := range defaultTypes {
			types[t] = true
		}
	}
	s := c.settings
	return &wirelore.EVEOutput{
		Types:         func(event string) bool { return types[event] },
		PacketSource:  "wire/pcap",
		CommunityID:   s.Bool("outputs.eve-log.community-id", false),
		CommunitySeed: uint16(s.Int("outputs.eve-log.community-id-seed", 0)),
		Ethernet:      s.Bool("outputs.eve-log.ethernet", false),
	}
}

// osPolicies are the names of host-os-policy.
var osPolicies = map[string]flow.Policy{"windows": flow.PolicyWindows, "bsd": flow.PolicyBSD, "bsd-right": flow.PolicyBSDRight,
	"old-linux": flow.PolicyOldLinux, "linux": flow.PolicyLinux, "old-solaris": flow.PolicySolaris, "solaris": flow.PolicySolaris,
	"hpux10": flow.PolicyHPUX10, "hpux11": flow.PolicyHPUX11, "irix": flow.PolicyIRIX, "macos": flow.PolicyMacOS,
	"vista": flow.PolicyVista, "windows2k3": flow.PolicyWindows2003}

// hostPolicies are those of host-os-policy; what is no address is passed over.
func hostPolicies(s proto.Settings) (out []flow.HostPolicy) {
	for _, name := range slices.Sorted(maps.Keys(osPolicies)) {
		for _, text := range list(s, "host-os-policy."+name) {
			p, err := netip.ParsePrefix(text)
			if a, aerr := netip.ParseAddr(text); err != nil && aerr == nil {
				p, err = a.Prefix(a.BitLen())
			}
			if err == nil {
				out = append(out, flow.HostPolicy{Hosts: p, Policy: osPolicies[name]})
			}
		}
	}
	return out
}

// profile is Suricata's with what the settings change.
func (c *config) profile() flow.Profile {
	p, s := flow.Suricata(), c.settings
	switch s.String("capture.checksums", "") {
	case "none":
		p.IgnoreChecksums = true
	case "all":
	default:
		p.IgnoreChecksums = !s.Bool("stream.checksum-validation", true)
	}
	p.Midstream = s.Bool("stream.midstream", false)
	p.Async = s.Bool("stream.async-oneside", false)
	p.Depth = s.Int("stream.reassembly.depth", p.Depth)
	p.HostOverlap = hostPolicies(s)
	p.CheckOverlap = s.Bool("stream.reassembly.check-overlap-different-data", true)
	p.VLANKey = s.Bool("vlan.use-for-tracking", true)
	seconds := func(to *int64, key string) { *to = s.Int("flow-timeouts."+key, *to/1e9) * 1e9 }
	seconds(&p.TCPNew, "tcp.new")
	seconds(&p.TCPEstablished, "tcp.established")
	seconds(&p.TCPClosed, "tcp.closed")
	seconds(&p.UDPNew, "udp.new")
	seconds(&p.UDPEstablished, "udp.established")
	seconds(&p.ICMPNew, "icmp.new")
	seconds(&p.ICMPEstablished, "icmp.established")
	seconds(&p.OtherNew, "default.new")
	seconds(&p.OtherEstablished, "default.established")
	return p
}
