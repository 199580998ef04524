package filter

func set(words ...string) map[string]bool {
	m := make(map[string]bool, len(words))
	for _, w := range words {
		m[w] = true
	}
	return m
}

// protocolWords may stand before src, host and so on, or alone.
var protocolWords = set("link", "ip", "arp", "rarp", "sctp", "tcp", "udp", "icmp", "igmp", "igrp", "pim", "vrrp", "carp",
	"atalk", "aarp", "decnet", "lat", "sca", "moprc", "mopdl", "ip6", "icmp6", "ah", "esp", "iso", "esis", "isis", "clnp",
	"l1", "l2", "iih", "lsp", "snp", "csnp", "psnp", "stp", "ipx", "netbeui", "radio")

var directions = set("src", "dst", "ra", "ta", "addr1", "addr2", "addr3", "addr4")

var kinds = set("host", "net", "port", "portrange")

// standalone are the primitives that take no qualifiers.
var standalone = map[string]func(*compiler) *cond{
	"broadcast": func(c *compiler) *cond { return c.cast("", "broadcast") },
	"multicast": func(c *compiler) *cond { return c.cast("", "multicast") },
	"less":      func(c *compiler) *cond { return not(lengthTest(relGt, c.plainNumber())) },
	"greater":   func(c *compiler) *cond { return lengthTest(relGe, c.plainNumber()) },
	"byte":      (*compiler).byteTest,
	"vlan":      (*compiler).vlan,
	"mpls":      (*compiler).mpls,
	"pppoed":    func(c *compiler) *cond { return c.etherType(typePPPoED) },
	"pppoes":    (*compiler).pppoes,
	"geneve":    (*compiler).geneve,
	"llc":       (*compiler).llc,
	"type":      (*compiler).wlanType,
	"subtype":   (*compiler).wlanSubtype,
	"dir":       (*compiler).wlanDirection,
	"inbound":   func(c *compiler) *cond { return c.sent(false) },
	"outbound":  func(c *compiler) *cond { return c.sent(true) },
}

const (
	needsLive = "a capture file does not say it"
	needsPF   = "it needs packets logged by the pf firewall"
	needsATM  = "it needs SunATM captures"
	needsSS7  = "it needs SS7 captures"
)

// refused says why the rest of the language is not available.
var refused = map[string]string{
	"ifindex": needsLive,
	"ifname":  needsPF, "rulenum": needsPF, "reason": needsPF, "ruleset": needsPF, "srnr": needsPF, "action": needsPF,
	"lane": needsATM, "metac": needsATM, "bcc": needsATM, "sc": needsATM, "ilmic": needsATM, "oam": needsATM,
	"oamf4": needsATM, "oamf4ec": needsATM, "oamf4sc": needsATM, "vpi": needsATM, "vci": needsATM,
	"connectmsg": needsATM, "metaconnect": needsATM,
	"fisu": needsSS7, "lssu": needsSS7, "msu": needsSS7, "sio": needsSS7, "opc": needsSS7, "dpc": needsSS7, "sls": needsSS7,
	"hfisu": needsSS7, "hlssu": needsSS7, "hmsu": needsSS7, "hsio": needsSS7, "hopc": needsSS7, "hdpc": needsSS7, "hsls": needsSS7,
}
