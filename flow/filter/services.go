package filter

// service is a port and the one transport protocol that it is registered for, or "" when there are several.
type service struct {
	port  uint32
	proto string
}

// services are the well-known ports (IANA service names, with the aliases in common use).
var services = map[string]service{
	"echo": {7, ""}, "discard": {9, ""}, "daytime": {13, ""}, "chargen": {19, ""}, "time": {37, ""},
	"domain": {53, ""}, "kerberos": {88, ""}, "sunrpc": {111, ""}, "snmp": {161, ""}, "snmp-trap": {162, ""},
	"snmptrap": {162, ""}, "cmip-man": {163, ""}, "cmip-agent": {164, ""}, "rpc2portmap": {369, ""},
	"codaauth2": {370, ""}, "ldap": {389, ""}, "svrloc": {427, ""}, "https": {443, ""}, "kpasswd": {464, ""},
	"rtsp": {554, ""}, "ldaps": {636, ""}, "ldp": {646, ""}, "tinc": {655, ""}, "domain-s": {853, ""},
	"openvpn": {1194, ""}, "radius": {1812, ""}, "radius-acct": {1813, ""}, "nfs": {2049, ""}, "sip": {5060, ""},
	"sip-tls": {5061, ""}, "gnutella-svc": {6346, ""}, "gnutella-rtr": {6347, ""}, "isns": {3205, ""},
	"portmapper": {111, ""}, "nut": {3493, ""},
	"tcpmux": {1, "tcp"}, "systat": {11, "tcp"}, "netstat": {15, "tcp"}, "qotd": {17, "tcp"}, "ftp-data": {20, "tcp"},
	"ftp": {21, "tcp"}, "ssh": {22, "tcp"}, "telnet": {23, "tcp"}, "smtp": {25, "tcp"}, "mail": {25, "tcp"},
	"whois": {43, "tcp"}, "tacacs": {49, "tcp"}, "gopher": {70, "tcp"}, "finger": {79, "tcp"}, "http": {80, "tcp"},
	"www": {80, "tcp"}, "iso-tsap": {102, "tcp"}, "acr-nema": {104, "tcp"}, "pop3": {110, "tcp"},
	"pop-3": {110, "tcp"}, "auth": {113, "tcp"}, "ident": {113, "tcp"}, "nntp": {119, "tcp"}, "epmap": {135, "tcp"},
	"netbios-ssn": {139, "tcp"}, "imap2": {143, "tcp"}, "imap": {143, "tcp"}, "bgp": {179, "tcp"},
	"smux": {199, "tcp"}, "microsoft-ds": {445, "tcp"}, "submissions": {465, "tcp"}, "ssmtp": {465, "tcp"},
	"smtps": {465, "tcp"}, "saft": {487, "tcp"}, "exec": {512, "tcp"}, "login": {513, "tcp"}, "shell": {514, "tcp"},
	"printer": {515, "tcp"}, "uucp": {540, "tcp"}, "klogin": {543, "tcp"}, "kshell": {544, "tcp"},
	"afpovertcp": {548, "tcp"}, "nntps": {563, "tcp"}, "submission": {587, "tcp"}, "ipp": {631, "tcp"},
	"silc": {706, "tcp"}, "kerberos-adm": {749, "tcp"}, "spamd": {783, "tcp"}, "rsync": {873, "tcp"},
	"ftps-data": {989, "tcp"}, "ftps": {990, "tcp"}, "telnets": {992, "tcp"}, "imaps": {993, "tcp"},
	"pop3s": {995, "tcp"}, "socks": {1080, "tcp"}, "rmiregistry": {1099, "tcp"}, "lotusnote": {1352, "tcp"},
	"ms-sql-s": {1433, "tcp"}, "ingreslock": {1524, "tcp"}, "groupwise": {1677, "tcp"}, "cisco-sccp": {2000, "tcp"},
	"cvspserver": {2401, "tcp"}, "dict": {2628, "tcp"}, "gpsd": {2947, "tcp"}, "gds-db": {3050, "tcp"},
	"iscsi-target": {3260, "tcp"}, "mysql": {3306, "tcp"}, "ms-wbt-server": {3389, "tcp"}, "distcc": {3632, "tcp"},
	"daap": {3689, "tcp"}, "svn": {3690, "tcp"}, "sieve": {4190, "tcp"}, "epmd": {4369, "tcp"},
	"ntske": {4460, "tcp"}, "radmin-port": {4899, "tcp"}, "munin": {4949, "tcp"}, "xmpp-client": {5222, "tcp"},
	"xmpp-server": {5269, "tcp"}, "postgresql": {5432, "tcp"}, "postgres": {5432, "tcp"}, "nrpe": {5666, "tcp"},
	"nsca": {5667, "tcp"}, "amqps": {5671, "tcp"}, "x11": {6000, "tcp"}, "redis": {6379, "tcp"},
	"syslog-tls": {6514, "tcp"}, "ircd": {6667, "tcp"}, "http-alt": {8080, "tcp"}, "tproxy": {8081, "tcp"},
	"puppet": {8140, "tcp"}, "bacula-dir": {9101, "tcp"}, "bacula-fd": {9102, "tcp"}, "bacula-sd": {9103, "tcp"},
	"git": {9418, "tcp"}, "webmin": {10000, "tcp"}, "zabbix-agent": {10050, "tcp"}, "zabbix-trapper": {10051, "tcp"},
	"nbd": {10809, "tcp"}, "dicom": {11112, "tcp"}, "hkp": {11371, "tcp"}, "ircs-u": {6697, "tcp"},
	"fsp": {21, "udp"}, "bootps": {67, "udp"}, "bootpc": {68, "udp"}, "tftp": {69, "udp"}, "ntp": {123, "udp"},
	"netbios-ns": {137, "udp"}, "netbios-dgm": {138, "udp"}, "xdmcp": {177, "udp"}, "ptp-event": {319, "udp"},
	"ptp-general": {320, "udp"}, "isakmp": {500, "udp"}, "biff": {512, "udp"}, "who": {513, "udp"},
	"talk": {517, "udp"}, "ntalk": {518, "udp"}, "route": {520, "udp"},
	"router": {520, "udp"}, "dhcpv6-client": {546, "udp"}, "dhcpv6-server": {547, "udp"}, "asf-rmcp": {623, "udp"},
	"ms-sql-m": {1434, "udp"}, "l2f": {1701, "udp"}, "l2tp": {1701, "udp"}, "icpv2": {3130, "udp"},
	"ipsec-nat-t": {4500, "udp"}, "iax": {4569, "udp"}, "mdns": {5353, "udp"},
	"syslog": {514, ""}, "amqp": {5672, ""},
}
