package sig

import (
	"strings"

	"github.com/wirelore/wirelore/sig/rule"
)

// Keywords of protocols that are not built. A rule with one loads, with a warning, and never matches, as no flow has its
// protocol.

// foreignPrefixes begin the names of such keywords, with the protocol.
var foreignPrefixes = []struct{ prefix, app string }{
	{"smb.", "smb"}, {"smb_", "smb"}, {"dcerpc.", "dcerpc"}, {"dce_", "dcerpc"}, {"mqtt.", "mqtt"}, {"sip.", "sip"}, {"krb5", "krb5"},
	{"ike.", "ike"}, {"rfb.", "rfb"}, {"snmp.", "snmp"}, {"nfs", "nfs"}, {"modbus", "modbus"}, {"dnp3", "dnp3"}, {"enip", "enip"},
	{"cip_service", "enip"}, {"cip.", "enip"}, {"dhcp.", "dhcp"}, {"http2.", "http2"}, {"template", "template"}, {"ldap.", "ldap"},
	{"pgsql.", "pgsql"}, {"rdp.", "rdp"}, {"tftp.", "tftp"}, {"bittorrent_dht", "bittorrent-dht"}, {"mdns.", "mdns"},
	{"llmnr.", "llmnr"}, {"ntp.", "ntp"}, {"arp.", "arp"},
}

// foreignApp is the protocol of a keyword that none of those that are built has, "" when it is not known at all.
func (c *compiler) foreignApp(name string) string {
	for _, f := range foreignPrefixes {
		if strings.HasPrefix(name, f.prefix) && !c.has(f.app) {
			return f.app
		}
	}
	return ""
}

// foreign takes a keyword of a protocol that is not built. Without a value it may be a buffer: what follows is about it.
func (b *builder) foreign(o *rule.Option, app string) error {
	b.s.never = true
	b.bind([]string{app})
	b.c.warn(b, "the protocol "+app+" is not built: the rule never matches")
	if !o.HasValue || o.Value == "" {
		b.cur, b.inside64 = &openSection{name: o.Name, foreign: true}, nil
		b.last = nil
	}
	return nil
}
