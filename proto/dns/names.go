package dns

import (
	"strconv"

	"github.com/miekg/dns"
)

// Types that the package treats on their own (IANA DNS parameters).
const (
	typeA          = 1
	typeNS         = 2
	typeCNAME      = 5
	typeSOA        = 6
	typeNULL       = 10
	typePTR        = 12
	typeHINFO      = 13
	typeMX         = 15
	typeTXT        = 16
	typeAAAA       = 28
	typeLOC        = 29
	typeNB         = 32
	typeSRV        = 33
	typeNAPTR      = 35
	typeOPT        = 41
	typeDS         = 43
	typeSSHFP      = 44
	typeRRSIG      = 46
	typeNSEC       = 47
	typeDNSKEY     = 48
	typeNSEC3      = 50
	typeNSEC3PARAM = 51
	typeSVCB       = 64
	typeHTTPS      = 65
	typeSPF        = 99
	typeA6         = 38
	typeTKEY       = 249
	typeTSIG       = 250
	typeANY        = 255
	typeCAA        = 257
	typeBINDS      = 65534

	opUpdate = 5

	classNone = 254
	classAny  = 255
)

// typeNames holds the mnemonics of the lower types, where nearly all are.
var typeNames = func() (names [maxNamed]string) {
	for t, n := range dns.TypeToString {
		if t < maxNamed {
			names[t] = n
		}
	}
	return names
}()

const maxNamed = 300

// mnemonic is a type's name, "" when it has none.
func mnemonic(t uint16) string {
	if t < maxNamed {
		return typeNames[t]
	}
	return dns.TypeToString[t]
}

// typeName is the name that Suricata gives a type: its mnemonic, or its number.
func typeName(t uint16) string {
	if n := mnemonic(t); n != "" {
		return n
	}
	return strconv.Itoa(int(t))
}

// zeekType is the name that Zeek gives a type.
func zeekType(t uint16) string {
	switch t {
	case typeANY:
		return "*"
	case typeNB:
		return "NB"
	}
	if n := mnemonic(t); n != "" {
		return n
	}
	return "query-" + strconv.Itoa(int(t))
}

func className(c uint16) string {
	switch c {
	case 1:
		return "C_INTERNET"
	case 2:
		return "C_CSNET"
	case 3:
		return "C_CHAOS"
	case 4:
		return "C_HESIOD"
	case classNone:
		return "C_NONE"
	case classAny:
		return "C_ANY"
	}
	return "qclass-" + strconv.Itoa(int(c))
}

func rcodeName(c uint8) string {
	if n, ok := dns.RcodeToString[int(c)]; ok {
		return n
	}
	return "unknown-" + strconv.Itoa(int(c))
}

func opcodeName(c uint8) string {
	switch c {
	case 0:
		return "query"
	case 1:
		return "iquery"
	case 2:
		return "server-status"
	case 4:
		return "notify"
	case opUpdate:
		return "dynamic-update"
	case 6:
		return "dns-stateful-operations"
	}
	return "unassigned-" + strconv.Itoa(int(c))
}

// displayName undoes NetBIOS's first-level encoding (RFC 1001, 14.1) where a question asks for a NetBIOS name.
func displayName(n []byte, t uint16) []byte {
	if t != typeNB && t != typeSRV || len(n) < 32 {
		return n
	}
	var out [16]byte
	for i := range out {
		hi, lo := n[2*i]-'A', n[2*i+1]-'A'
		if hi > 15 || lo > 15 {
			return n
		}
		out[i] = hi<<4 | lo
	}
	end := 15 // the last byte is the service
	for end > 0 && (out[end-1] == ' ' || out[end-1] == 0) {
		end--
	}
	return out[:end]
}
