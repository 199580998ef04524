package filter

// keywords maps reserved words to the spelling that the parser knows.
var keywords = map[string]string{
	"link": "link", "ether": "link", "ppp": "link", "slip": "link", "fddi": "link", "tr": "link", "wlan": "link",
	"arp": "arp", "rarp": "rarp", "ip": "ip", "sctp": "sctp", "tcp": "tcp", "udp": "udp", "icmp": "icmp",
	"igmp": "igmp", "igrp": "igrp", "pim": "pim", "vrrp": "vrrp", "carp": "carp", "radio": "radio", "ip6": "ip6",
	"icmp6": "icmp6", "ah": "ah", "esp": "esp", "atalk": "atalk", "aarp": "aarp", "decnet": "decnet", "lat": "lat",
	"sca": "sca", "moprc": "moprc", "mopdl": "mopdl", "iso": "iso", "esis": "esis", "isis": "isis", "clnp": "clnp",
	"stp": "stp", "ipx": "ipx", "netbeui": "netbeui", "l1": "l1", "l2": "l2", "iih": "iih", "lsp": "lsp",
	"snp": "snp", "csnp": "csnp", "psnp": "psnp", "src": "src", "dst": "dst", "host": "host", "net": "net",
	"mask": "mask", "port": "port", "portrange": "portrange", "proto": "proto", "protochain": "protochain",
	"gateway": "gateway", "type": "type", "subtype": "subtype", "less": "less", "greater": "greater", "byte": "byte",
	"broadcast": "broadcast", "multicast": "multicast", "and": "and", "or": "or", "not": "not", "len": "len",
	"inbound": "inbound", "outbound": "outbound", "vlan": "vlan", "mpls": "mpls", "pppoed": "pppoed",
	"pppoes": "pppoes", "geneve": "geneve", "llc": "llc", "ifindex": "ifindex", "ra": "ra", "ta": "ta",
	"addr1": "addr1", "addr2": "addr2", "addr3": "addr3", "addr4": "addr4", "lane": "lane", "metac": "metac",
	"bcc": "bcc", "sc": "sc", "ilmic": "ilmic", "oam": "oam", "oamf4": "oamf4", "oamf4ec": "oamf4ec",
	"oamf4sc": "oamf4sc", "vpi": "vpi", "vci": "vci", "connectmsg": "connectmsg", "metaconnect": "metaconnect",
	"rulenum": "rulenum", "reason": "reason", "action": "action", "fisu": "fisu", "lssu": "lssu", "lsu": "lsu",
	"msu": "msu", "sio": "sio", "opc": "opc", "dpc": "dpc", "sls": "sls", "hfisu": "hfisu", "hlssu": "hlssu",
	"hmsu": "hmsu", "hsio": "hsio", "hopc": "hopc", "hdpc": "hdpc", "hsls": "hsls", "es-is": "esis", "is-is": "isis",
	"dir": "dir", "direction": "dir", "length": "len", "address1": "addr1", "address2": "addr2", "address3": "addr3",
	"address4": "addr4", "ifname": "ifname", "on": "ifname", "ruleset": "ruleset", "rset": "ruleset",
	"rnr": "rulenum", "srnr": "srnr", "subrulenum": "srnr", "oamf4e": "oamf4ec", "oamf4s": "oamf4sc",
}

// constants are the named offsets and values of packet fields (RFC 792, 4443, 9293, 3168).
var constants = map[string]uint32{
	"icmptype": 0, "icmpcode": 1, "icmp-echoreply": 0, "icmp-unreach": 3, "icmp-sourcequench": 4, "icmp-redirect": 5,
	"icmp-echo": 8, "icmp-routeradvert": 9, "icmp-routersolicit": 10, "icmp-timxceed": 11, "icmp-paramprob": 12,
	"icmp-tstamp": 13, "icmp-tstampreply": 14, "icmp-ireq": 15, "icmp-ireqreply": 16, "icmp-maskreq": 17,
	"icmp-maskreply": 18, "icmp6type": 0, "icmp6code": 1, "icmp6-destinationunreach": 1, "icmp6-packettoobig": 2,
	"icmp6-timeexceeded": 3, "icmp6-parameterproblem": 4, "icmp6-echo": 128, "icmp6-echoreply": 129,
	"icmp6-multicastlistenerquery": 130, "icmp6-multicastlistenerreportv1": 131, "icmp6-multicastlistenerdone": 132,
	"icmp6-routersolicit": 133, "icmp6-routeradvert": 134, "icmp6-neighborsolicit": 135, "icmp6-neighboradvert": 136,
	"icmp6-redirect": 137, "icmp6-routerrenum": 138, "icmp6-nodeinformationquery": 139,
	"icmp6-nodeinformationresponse": 140, "icmp6-ineighbordiscoverysolicit": 141,
	"icmp6-ineighbordiscoveryadvert": 142, "icmp6-multicastlistenerreportv2": 143,
	"icmp6-homeagentdiscoveryrequest": 144, "icmp6-homeagentdiscoveryreply": 145, "icmp6-mobileprefixsolicit": 146,
	"icmp6-mobileprefixadvert": 147, "icmp6-certpathsolicit": 148, "icmp6-certpathadvert": 149,
	"icmp6-multicastrouteradvert": 151, "icmp6-multicastroutersolicit": 152, "icmp6-multicastrouterterm": 153,
	"tcpflags": 13, "tcp-fin": 1, "tcp-syn": 2, "tcp-rst": 4, "tcp-push": 8, "tcp-ack": 16, "tcp-urg": 32,
	"tcp-ece": 64, "tcp-cwr": 128,
}

// protocols are the IP protocol numbers by their usual names (IANA protocol numbers).
var protocols = map[string]uint32{
	"hopopt": 0, "icmp": 1, "igmp": 2, "ggp": 3, "ipencap": 4, "st": 5, "tcp": 6, "egp": 8, "igp": 9, "pup": 12,
	"udp": 17, "hmp": 20, "xns-idp": 22, "rdp": 27, "iso-tp4": 29, "dccp": 33, "xtp": 36, "ddp": 37, "idpr-cmtp": 38,
	"ipv6": 41, "ip": 0, "ipv6-route": 43, "ipv6-frag": 44, "idrp": 45, "rsvp": 46, "gre": 47, "esp": 50, "ah": 51,
	"skip": 57, "ipv6-icmp": 58, "icmp6": 58, "ipv6-nonxt": 59, "ipv6-opts": 60, "rspf": 73, "vmtp": 81, "eigrp": 88,
	"ospf": 89, "ax.25": 93, "ipip": 94, "etherip": 97, "encap": 98, "pim": 103, "ipcomp": 108, "vrrp": 112,
	"carp": 112, "l2tp": 115, "isis": 124, "sctp": 132, "fc": 133, "mobility-header": 135, "udplite": 136,
	"mpls-in-ip": 137, "manet": 138, "hip": 139, "shim6": 140, "wesp": 141, "rohc": 142, "ethernet": 143,
}

// etherTypes are the names that "ether proto" takes. Values below 256 are LLC service access points.
var etherTypes = map[string]uint32{
	"ip": typeIPv4, "ip6": typeIPv6, "arp": typeARP, "rarp": typeRARP, "aarp": typeAARP, "atalk": typeAtalk,
	"decnet": typeDECnet, "lat": typeLAT, "sca": typeSCA, "mopdl": typeMOPDL, "moprc": typeMOPRC, "loopback": 0x9000,
	"iso": sapISO, "stp": sapSTP, "ipx": sapIPX, "netbeui": sapNetBEUI,
}

// isoProtocols are the names that "iso proto" takes (ISO/IEC TR 9577).
var isoProtocols = map[string]uint32{"clnp": 0x81, "esis": 0x82, "isis": 0x83, "es-is": 0x82, "is-is": 0x83}

// isisTypes are the PDU types that each abbreviation stands for (ISO/IEC 10589).
var isisTypes = map[string][]uint32{
	"l1": {26, 24, 18, 15, 17}, "l2": {27, 25, 20, 16, 17}, "iih": {17, 15, 16}, "lsp": {18, 20},
	"snp": {27, 26, 24, 25}, "csnp": {24, 25}, "psnp": {26, 27},
}

const (
	typeIPv4   = 0x0800
	typeIPv6   = 0x86dd
	typeARP    = 0x0806
	typeRARP   = 0x8035
	typeAARP   = 0x80f3
	typeAtalk  = 0x809b
	typeDECnet = 0x6003
	typeLAT    = 0x6004
	typeSCA    = 0x6007
	typeMOPDL  = 0x6001
	typeMOPRC  = 0x6002
	typeIPX    = 0x8137
	typeMPLS   = 0x8847
	typePPPoED = 0x8863
	typePPPoES = 0x8864
	typeVLAN   = 0x8100
	typeQinQ   = 0x88a8
	typeQinQ9  = 0x9100
	typeMax802 = 1500 // larger values are types, others lengths of 802.3 frames

	sapIP      = 0x06
	sapSTP     = 0x42
	sapIPX     = 0xe0
	sapNetBEUI = 0xf0
	sapISO     = 0xfe

	ipICMP     = 1
	ipIGMP     = 2
	ipTCP      = 6
	ipIGRP     = 9
	ipUDP      = 17
	ipFragment = 44
	ipESP      = 50
	ipAH       = 51
	ipICMPv6   = 58
	ipNoNext   = 59
	ipPIM      = 103
	ipVRRP     = 112
	ipSCTP     = 132
)
