package magic

import "bytes"

// documents holds office documents and other formats for print and exchange that are not text.
var documents = []rule{
	{mime: "application/pdf", strength: 80, magic: "%PDF-"},
	{mime: "application/vnd.fdf", strength: 80, magic: "%FDF-"},
	{mime: "application/postscript", strength: 60, magic: "%!"},
	{mime: "application/postscript", strength: 60, magic: "\x04%!"},
	{mime: "application/postscript", strength: 60, magic: "\xc5\xd0\xd3\xc6"},
	{mime: "application/msword", strength: 50, magic: "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"},
	{mime: "application/msword", strength: 50, magic: "\x31\xbe\x00\x00"},
	{mime: "application/msword", strength: 50, magic: "PO^Q`"},
	{mime: "application/msword", strength: 50, magic: "\xdb\xa5\x2d\x00"},
	{mime: "application/vnd.ms-excel", strength: 60, magic: "\x09\x04\x06\x00\x00\x00\x10\x00"},
	{mime: "application/vnd.ms-excel", strength: 60, magic: "\x09\x08\x10\x00\x00\x06\x05\x00"},
	{mime: "application/vnd.ms-htmlhelp", strength: 70, magic: "ITSF"},
	{mime: "application/winhelp", strength: 70, magic: "\x3f\x5f\x03\x00"},
	{mime: "application/onenote", strength: 70, magic: "\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d\xae\xb1\x53\x78\xd0\x29\x96\xd3"},
	{mime: "application/vnd.lotus-1-2-3", strength: 60, magic: "\x00\x00\x02\x00\x06\x04\x06\x00"},
	{mime: "application/vnd.lotus-1-2-3", strength: 60, magic: "\x00\x00\x1a\x00"},
	{mime: "application/vnd.lotus-wordpro", strength: 70, magic: "WordPro\x00"},
	{mime: "application/vnd.wordperfect", strength: 70, magic: "\xffWPC"},
	{mime: "application/x-quark-xpress-3", strength: 70, at: 2, magic: "MMXPR3\x00"},
	{mime: "application/x-dvi", strength: 60, magic: "\xf7\x02"},
	{mime: "application/x-hwp", strength: 80, magic: "HWP Document File"},
	{mime: "application/x-msaccess", strength: 180, at: 4, magic: "Standard Jet DB"},
	{mime: "application/x-msaccess", strength: 180, at: 4, magic: "Standard ACE DB"},
	{mime: "application/x-sqlite3", strength: 160, magic: "SQLite format 3\x00"},
	{mime: "application/vnd.google-earth.kmz", strength: 90, magic: "PK\x03\x04", more: entry("doc.kml")},
	{mime: "application/vnd.iccprofile", strength: 60, at: 36, magic: "acsp"},
	{mime: "application/vnd.cups-raster", strength: 70, magic: "RaSt"},
	{mime: "application/vnd.cups-raster", strength: 70, magic: "tSaR"},
	{mime: "application/x-mobipocket-ebook", strength: 70, at: 60, magic: "BOOKMOBI"},
	{mime: "application/x-ichitaro4", strength: 70, magic: "DOC\x01\x14"},
}

// others holds what belongs to none of the other families.
var others = []rule{
	{mime: "application/ocsp-request", strength: 71, magic: "\x30", more: objectID("\x06\x05\x2b\x0e\x03\x02\x1a")},
	{mime: "application/ocsp-response", strength: 71, magic: "\x30", more: objectID("\x06\x09\x2b\x06\x01\x05\x05\x07\x30\x01\x01")},
	{mime: "application/vnd.tcpdump.pcap", strength: 70, magic: "\xa1\xb2\xc3\xd4"},
	{mime: "application/vnd.tcpdump.pcap", strength: 70, magic: "\xd4\xc3\xb2\xa1"},
	{mime: "application/vnd.tcpdump.pcap", strength: 70, magic: "\xa1\xb2\x3c\x4d"},
	{mime: "application/vnd.tcpdump.pcap", strength: 70, magic: "\x4d\x3c\xb2\xa1"},
	{mime: "application/vnd.tcpdump.pcap", strength: 100, magic: "\x0a\x0d\x0d\x0a", more: form(8, "\x1a\x2b\x3c\x4d")},
	{mime: "application/vnd.tcpdump.pcap", strength: 100, magic: "\x0a\x0d\x0d\x0a", more: form(8, "\x4d\x3c\x2b\x1a")},
	{mime: "application/x-bittorrent", strength: 80, magic: "d8:announce"},
	{mime: "application/x-bittorrent", strength: 80, magic: "d7:comment"},
	{mime: "application/x-bittorrent", strength: 80, magic: "d4:info"},
	{mime: "application/x-gdbm", strength: 70, magic: "\x13\x57\x9a\xce"},
	{mime: "application/x-gdbm", strength: 70, magic: "\xce\x9a\x57\x13"},
	{mime: "application/x-gdbm", strength: 70, magic: "GDBM"},
	{mime: "application/x-dbm", strength: 60, at: 12, magic: "\x61\x15\x06\x00"},
	{mime: "application/x-dbm", strength: 60, at: 12, magic: "\x62\x31\x05\x00"},
	{mime: "application/x-tokyocabinet-hash", strength: 110, magic: "ToKyO CaBiNeT\n"},
	{mime: "application/x-hdf", strength: 70, magic: "\x0e\x03\x13\x01"},
	{mime: "application/x-hdf", strength: 110, magic: "\x89HDF\x0d\x0a\x1a\x0a"},
	{mime: "application/x-netcdf", strength: 70, magic: "CDF\x01"},
	{mime: "application/x-matlab-data", strength: 80, magic: "MATLAB 5.0 MAT-file"},
	{mime: "application/dicom", strength: 80, at: 128, magic: "DICM"},
	{mime: "application/x-qemu-disk", strength: 70, magic: "QFI\xfb"},
	{mime: "application/x-vmdk", strength: 70, magic: "KDMV"},
	{mime: "application/x-virtualbox-vdi", strength: 80, magic: "<<< Oracle VM VirtualBox Disk Image"},
	{mime: "application/x-epoc-word", strength: 50, magic: "\x37\x00\x00\x10", more: form(8, "\x7f\x00\x00\x10")},
	{mime: "application/x-epoc-sheet", strength: 50, magic: "\x37\x00\x00\x10", more: form(8, "\x88\x00\x00\x10")},
	{mime: "model/gltf-binary", strength: 60, magic: "glTF"},
	{mime: "application/x-gettext-translation", strength: 70, magic: "\xde\x12\x04\x95"},
	{mime: "application/x-gettext-translation", strength: 70, magic: "\x95\x04\x12\xde"},
	{mime: "text/plain", strength: -20, more: isPlain},
}

// objectID accepts DER (X.690) with this object identifier behind the headers of some four to six sequences, of whatever
// forms of length: that of SHA-1 in a request (RFC 6960, 4.1.1), that of a basic answer in a response (4.2.1).
func objectID(oid string) func(head) bool {
	const from, to = 11, 19
	return func(h head) bool {
		b := h.b[:min(to+len(oid), len(h.b))]
		return len(b) > from && bytes.Contains(b[from:], []byte(oid))
	}
}
