package magic

import (
	"slices"
	"strings"
	"testing"
)

func pad(s string, n int) string { return s + strings.Repeat("\x00", max(0, n-len(s))) }

// zipFile builds the head of an archive with entries of these names, each with content.
func zipFile(content string, names ...string) string {
	var b strings.Builder
	for _, n := range names {
		b.WriteString("PK\x03\x04\x14\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00")
		b.WriteString("\x00\x00\x00\x00\x00\x00\x00\x00")
		b.WriteString(string([]byte{byte(len(n)), byte(len(n) >> 8), 0, 0}))
		b.WriteString(n)
		b.WriteString(content)
	}
	return b.String()
}

// oldTar builds a header without the POSIX mark.
func oldTar() string {
	h := []byte(pad("file.txt", 512))
	copy(h[148:], "        ")
	sum := 0
	for _, c := range h {
		sum += int(c)
	}
	for i := range 6 {
		h[153-i] = byte('0' + sum&7)
		sum >>= 3
	}
	h[154] = 0
	return string(h)
}

var samples = []struct{ name, head, want string }{
	{"empty", "", ""},
	{"nine characters", "123456789", ""},
	{"ten characters", "1234567890", "text/plain"},
	{"text with a control character", "12345\x017890", ""},
	{"utf-8 mark", "\xef\xbb\xbfhello world", "text/plain"},
	{"utf-16 mark and ascii", "\xff\xfehello worlds", "text/plain"},
	{"utf-16", "\xff\xfeh\x00e\x00l\x00l\x00o\x00 \x00w\x00", ""},
	{"high bytes", "gr\xc3\xbc\xc3\x9fe aus", ""},
	{"html", "<!DOCTYPE html><html>", "text/html"},
	{"html after blanks", "\r\n \t<HTML><BODY>", "text/html"},
	{"doctype with blanks", "<!doctype   HTML PUBLIC>", "text/html"},
	{"xhtml", "<?xml version=\"1.0\"?>\n<!DOCTYPE html>", "text/html"},
	{"body alone", "<body bgcolor=red>", "text/html"},
	{"page after a comment", "<!-- saved --><!-- twice -->\n<html>", "text/html"},
	{"comment alone", "<!-- only a comment -->", "text/plain"},
	{"xml", "<?xml version=\"1.0\"?><a/>", "application/xml"},
	{"rss", "<rss version=\"2.0\"><channel>", "text/rss"},
	{"rss behind xml", "<?xml version=\"1.0\"?>\n<rss version=\"2.0\"><channel>", "text/rss"},
	{"atom", "<feed xmlns=\"http://www.w3.org/2005/Atom\"><title>", "text/atom"},
	{"soap", "<SOAP-ENV:Envelope xmlns:x=\"y\">", "application/soap+xml"},
	{"xml-rpc", "<methodCall><methodName>x</methodName>", "application/xml-rpc"},
	{"policy", "<cross-domain-policy>", "text/x-cross-domain-policy"},
	{"policy doctype", "<?xml version=\"1.0\"?><!DOCTYPE cross-domain-policy SYSTEM>", "text/x-cross-domain-policy"},
	{"svg is text", "<svg xmlns=\"http://www.w3.org/2000/svg\">", "text/plain"},
	{"json object", "{\"a\":1}", "text/json"},
	{"json object with blanks", " {\n \"a b\" : {\"c\":true}}", "text/json"},
	{"json bare name", "{name: \"x\"}", "text/json"},
	{"json null is text", "{\"abcdef\":null}", "text/plain"},
	{"json array", "[1,2]", "text/json"},
	{"json decimals", "[1.5, 2]", "text/json"},
	{"json strings", "[\"a\",\"b\"]", "text/json"},
	{"json objects", "[{\"a\":1}]", "text/json"},
	{"json of one scalar", "[1]", ""},
	{"json empty object", "{}", "text/json"},
	{"json empty array", "[]\n", "text/json"},
	{"block", "{ int main; }", "text/plain"},
	{"rtf", "{\\rtf1\\ansi", "text/rtf"},
	{"php", "<?php echo 1; ?>", "text/x-php"},
	{"php in a page", "<p><?php echo 1; ?>", "text/x-php"},
	{"php on the second line", "some text\n<?php echo 1; ?>", "text/plain"},
	{"shell", "#!/bin/sh\necho", "text/x-shellscript"},
	{"shell by env", "#!/usr/bin/env bash\necho", "text/x-shellscript"},
	{"perl", "#!/usr/bin/perl -w\n", "text/x-perl"},
	{"python", "#!/usr/bin/env python3\n", "text/x-python"},
	{"script", "<script type=\"text/javascript\">", "application/javascript"},
	{"function", "function f(a, b)\n{ return a }", "application/javascript"},
	{"variable", "var a.b = 1;", "application/javascript"},
	{"prose with var", "var is a word", "text/plain"},
	{"immediate function", "(function(){})()", "application/javascript"},
	{"batch", "@ECHO OFF\r\n", "text/x-msdos-batch"},
	{"diff", "--- a/x\t2020\n+++ b/x\t2020\n@@ -1 +1 @@\n", "text/x-diff"},
	{"diff in a mail", "A patch for you.\n---\n 1 file\n\n--- a/x\t2020\n+++ b/x\t2020\n@@ -1 +1 @@\n", "text/x-diff"},
	{"diff without hunks", "--- a/x\t2020\n+++ b/x\t2020\n", "text/plain"},
	{"git diff", "diff --git a/x b/x\n", "text/x-diff"},
	{"rule", "--- a rule above text\nand more", "text/plain"},
	{"calendar", "BEGIN:VCALENDAR\r\n", "text/calendar"},
	{"certificate", "-----BEGIN CERTIFICATE-----\n", "application/x-pem"},
	{"mail", "Received: from x\r\n", "message/rfc822"},
	{"gif", "GIF89a\x01\x00", "image/gif"},
	{"png", "\x89PNG\r\n\x1a\n", "image/png"},
	{"jpeg", "\xff\xd8\xff\xe0\x00\x10JFIF", "image/jpeg"},
	{"jpeg of two bytes", "\xff\xd8", "image/jpeg"},
	{"tiff", "II\x2a\x00", "image/tiff"},
	{"icon", "\x00\x00\x01\x00\x01\x00\x10\x10\x00\x00", "image/x-icon"},
	{"bitmap", pad("BM\x36\x00\x00\x00\x00\x00\x00\x00\x36\x00\x00\x00\x28\x00", 16), "image/x-ms-bmp"},
	{"words with BM", "BMW is a company", "text/plain"},
	{"webp", "RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"},
	{"avi", "RIFF\x00\x00\x00\x00AVI LIST", "video/x-msvideo"},
	{"wav", "RIFF\x00\x00\x00\x00WAVEfmt ", "audio/x-wav"},
	{"mp3", "ID3\x03\x00", "audio/mpeg"},
	{"mp3 frame", "\xff\xfb\x90\x64", "audio/mpeg"},
	{"aac", "\xff\xf1\x50\x80", "audio/x-hx-aac-adts"},
	{"ogg", "OggS\x00", "application/ogg"},
	{"mp4", "\x00\x00\x00\x18ftypmp42", "video/mp4"},
	{"quicktime", "\x00\x00\x00\x14ftypqt  ", "video/quicktime"},
	{"webm", "\x1a\x45\xdf\xa3\x01\x00\x00\x00\x00\x00\x00\x1f\x42\x82\x84webm", "video/webm"},
	{"matroska", "\x1a\x45\xdf\xa3\xa3\x42\x82\x88matroska", "video/x-matroska"},
	{"flv", "FLV\x01\x05", "video/x-flv"},
	{"transport stream", "G" + strings.Repeat("\x00", 187) + "G\x00", "video/mp2t"},
	{"one packet is none", "G\x00\x00\x00", ""},
	{"pdf", "%PDF-1.4\n", "application/pdf"},
	{"postscript", "%!PS-Adobe", "application/postscript"},
	{"ole2", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00", "application/msword"},
	{"program", "MZ\x90\x00\x03", "application/x-dosexec"},
	{"program of letters", "MZ and then text", "application/x-dosexec"},
	{"flash", "CWS\x0a\x00", "application/x-shockwave-flash"},
	{"elf executable", pad("\x7fELF\x02\x01\x01", 16) + "\x02\x00", "application/x-executable"},
	{"elf library", pad("\x7fELF\x02\x01\x01", 16) + "\x03\x00", "application/x-sharedlib"},
	{"elf object, big endian", pad("\x7fELF\x01\x02\x01", 16) + "\x00\x01", "application/x-object"},
	{"elf cut short", "\x7fELF\x02", "application/x-executable"},
	{"class", "\xca\xfe\xba\xbe\x00\x00\x00\x34", "application/x-java-applet"},
	{"universal binary", "\xca\xfe\xba\xbe\x00\x00\x00\x02", "application/x-mach-o-executable"},
	{"gzip", "\x1f\x8b\x08", "application/x-gzip"},
	{"bzip2", "BZh91AY", "application/x-bzip2"},
	{"7z", "7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"},
	{"rar", "Rar!\x1a\x07\x01", "application/x-rar"},
	{"xz", "\xfd7zXZ\x00", "application/x-xz"},
	{"cab", "MSCF\x00\x00\x00\x00", "application/vnd.ms-cab-compressed"},
	{"tar", pad("a", 257) + "ustar\x0000", "application/x-tar"},
	{"old tar", oldTar(), "application/x-tar"},
	{"zip", zipFile("data", "a.txt"), "application/zip"},
	{"empty zip", "PK\x05\x06", "application/zip"},
	{"jar", zipFile("", "META-INF/MANIFEST.MF"), "application/java-archive"},
	{"office package", zipFile("x", "[Content_Types].xml", "other"), "application/vnd.openxmlformats-officedocument"},
	{"word", zipFile("x", "[Content_Types].xml", "_rels/.rels", "word/document.xml"), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
	{"excel", zipFile("x", "_rels/.rels", "xl/workbook.xml"), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
	{"opendocument", zipFile("application/vnd.oasis.opendocument.text", "mimetype", "content.xml"), "application/vnd.oasis.opendocument.text"},
	{"opendocument template", zipFile("application/vnd.oasis.opendocument.text-template", "mimetype", "content.xml"), "application/vnd.oasis.opendocument.text-template"},
	{"epub", zipFile("application/epub+zip", "mimetype"), "application/epub+zip"},
	{"ocsp request", "0H0F0D0B0@0\t\x06\x05+\x0e\x03\x02\x1a\x05\x00\x04\x14", "application/ocsp-request"},
	{"ocsp response", "0\x82\x01\xd3\x0a\x01\x00\xa0\x82\x01\xcc0\x82\x01\xc8\x06\x09+\x06\x01\x05\x05\x070\x01\x01\x04", "application/ocsp-response"},
	{"other der", "0\x82\x01\xd3\x02\x01\x00\xa0\x82\x01\xcc0\x82\x01\xc8\x06\x09+\x06\x01\x05\x05\x08", ""},
	{"pcap", "\xd4\xc3\xb2\xa1\x02\x00\x04\x00", "application/vnd.tcpdump.pcap"},
	{"torrent", "d8:announce35:udp", "application/x-bittorrent"},
	{"blanks and line ends", " \t\r\nHTTP/1.1 200 ok\r\n", "text/plain"},
	{"nothing", "\x01\x02\x03\x04", ""},
}

func TestIdentify(t *testing.T) {
	for _, s := range samples {
		if got := Identify([]byte(s.head)); got != s.want {
			t.Errorf("%s: got %q, want %q", s.name, got, s.want)
		}
	}
}

// TestWindow checks that bytes behind the window change nothing.
func TestWindow(t *testing.T) {
	b := append(slices.Repeat([]byte{' '}, Window), "<html>"...)
	if got := Identify(b); got != "text/plain" {
		t.Errorf("got %q for blanks", got)
	}
	if got := Identify(b[1:]); got != "text/plain" {
		t.Errorf("got %q for a page that begins at the window's end", got)
	}
	if got := Identify(b[6:]); got != "text/html" {
		t.Errorf("got %q for a page within the window", got)
	}
}

func TestAll(t *testing.T) {
	for _, s := range samples {
		first, last := "", 1<<30
		n := 0
		for m, strength := range All([]byte(s.head)) {
			if n == 0 {
				first = m
			}
			if strength > last {
				t.Errorf("%s: %s of strength %d after %d", s.name, m, strength, last)
			}
			last = strength
			n++
		}
		if first != s.want {
			t.Errorf("%s: first is %q, want %q", s.name, first, s.want)
		}
	}
	var got []string
	for m := range All([]byte("<?xml version=\"1.0\"?>\n<rss version=\"2.0\">")) {
		got = append(got, m)
	}
	if want := []string{"text/rss", "application/xml", "text/plain"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	for range All([]byte("<html><p>many")) {
		break
	}
}

// TestTables checks what the rules promise to the index and that each can win or lose by strength alone.
func TestTables(t *testing.T) {
	for _, table := range [][]rule{archives, media, programs, documents, fonts, others, markup, scripts, prose} {
		for _, r := range table {
			if r.mime == "" || r.magic == "" && r.more == nil {
				t.Errorf("rule %+v is empty", r)
			}
			if r.fold && strings.ToLower(r.magic) != r.magic {
				t.Errorf("%s: folded magic %q is not lower case", r.mime, r.magic)
			}
			if r.at+len(r.magic) > Window {
				t.Errorf("%s: magic beyond the window", r.mime)
			}
		}
	}
	var all []string
	for m := range Types() {
		all = append(all, m)
	}
	if !slices.IsSorted(all) || len(all) < 150 || !slices.Contains(all, "text/plain") {
		t.Errorf("%d types", len(all))
	}
	for range Types() {
		break
	}
}

func TestNoAllocation(t *testing.T) {
	var heads [][]byte
	for _, s := range samples {
		heads = append(heads, []byte(s.head))
	}
	if n := testing.AllocsPerRun(100, func() {
		for _, h := range heads {
			Identify(h)
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func FuzzIdentify(f *testing.F) {
	for _, s := range samples {
		f.Add([]byte(s.head))
	}
	known := map[string]bool{"": true}
	for m := range Types() {
		known[m] = true
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		got := Identify(b)
		if !known[got] {
			t.Fatalf("unknown type %q", got)
		}
		first, n := "", 0
		for m := range All(b) {
			if n == 0 {
				first = m
			}
			if n++; n > 1000 {
				t.Fatal("All does not end")
			}
		}
		if first != got {
			t.Fatalf("Identify says %q, All %q", got, first)
		}
	})
}

func BenchmarkIdentify(b *testing.B) {
	fill := func(s string) []byte {
		h := []byte(s)
		for i := 0; len(h) < Window; i++ {
			h = append(h, byte(i*7+i>>3)|0x20)
		}
		return h
	}
	for _, s := range []struct{ name, head string }{
		{"html", "<!DOCTYPE html>\n<html>\n"}, {"json", "{\"a\": [1, 2]}\n"}, {"text", "Hello, world. This is prose\n"},
		{"jpeg", "\xff\xd8\xff\xe0\x00\x10JFIF"}, {"exe", "MZ\x90\x00\x03"}, {"zip", zipFile("data", "a.txt")},
		{"unknown", "\x01\x02\x03\x04\n"}, {"zero", "\x00\x00\x00\x00\x00\x00\x00\x00\n"}, {"one line", "\x01\x02"},
	} {
		h := fill(s.head)
		b.Run(s.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Identify(h)
			}
		})
	}
}
