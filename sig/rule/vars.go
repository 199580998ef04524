package rule

import "maps"

// Vars are the variables that addresses and ports of rules may name with "$": from the name without it to what it stands
// for, which may name others. The zero value has none. The maps must not change while they are read.
type Vars struct {
	Addresses, Ports map[string]string
}

// The variables of the suricata.yaml that Suricata 7 is packaged with.
var (
	defaultAddresses = map[string]string{
		"HOME_NET":       "[192.168.0.0/16,10.0.0.0/8,172.16.0.0/12]",
		"EXTERNAL_NET":   "!$HOME_NET",
		"HTTP_SERVERS":   "$HOME_NET",
		"SMTP_SERVERS":   "$HOME_NET",
		"SQL_SERVERS":    "$HOME_NET",
		"DNS_SERVERS":    "$HOME_NET",
		"TELNET_SERVERS": "$HOME_NET",
		"AIM_SERVERS":    "$EXTERNAL_NET",
		"DC_SERVERS":     "$HOME_NET",
		"DNP3_SERVER":    "$HOME_NET",
		"DNP3_CLIENT":    "$HOME_NET",
		"MODBUS_CLIENT":  "$HOME_NET",
		"MODBUS_SERVER":  "$HOME_NET",
		"ENIP_CLIENT":    "$HOME_NET",
		"ENIP_SERVER":    "$HOME_NET",
	}
	defaultPorts = map[string]string{
		"HTTP_PORTS":      "80",
		"SHELLCODE_PORTS": "!80",
		"ORACLE_PORTS":    "1521",
		"SSH_PORTS":       "22",
		"DNP3_PORTS":      "20000",
		"MODBUS_PORTS":    "502",
		"FILE_DATA_PORTS": "[$HTTP_PORTS,110,143]",
		"FTP_PORTS":       "21",
		"GENEVE_PORTS":    "6081",
		"VXLAN_PORTS":     "4789",
		"TEREDO_PORTS":    "3544",
	}
)

// DefaultVars returns the variables of the suricata.yaml that Suricata 7 is packaged with. The maps are owned.
func DefaultVars() Vars {
	return Vars{Addresses: maps.Clone(defaultAddresses), Ports: maps.Clone(defaultPorts)}
}

// AddressSet reads addresses as a rule's header has them: "any", addresses, prefixes as "10.0.0.0/8" or
// "10.0.0.0/255.0.0.0", ranges as "10.0.0.1-10.0.0.9", variables as "$HOME_NET", lists in brackets, and "!" before each
// of these. What has a "!" is taken away from all the rest of its list, wherever it stands. A list of nothing but "!"
// is everything else, but only of the IP versions that it names: "!10.0.0.0/8" holds no IPv6 address, as in Suricata.
//
// It is read anew at each call. The error is a *[Problem] whose Column counts from 1 within text.
func (v *Vars) AddressSet(text string) (*AddressSet, error) {
	e := expression{noun: "addresses", vars: v.Addresses, item: addressItem, whole: [2]span{wholeV4, wholeV6}}
	g, err := e.read(text)
	if err != nil {
		return nil, err
	}
	return newAddressSet(g), nil
}

// PortSet reads ports as a rule's header has them: "any", ports, ranges as "1:5", "1:" or ":5", variables as
// "$HTTP_PORTS", lists in brackets, and "!" before each of these. That works as it does in [Vars.AddressSet], except that
// "!" before a list is one before each of its items. As in Suricata, two of these are one, but none for a variable and for
// the last item of a list: "![!80,81]" is all but two ports, "![80,!81]" is port 81.
//
// It is read anew at each call. The error is a *[Problem] whose Column counts from 1 within text.
func (v *Vars) PortSet(text string) (*PortSet, error) {
	e := expression{noun: "ports", vars: v.Ports, item: portItem, whole: [2]span{wholePorts}, flat: true}
	g, err := e.read(text)
	if err != nil {
		return nil, err
	}
	return &PortSet{g[0]}, nil
}
