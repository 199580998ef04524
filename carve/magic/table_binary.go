package magic

import "bytes"

// archives holds archives and compressed data.
var archives = []rule{
	{mime: "application/zip", strength: 10, magic: "PK\x03\x04"},
	{mime: "application/zip", strength: 10, magic: "PK\x05\x06"},
	{mime: "application/zip", strength: 10, magic: "PK00PK\x03\x04"},
	{mime: "application/java-archive", strength: 100, magic: "PK\x03\x04", more: entry("META-INF/")},
	{mime: "application/vnd.openxmlformats-officedocument", strength: 65, magic: "PK\x03\x04", more: isOOXML},
	{mime: "application/vnd.openxmlformats-officedocument.wordprocessingml.document", strength: 80, magic: "PK\x03\x04", more: ooxml("word/")},
	{mime: "application/vnd.openxmlformats-officedocument.presentationml.presentation", strength: 80, magic: "PK\x03\x04", more: ooxml("ppt/")},
	{mime: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", strength: 80, magic: "PK\x03\x04", more: ooxml("xl/")},
	{mime: "application/epub+zip", strength: 100, magic: "PK\x03\x04", more: declared("application/epub+zip")},
	{mime: "application/vnd.oasis.opendocument.text", strength: 110, magic: "PK\x03\x04", more: declared(odf + "text")},
	{mime: "application/vnd.oasis.opendocument.text-master", strength: 120, magic: "PK\x03\x04", more: declared(odf + "text-master")},
	{mime: "application/vnd.oasis.opendocument.text-template", strength: 120, magic: "PK\x03\x04", more: declared(odf + "text-template")},
	{mime: "application/vnd.oasis.opendocument.text-web", strength: 120, magic: "PK\x03\x04", more: declared(odf + "text-web")},
	{mime: "application/vnd.oasis.opendocument.graphics", strength: 110, magic: "PK\x03\x04", more: declared(odf + "graphics")},
	{mime: "application/vnd.oasis.opendocument.graphics-template", strength: 120, magic: "PK\x03\x04", more: declared(odf + "graphics-template")},
	{mime: "application/vnd.oasis.opendocument.presentation", strength: 110, magic: "PK\x03\x04", more: declared(odf + "presentation")},
	{mime: "application/vnd.oasis.opendocument.presentation-template", strength: 120, magic: "PK\x03\x04", more: declared(odf + "presentation-template")},
	{mime: "application/vnd.oasis.opendocument.spreadsheet", strength: 110, magic: "PK\x03\x04", more: declared(odf + "spreadsheet")},
	{mime: "application/vnd.oasis.opendocument.spreadsheet-template", strength: 120, magic: "PK\x03\x04", more: declared(odf + "spreadsheet-template")},
	{mime: "application/vnd.oasis.opendocument.chart", strength: 110, magic: "PK\x03\x04", more: declared(odf + "chart")},
	{mime: "application/vnd.oasis.opendocument.formula", strength: 110, magic: "PK\x03\x04", more: declared(odf + "formula")},
	{mime: "application/vnd.oasis.opendocument.database", strength: 110, magic: "PK\x03\x04", more: declared(odf + "database")},
	{mime: "application/vnd.oasis.opendocument.image", strength: 110, magic: "PK\x03\x04", more: declared(odf + "image")},
	{mime: "application/x-gzip", strength: 100, magic: "\x1f\x8b"},
	{mime: "application/x-compress", strength: 70, magic: "\x1f\x9d"},
	{mime: "application/x-bzip2", strength: 70, magic: "BZh"},
	{mime: "application/x-7z-compressed", strength: 70, magic: "7z\xbc\xaf\x27\x1c"},
	{mime: "application/x-xz", strength: 90, magic: "\xfd7zXZ\x00"},
	{mime: "application/x-lzip", strength: 70, magic: "LZIP"},
	{mime: "application/x-lrzip", strength: 70, magic: "LRZI"},
	{mime: "application/x-lzma", strength: 71, magic: "\x5d\x00\x00", more: isLZMA},
	{mime: "application/x-lz4", strength: 80, magic: "\x02\x21\x4c\x18"},
	{mime: "application/x-lz4", strength: 80, magic: "\x03\x21\x4c\x18"},
	{mime: "application/x-lz4", strength: 80, magic: "\x04\x22\x4d\x18"},
	{mime: "application/x-rar", strength: 70, magic: "Rar!\x1a\x07"},
	{mime: "application/x-rar", strength: 70, magic: "RE~^"},
	{mime: "application/x-tar", strength: 100, at: 257, magic: "ustar\x00"},
	{mime: "application/x-tar", strength: 100, at: 257, magic: "ustar  \x00"},
	{mime: "application/x-tar", strength: 90, at: 148, more: isOldTar},
	{mime: "application/x-cpio", strength: 70, magic: "070701"},
	{mime: "application/x-cpio", strength: 70, magic: "070702"},
	{mime: "application/x-cpio", strength: 70, magic: "070707"},
	{mime: "application/x-cpio", strength: 70, magic: "\xc7\x71"},
	{mime: "application/x-cpio", strength: 70, magic: "\x71\xc7"},
	{mime: "application/x-archive", strength: 70, magic: "!<arch>\n"},
	{mime: "application/x-archive", strength: 70, magic: "=<ar>"},
	{mime: "application/vnd.debian.binary-package", strength: 80, magic: "!<arch>\ndebian"},
	{mime: "application/x-rpm", strength: 70, magic: "\xed\xab\xee\xdb"},
	{mime: "application/vnd.ms-cab-compressed", strength: 110, magic: "MSCF\x00\x00\x00\x00"},
	{mime: "application/x-installshield", strength: 70, magic: "ISc("},
	{mime: "application/x-ms-compress-szdd", strength: 110, magic: "SZDD\x88\xf0\x27\x33"},
	{mime: "application/x-ms-compress-kwaj", strength: 110, magic: "KWAJ\x88\xf0\x27\xd1"},
	{mime: "application/x-arj", strength: 50, magic: "\x60\xea"},
	{mime: "application/x-arc", strength: 70, magic: "\x1a", more: isARC},
	{mime: "application/x-lharc", strength: 80, at: 2, magic: "-lh", more: isLHA},
	{mime: "application/x-lharc", strength: 80, at: 2, magic: "-lz", more: isLHA},
	{mime: "application/x-zoo", strength: 70, at: 20, magic: "\xdc\xa7\xc4\xfd"},
	{mime: "application/x-ace", strength: 70, at: 7, magic: "**ACE**"},
	{mime: "application/x-stuffit", strength: 70, magic: "SIT!"},
	{mime: "application/x-stuffit", strength: 70, magic: "SITD"},
	{mime: "application/x-stuffit", strength: 70, magic: "StuffIt"},
	{mime: "application/mac-binhex40", strength: 70, magic: "(This file must be converted with BinHex"},
	{mime: "application/x-xar", strength: 100, magic: "xar!"},
	{mime: "application/x-dmg", strength: 100, magic: "\x78\x01\x73\x0d\x62\x62\x60"},
	{mime: "application/x-dmg", strength: 100, magic: "\x78\xda\x63\x60\x18\x05"},
	{mime: "application/x-dmg", strength: 100, magic: "\x78\x01\x63\x60\x18\x05"},
	{mime: "application/x-zstd", strength: 70, magic: "\x28\xb5\x2f\xfd"},
	{mime: "application/x-eet", strength: 70, magic: "\x1e\xe7\xff\x00"},
	{mime: "application/warc", strength: 50, magic: "WARC/"},
	{mime: "application/x-ia-arc", strength: 50, magic: "filedesc://"},
	{mime: "application/vnd.ms-tnef", strength: 70, magic: "\x78\x9f\x3e\x22"},
}

const odf = "application/vnd.oasis.opendocument."

// zipName returns the name of the first entry of a ZIP archive (APPNOTE.TXT 4.3.7), capped by the head.
func zipName(b []byte) []byte {
	const header = 30
	if len(b) < header {
		return nil
	}
	n := int(b[26]) | int(b[27])<<8
	return b[header:min(header+n, len(b))]
}

func entry(name string) func(head) bool {
	return func(h head) bool { return bytes.HasPrefix(zipName(h.b), []byte(name)) }
}

// declared accepts an archive whose first entry is a stored file "mimetype" with this content and nothing behind it.
func declared(mime string) func(head) bool {
	want := []byte(mime)
	return func(h head) bool {
		if string(zipName(h.b)) != "mimetype" {
			return false
		}
		b := h.b[min(len(h.b), 30+len("mimetype")+int(h.b[28])|int(h.b[29])<<8):]
		rest, ok := bytes.CutPrefix(b, want)
		return ok && (len(rest) == 0 || !isAlpha(rest[0]) && rest[0] != '-' || bytes.HasPrefix(rest, []byte("PK")))
	}
}

func isOOXML(h head) bool {
	n := zipName(h.b)
	for _, p := range [...]string{"[Content_Types].xml", "_rels/.rels", "docProps/"} {
		if bytes.HasPrefix(n, []byte(p)) {
			return true
		}
	}
	return false
}

// ooxml accepts an office package with an entry below dir among the head's local file headers.
func ooxml(dir string) func(head) bool {
	want := []byte(dir)
	return func(h head) bool {
		if !isOOXML(h) {
			return false
		}
		for b := h.b; ; {
			i := bytes.Index(b, []byte("PK\x03\x04"))
			if i < 0 {
				return false
			}
			b = b[i:]
			if bytes.HasPrefix(zipName(b), want) {
				return true
			}
			b = b[4:]
		}
	}
}

// isLZMA checks the dictionary size and the known or unknown (all ones) uncompressed size of the header.
func isLZMA(h head) bool {
	if len(h.b) < 13 {
		return false
	}
	if string(h.b[5:13]) == "\xff\xff\xff\xff\xff\xff\xff\xff" {
		return true
	}
	return h.b[10] == 0 && h.b[11] == 0 && h.b[12] == 0
}

// isOldTar checks the octal fields and the checksum of a header without the POSIX mark.
func isOldTar(h head) bool {
	if len(h.b) < 512 || h.b[0] == 0 {
		return false
	}
	sum, want := 0, 0
	for i, c := range h.b[:512] {
		if 148 <= i && i < 156 {
			sum += ' '
			if '0' <= c && c <= '7' {
				want = want<<3 | int(c-'0')
			} else if c != ' ' && c != 0 {
				return false
			}
			continue
		}
		sum += int(c)
	}
	return sum == want
}

func isARC(h head) bool {
	return len(h.b) > 2 && 2 <= h.b[1] && h.b[1] <= 9 && ' ' < h.b[2] && h.b[2] <= '~'
}

func isLHA(h head) bool {
	return len(h.b) > 6 && h.b[6] == '-' && (isDigit(h.b[5]) || isAlpha(h.b[5]))
}

// programs holds executables, libraries and what belongs to them.
var programs = []rule{
	{mime: "application/x-dosexec", strength: 51, magic: "MZ"},
	{mime: "application/x-dosexec", strength: 51, magic: "LZ", more: func(h head) bool { return len(h.b) > 2 && h.b[2] < ' ' }},
	{mime: "application/x-executable", strength: 50, magic: "\x7fELF"},
	{mime: "application/x-object", strength: 95, magic: "\x7fELF", more: elf(1)},
	{mime: "application/x-executable", strength: 95, magic: "\x7fELF", more: elf(2)},
	{mime: "application/x-sharedlib", strength: 95, magic: "\x7fELF", more: elf(3)},
	{mime: "application/x-coredump", strength: 95, magic: "\x7fELF", more: elf(4)},
	{mime: "application/x-mach-o-executable", strength: 100, magic: "\xce\xfa\xed\xfe"},
	{mime: "application/x-mach-o-executable", strength: 100, magic: "\xcf\xfa\xed\xfe"},
	{mime: "application/x-mach-o-executable", strength: 100, magic: "\xfe\xed\xfa\xce"},
	{mime: "application/x-mach-o-executable", strength: 100, magic: "\xfe\xed\xfa\xcf"},
	{mime: "application/x-mach-o-executable", strength: 100, magic: "\xca\xfe\xba\xbe\x00\x00\x00", more: fewArchitectures},
	{mime: "application/x-java-applet", strength: 80, magic: "\xca\xfe\xba\xbe"},
	{mime: "application/x-java-pack200", strength: 80, magic: "\xca\xfe\xd0\x0d"},
	{mime: "application/x-java-keystore", strength: 70, magic: "\xfe\xed\xfe\xed"},
	{mime: "application/x-java-jce-keystore", strength: 70, magic: "\xce\xce\xce\xce"},
	{mime: "application/x-dex", strength: 70, magic: "dex\n0"},
	{mime: "application/x-dey", strength: 70, magic: "dey\n0"},
	{mime: "application/wasm", strength: 70, magic: "\x00asm"},
	{mime: "application/x-shockwave-flash", strength: 60, magic: "FWS", more: flash},
	{mime: "application/x-shockwave-flash", strength: 60, magic: "CWS", more: flash},
	{mime: "application/x-shockwave-flash", strength: 60, magic: "ZWS", more: flash},
	{mime: "application/x-chrome-extension", strength: 80, magic: "Cr24"},
	{mime: "application/x-ms-shortcut", strength: 49, magic: "L\x00\x00\x00\x01\x14\x02\x00\x00\x00\x00\x00\xc0\x00\x00\x00\x00\x00\x00\x46"},
	{mime: "application/x-windows-minidump", strength: 50, magic: "MDMP"},
	{mime: "application/vnd.symbian.install", strength: 50, at: 8, magic: "\x19\x04\x00\x10"},
	{mime: "application/x-elc", strength: 10, magic: "\x0a("},
	{mime: "application/x-elc", strength: 70, magic: ";ELC"},
}

// elf returns a check for the object file type (ELF e_type) in the byte order of the header.
func elf(kind byte) func(head) bool {
	return func(h head) bool {
		if len(h.b) < 18 {
			return false
		}
		if h.b[5] == 2 {
			return h.b[16] == 0 && h.b[17] == kind
		}
		return h.b[16] == kind && h.b[17] == 0
	}
}

// fewArchitectures tells a universal binary from a Java class, whose major version stands in the same place.
func fewArchitectures(h head) bool { return len(h.b) > 7 && 0 < h.b[7] && h.b[7] < 20 }

func flash(h head) bool { return len(h.b) > 3 && 0 < h.b[3] && h.b[3] < 64 }

// fonts holds fonts.
var fonts = []rule{
	{mime: "application/x-font-ttf", strength: 80, magic: "\x00\x01\x00\x00\x00", more: func(h head) bool { return len(h.b) > 5 && 0 < h.b[5] && h.b[5] < 64 }},
	{mime: "application/x-font-sfn", strength: 50, magic: "LWFN"},
	{mime: "application/vnd.ms-opentype", strength: 70, magic: "OTTO\x00"},
	{mime: "application/vnd.ms-fontobject", strength: 70, at: 8, magic: "\x00\x00\x02\x00", more: embeddedOpenType},
	{mime: "application/vnd.ms-fontobject", strength: 70, at: 8, magic: "\x01\x00\x02\x00", more: embeddedOpenType},
	{mime: "application/vnd.ms-fontobject", strength: 70, at: 8, magic: "\x02\x00\x02\x00", more: embeddedOpenType},
	{mime: "application/font-woff", strength: 70, magic: "wOFF"},
	{mime: "application/font-woff2", strength: 70, magic: "wOF2"},
	{mime: "application/vnd.font-fontforge-sfd", strength: 80, magic: "SplineFontDB:"},
	{mime: "application/x-font-type1", strength: 70, magic: "\x80\x01", more: contains("%!", 8)},
	{mime: "application/x-font-bdf", strength: 50, magic: "STARTFONT "},
}

// embeddedOpenType checks the mark of the Embedded OpenType header.
func embeddedOpenType(h head) bool { return len(h.b) > 35 && h.b[34] == 'L' && h.b[35] == 'P' }
