package rule

import "maps"

// classes are those of the classification.config that Suricata 7 is packaged with.
var classes = map[string]Classification{
	"not-suspicious":                 {"not-suspicious", "Not Suspicious Traffic", 3},
	"unknown":                        {"unknown", "Unknown Traffic", 3},
	"bad-unknown":                    {"bad-unknown", "Potentially Bad Traffic", 2},
	"attempted-recon":                {"attempted-recon", "Attempted Information Leak", 2},
	"successful-recon-limited":       {"successful-recon-limited", "Information Leak", 2},
	"successful-recon-largescale":    {"successful-recon-largescale", "Large Scale Information Leak", 2},
	"attempted-dos":                  {"attempted-dos", "Attempted Denial of Service", 2},
	"successful-dos":                 {"successful-dos", "Denial of Service", 2},
	"attempted-user":                 {"attempted-user", "Attempted User Privilege Gain", 1},
	"unsuccessful-user":              {"unsuccessful-user", "Unsuccessful User Privilege Gain", 1},
	"successful-user":                {"successful-user", "Successful User Privilege Gain", 1},
	"attempted-admin":                {"attempted-admin", "Attempted Administrator Privilege Gain", 1},
	"successful-admin":               {"successful-admin", "Successful Administrator Privilege Gain", 1},
	"rpc-portmap-decode":             {"rpc-portmap-decode", "Decode of an RPC Query", 2},
	"shellcode-detect":               {"shellcode-detect", "Executable code was detected", 1},
	"string-detect":                  {"string-detect", "A suspicious string was detected", 3},
	"suspicious-filename-detect":     {"suspicious-filename-detect", "A suspicious filename was detected", 2},
	"suspicious-login":               {"suspicious-login", "An attempted login using a suspicious username was detected", 2},
	"system-call-detect":             {"system-call-detect", "A system call was detected", 2},
	"tcp-connection":                 {"tcp-connection", "A TCP connection was detected", 4},
	"trojan-activity":                {"trojan-activity", "A Network Trojan was detected", 1},
	"unusual-client-port-connection": {"unusual-client-port-connection", "A client was using an unusual port", 2},
	"network-scan":                   {"network-scan", "Detection of a Network Scan", 3},
	"denial-of-service":              {"denial-of-service", "Detection of a Denial of Service Attack", 2},
	"non-standard-protocol":          {"non-standard-protocol", "Detection of a non-standard protocol or event", 2},
	"protocol-command-decode":        {"protocol-command-decode", "Generic Protocol Command Decode", 3},
	"web-application-activity":       {"web-application-activity", "access to a potentially vulnerable web application", 2},
	"web-application-attack":         {"web-application-attack", "Web Application Attack", 1},
	"misc-activity":                  {"misc-activity", "Misc activity", 3},
	"misc-attack":                    {"misc-attack", "Misc Attack", 2},
	"icmp-event":                     {"icmp-event", "Generic ICMP event", 3},
	"inappropriate-content":          {"inappropriate-content", "Inappropriate Content was Detected", 1},
	"policy-violation":               {"policy-violation", "Potential Corporate Privacy Violation", 1},
	"default-login-attempt":          {"default-login-attempt", "Attempt to login by a default username and password", 2},
	"targeted-activity":              {"targeted-activity", "Targeted Malicious Activity was Detected", 1},
	"exploit-kit":                    {"exploit-kit", "Exploit Kit Activity Detected", 1},
	"external-ip-check":              {"external-ip-check", "Device Retrieving External IP Address Detected", 2},
	"domain-c2":                      {"domain-c2", "Domain Observed Used for C2 Detected", 1},
	"pup-activity":                   {"pup-activity", "Possibly Unwanted Program Detected", 2},
	"credential-theft":               {"credential-theft", "Successful Credential Theft Detected", 1},
	"social-engineering":             {"social-engineering", "Possible Social Engineering Attempted", 2},
	"coin-mining":                    {"coin-mining", "Crypto Currency Mining Activity Detected", 2},
	"command-and-control":            {"command-and-control", "Malware Command and Control Activity Detected", 1},
}

// references are those of the reference.config that Suricata 7 is packaged with.
var references = map[string]string{
	"bugtraq":         "http://www.securityfocus.com/bid/",
	"bid":             "http://www.securityfocus.com/bid/",
	"cve":             "http://cve.mitre.org/cgi-bin/cvename.cgi?name=",
	"secunia":         "http://www.secunia.com/advisories/",
	"arachnids":       "http://www.whitehats.com/info/IDS",
	"mcafee":          "http://vil.nai.com/vil/content/v_",
	"nessus":          "http://cgi.nessus.org/plugins/dump.php3?id=",
	"url":             "http://",
	"et":              "http://doc.emergingthreats.net/",
	"etpro":           "http://doc.emergingthreatspro.com/",
	"telus":           "http://",
	"osvdb":           "http://osvdb.org/show/osvdb/",
	"threatexpert":    "http://www.threatexpert.com/report.aspx?md5=",
	"md5":             "http://www.threatexpert.com/report.aspx?md5=",
	"exploitdb":       "http://www.exploit-db.com/exploits/",
	"openpacket":      "https://www.openpacket.org/capture/grab/",
	"securitytracker": "http://securitytracker.com/id?",
	"xforce":          "http://xforce.iss.net/xforce/xfdb/",
	"msft":            "http://technet.microsoft.com/security/bulletin/",
}

// DefaultClassifications returns what [ParseClassifications] makes of the file that Suricata 7 is packaged with. The map
// is owned.
func DefaultClassifications() map[string]Classification { return maps.Clone(classes) }

// DefaultReferences returns what [ParseReferences] makes of the file that Suricata 7 is packaged with. The map is owned.
func DefaultReferences() map[string]string { return maps.Clone(references) }
