package magic

// media holds images, sound and video.
var media = []rule{
	{mime: "image/gif", strength: 70, magic: "GIF8"},
	{mime: "image/png", strength: 110, magic: "\x89PNG"},
	{mime: "image/jpeg", strength: 52, magic: "\xff\xd8"},
	{mime: "image/tiff", strength: 70, magic: "MM\x00\x2a"},
	{mime: "image/tiff", strength: 70, magic: "MM\x00\x2b"},
	{mime: "image/tiff", strength: 70, magic: "II\x2a\x00"},
	{mime: "image/tiff", strength: 70, magic: "II\x2b\x00"},
	{mime: "image/x-ms-bmp", strength: 50, magic: "BM", more: bitmap},
	{mime: "image/x-icon", strength: 70, magic: "\x00\x00\x01\x00", more: icon},
	{mime: "image/x-win-bitmap", strength: 70, magic: "\x00\x00\x02\x00", more: icon},
	{mime: "image/webp", strength: 70, magic: "RIFF", more: form(8, "WEBP")},
	{mime: "image/vnd.adobe.photoshop", strength: 70, magic: "8BPS"},
	{mime: "image/jp2", strength: 60, magic: "\x00\x00\x00\x0cjP", more: form(20, "jp2 ")},
	{mime: "image/jpx", strength: 60, magic: "\x00\x00\x00\x0cjP", more: form(20, "jpx ")},
	{mime: "image/jpm", strength: 60, magic: "\x00\x00\x00\x0cjP", more: form(20, "jpm ")},
	{mime: "video/mj2", strength: 60, magic: "\x00\x00\x00\x0cjP", more: form(20, "mjp2")},
	{mime: "image/jp2", strength: 50, magic: "\x00\x00\x00\x0cjP  \x0d\x0a\x87\x0a"},
	{mime: "image/heic", strength: 70, at: 4, magic: "ftyphei"},
	{mime: "image/heif", strength: 70, at: 4, magic: "ftypmif1"},
	{mime: "image/avif", strength: 70, at: 4, magic: "ftypavi"},
	{mime: "image/x-xcf", strength: 110, magic: "gimp xcf"},
	{mime: "image/x-xcursor", strength: 70, magic: "Xcur"},
	{mime: "image/x-dpx", strength: 70, magic: "SDPX"},
	{mime: "image/x-dpx", strength: 70, magic: "XPDS"},
	{mime: "image/x-exr", strength: 70, magic: "\x76\x2f\x31\x01"},
	{mime: "image/x-pgf", strength: 70, magic: "PGF"},
	{mime: "image/x-quicktime", strength: 60, at: 4, magic: "idsc"},
	{mime: "image/x-quicktime", strength: 70, at: 4, magic: "idat"},
	{mime: "image/x-paintnet", strength: 70, magic: "PDN3"},
	{mime: "image/x-coreldraw", strength: 70, magic: "RIFF", more: form(8, "CDR")},
	{mime: "image/x-olympus-orf", strength: 80, magic: "IIRO"},
	{mime: "image/x-canon-cr2", strength: 100, magic: "II\x2a\x00\x10\x00\x00\x00CR"},
	{mime: "image/x-canon-crw", strength: 100, magic: "II\x1a\x00\x00\x00HEAPCCDR"},
	{mime: "image/x-award-bioslogo", strength: 50, magic: "\x11\x06"},
	{mime: "image/x-award-bioslogo", strength: 50, magic: "\x11\x09"},
	{mime: "image/x-lss16", strength: 70, magic: "\x3d\xf3\x13\x14"},
	{mime: "image/x-cpi", strength: 70, magic: "CPC\xb2"},
	{mime: "image/vnd.djvu", strength: 70, magic: "AT&TFORM"},
	{mime: "image/x-portable-bitmap", strength: 50, magic: "P1", more: netpbm},
	{mime: "image/x-portable-greymap", strength: 50, magic: "P2", more: netpbm},
	{mime: "image/x-portable-pixmap", strength: 50, magic: "P3", more: netpbm},
	{mime: "image/x-portable-bitmap", strength: 50, magic: "P4", more: netpbm},
	{mime: "image/x-portable-greymap", strength: 50, magic: "P5", more: netpbm},
	{mime: "image/x-portable-pixmap", strength: 50, magic: "P6", more: netpbm},
	{mime: "image/x-xpmi", strength: 70, magic: "/* XPM */"},
	{mime: "image/fits", strength: 100, magic: "SIMPLE  ="},

	{mime: "audio/mpeg", strength: 70, magic: "ID3"},
	{mime: "audio/mpeg", strength: 20, magic: "\xff", more: mpegAudio},
	{mime: "audio/x-hx-aac-adts", strength: 20, magic: "\xff", more: adts},
	{mime: "audio/x-hx-aac-adif", strength: 70, magic: "ADIF"},
	{mime: "audio/x-wav", strength: 70, magic: "RIFF", more: form(8, "WAVE")},
	{mime: "audio/x-aiff", strength: 70, magic: "FORM", more: form(8, "AIF")},
	{mime: "audio/x-flac", strength: 70, magic: "fLaC"},
	{mime: "audio/x-ape", strength: 70, magic: "MAC "},
	{mime: "audio/x-musepack", strength: 70, magic: "MP+"},
	{mime: "audio/x-musepack", strength: 70, magic: "MPCK"},
	{mime: "audio/midi", strength: 70, magic: "MThd"},
	{mime: "audio/basic", strength: 70, magic: ".snd"},
	{mime: "audio/x-dec-basic", strength: 70, magic: "\x00ds."},
	{mime: "audio/x-mod", strength: 70, magic: "Extended Module:"},
	{mime: "audio/x-mod", strength: 70, at: 44, magic: "SCRM"},
	{mime: "audio/x-w64", strength: 80, magic: "riff\x2e\x91\xcf\x11"},
	{mime: "audio/x-pn-realaudio", strength: 70, magic: ".ra\xfd"},
	{mime: "audio/vnd.dolby.dd-raw", strength: 50, magic: "\x0b\x77"},
	{mime: "audio/m4a", strength: 70, at: 4, magic: "ftypM4A"},
	{mime: "audio/m4a", strength: 70, at: 4, magic: "ftypM4B"},
	{mime: "audio/amr", strength: 70, magic: "#!AMR"},

	{mime: "application/ogg", strength: 70, magic: "OggS"},
	{mime: "application/vnd.rn-realmedia", strength: 70, magic: ".RMF\x00\x00\x00"},
	{mime: "application/x-director", strength: 70, magic: "RIFX"},
	{mime: "application/x-director", strength: 70, magic: "XFIR"},

	{mime: "video/mp4", strength: 70, at: 4, magic: "ftypisom"},
	{mime: "video/mp4", strength: 70, at: 4, magic: "ftypiso2"},
	{mime: "video/mp4", strength: 70, at: 4, magic: "ftypiso4"},
	{mime: "video/mp4", strength: 70, at: 4, magic: "ftypiso5"},
	{mime: "video/mp4", strength: 70, at: 4, magic: "ftypiso6"},
	{mime: "video/mp4", strength: 70, at: 4, magic: "ftypmp41"},
	{mime: "video/mp4", strength: 70, at: 4, magic: "ftypmp42"},
	{mime: "video/mp4", strength: 70, at: 4, magic: "ftypavc1"},
	{mime: "video/mp4", strength: 70, at: 4, magic: "ftypdash"},
	{mime: "video/mp4", strength: 70, at: 4, magic: "ftypM4V"},
	{mime: "video/mp4", strength: 70, at: 4, magic: "ftypMSNV"},
	{mime: "video/mp4", strength: 70, at: 4, magic: "ftypf4v"},
	{mime: "video/mp4", strength: 70, at: 4, magic: "styp"},
	{mime: "video/3gpp", strength: 60, at: 4, magic: "ftyp3ge"},
	{mime: "video/3gpp", strength: 60, at: 4, magic: "ftyp3gg"},
	{mime: "video/3gpp", strength: 60, at: 4, magic: "ftyp3gp"},
	{mime: "video/3gpp", strength: 60, at: 4, magic: "ftyp3gs"},
	{mime: "video/3gpp2", strength: 60, at: 4, magic: "ftyp3g2"},
	{mime: "video/mp4", strength: 70, at: 4, magic: "ftypmmp4"},
	{mime: "video/quicktime", strength: 70, at: 4, magic: "ftypqt"},
	{mime: "video/quicktime", strength: 40, at: 4, magic: "moov"},
	{mime: "video/quicktime", strength: 40, at: 4, magic: "mdat"},
	{mime: "video/quicktime", strength: 30, at: 4, magic: "wide"},
	{mime: "video/quicktime", strength: 30, at: 4, magic: "skip"},
	{mime: "video/webm", strength: 70, magic: "\x1a\x45\xdf\xa3", more: contains("webm", 64)},
	{mime: "video/x-matroska", strength: 60, magic: "\x1a\x45\xdf\xa3"},
	{mime: "video/x-msvideo", strength: 70, magic: "RIFF", more: form(8, "AVI")},
	{mime: "video/x-msvideo", strength: 70, magic: "RIFX", more: form(8, "AVI")},
	{mime: "video/x-ms-asf", strength: 70, magic: "\x30\x26\xb2\x75"},
	{mime: "video/x-flv", strength: 60, magic: "FLV"},
	{mime: "video/x-fli", strength: 40, at: 4, magic: "\x11\xaf", more: flic},
	{mime: "video/x-flc", strength: 40, at: 4, magic: "\x12\xaf", more: flic},
	{mime: "video/x-mng", strength: 70, magic: "\x8aMNG"},
	{mime: "video/x-jng", strength: 70, magic: "\x8bJNG"},
	{mime: "video/x-sgi-movie", strength: 70, magic: "MOVI"},
	{mime: "video/mpeg", strength: 60, magic: "\x00\x00\x01\xb3"},
	{mime: "video/mpeg", strength: 60, magic: "\x00\x00\x01\xba"},
	{mime: "video/mpeg", strength: 60, magic: "\x00\x00\x01\xb0"},
	{mime: "video/mpeg", strength: 60, magic: "\x00\x00\x01\xb5"},
	{mime: "video/mpeg", strength: 60, magic: "\x00\x00\x01\xbb"},
	{mime: "video/mp2p", strength: 21, magic: "\x00\x00\x01\xba", more: func(h head) bool { return len(h.b) > 4 && h.b[4]&0x40 != 0 }},
	{mime: "video/h264", strength: 41, magic: "\x00\x00\x00\x01", more: nal},
	{mime: "video/mp2t", strength: 40, magic: "\x47", more: transport},
}

// form returns a check for s at offset at.
func form(at int, s string) func(head) bool {
	return func(h head) bool { return len(h.b) >= at+len(s) && string(h.b[at:at+len(s)]) == s }
}

// bitmap checks the size of the second header of a Windows bitmap.
func bitmap(h head) bool {
	if len(h.b) < 16 || h.b[15] != 0 {
		return false
	}
	switch h.b[14] {
	case 12, 40, 64, 52, 56, 108, 124, 128:
		return true
	}
	return false
}

// icon checks the count of images and the reserved byte of the first.
func icon(h head) bool { return len(h.b) > 9 && h.b[4] != 0 && h.b[5] == 0 && h.b[9] == 0 }

func netpbm(h head) bool {
	return len(h.b) > 3 && (h.b[2] == '\n' || h.b[2] == ' ' || h.b[2] == '\r') && (isDigit(h.b[3]) || h.b[3] == '#')
}

// mpegAudio checks the header of an MPEG audio frame (ISO/IEC 11172-3, 2.4.1.3; 2.5 for low rates): no reserved version,
// layer, bit rate or sample rate, and not the layer I that looks like the byte order mark of UTF-16.
func mpegAudio(h head) bool {
	if len(h.b) < 3 {
		return false
	}
	d := h.b[2]
	switch h.b[1] {
	case 0xe2, 0xe3, 0xf2, 0xf3, 0xf4, 0xf5, 0xf6, 0xf7, 0xfa, 0xfb, 0xfc, 0xfd:
		return d&0xf0 != 0xf0 && d&0x0c != 0x0c
	}
	return false
}

// adts checks the header of an AAC frame, whose layer is 0.
func adts(h head) bool {
	return len(h.b) > 3 && h.b[1]&0xf6 == 0xf0 && h.b[2]>>2&0xf < 13
}

func flic(h head) bool { return len(h.b) > 13 && h.b[12] == 8 && h.b[13] == 0 }

// nal accepts the parameter set that begins an H.264 byte stream.
func nal(h head) bool { return len(h.b) > 4 && h.b[4]&0x1f == 7 }

// transport checks the sync bytes of the packets of an MPEG transport stream.
func transport(h head) bool {
	n := 0
	for at := 0; at < len(h.b); at += 188 {
		if h.b[at] != 0x47 {
			return false
		}
		n++
	}
	return n > 1
}
