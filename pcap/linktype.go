package pcap

import "strconv"

// Link types that are met most, by their LINKTYPE_ names (https://www.tcpdump.org/linktypes.html).
const (
	LinkNull      LinkType = 0
	LinkEthernet  LinkType = 1
	LinkTokenRing LinkType = 6
	LinkPPP       LinkType = 9
	LinkRaw       LinkType = 101
	LinkWiFi      LinkType = 105
	LinkLoop      LinkType = 108
	LinkSLL       LinkType = 113
	LinkRadiotap  LinkType = 127
	LinkNFLog     LinkType = 239
	LinkIPv4      LinkType = 228
	LinkIPv6      LinkType = 229
	LinkSLL2      LinkType = 276
)

// String returns the registry's name without LINKTYPE_, or the number.
func (l LinkType) String() string {
	if s := linkName(l); s != "" {
		return s
	}
	return strconv.Itoa(int(l))
}

func linkName(l LinkType) string {
	switch l {
	case LinkNull:
		return "NULL"
	case LinkEthernet:
		return "ETHERNET"
	case 3:
		return "AX25"
	case LinkTokenRing:
		return "IEEE802_5"
	case 7:
		return "ARCNET_BSD"
	case 8:
		return "SLIP"
	case LinkPPP:
		return "PPP"
	case 10:
		return "FDDI"
	case 50:
		return "PPP_HDLC"
	case 51:
		return "PPP_ETHER"
	case 100:
		return "ATM_RFC1483"
	case LinkRaw:
		return "RAW"
	case 104:
		return "C_HDLC"
	case LinkWiFi:
		return "IEEE802_11"
	case 107:
		return "FRELAY"
	case LinkLoop:
		return "LOOP"
	case LinkSLL:
		return "LINUX_SLL"
	case 114:
		return "LTALK"
	case 117:
		return "PFLOG"
	case 119:
		return "IEEE802_11_PRISM"
	case 122:
		return "IP_OVER_FC"
	case 123:
		return "SUNATM"
	case LinkRadiotap:
		return "IEEE802_11_RADIOTAP"
	case 129:
		return "ARCNET_LINUX"
	case 138:
		return "APPLE_IP_OVER_IEEE1394"
	case 139:
		return "MTP2_WITH_PHDR"
	case 140:
		return "MTP2"
	case 141:
		return "MTP3"
	case 142:
		return "SCCP"
	case 143:
		return "DOCSIS"
	case 144:
		return "LINUX_IRDA"
	case 163:
		return "IEEE802_11_AVS"
	case 166:
		return "PPP_PPPD"
	case 177:
		return "LINUX_LAPD"
	case 187:
		return "BLUETOOTH_HCI_H4"
	case 189:
		return "USB_LINUX"
	case 192:
		return "PPI"
	case 195:
		return "IEEE802_15_4_WITHFCS"
	case 197:
		return "ERF"
	case 201:
		return "BLUETOOTH_HCI_H4_WITH_PHDR"
	case 220:
		return "USB_LINUX_MMAPPED"
	case 226:
		return "IPNET"
	case 227:
		return "CAN_SOCKETCAN"
	case LinkIPv4:
		return "IPV4"
	case LinkIPv6:
		return "IPV6"
	case 230:
		return "IEEE802_15_4_NOFCS"
	case 231:
		return "DBUS"
	case LinkNFLog:
		return "NFLOG"
	case 240:
		return "NETANALYZER"
	case 241:
		return "NETANALYZER_TRANSPARENT"
	case 242:
		return "IPOIB"
	case 248:
		return "SCTP"
	case 249:
		return "USBPCAP"
	case 251:
		return "BLUETOOTH_LE_LL"
	case 253:
		return "NETLINK"
	case 254:
		return "BLUETOOTH_LINUX_MONITOR"
	case 256:
		return "BLUETOOTH_LE_LL_WITH_PHDR"
	case 258:
		return "PKTAP"
	case 259:
		return "EPON"
	case 264:
		return "ISO_14443"
	case 266:
		return "USB_DARWIN"
	case 271:
		return "VSOCK"
	case 272:
		return "NORDIC_BLE"
	case 274:
		return "ETHERNET_MPACKET"
	case LinkSLL2:
		return "LINUX_SLL2"
	case 279:
		return "EBHSCR"
	case 283:
		return "IEEE802_15_4_TAP"
	case 288:
		return "USB_2_0"
	}
	if l >= 147 && l <= 162 {
		return "USER" + strconv.Itoa(int(l-147))
	}
	return ""
}

// PseudoHeader returns how many bytes at the beginning of each packet the capturing system added and were never on the wire, where
// the link type says so with a fixed length: 4 for ATM on Solaris, for instance. Tools that count captured bytes differ in
// whether these count; Packet.Data always has them, since they say how to read the rest.
func (l LinkType) PseudoHeader() int {
	switch l {
	case 123, 139, 201: // SunATM: flags, VPI, VCI; MTP2: sent, annex A, link number; HCI: direction
		return 4
	case 144, 177: // IrDA and LAPD on Linux: a cooked header
		return 16
	}
	return 0
}
