package magic

import "bytes"

// markup holds the formats of angle brackets and braces.
var markup = []rule{
	{mime: "text/html", strength: 100, magic: "<", more: doctype("html")},
	{mime: "text/html", strength: 100, magic: "<", more: element("html")},
	{mime: "text/html", strength: 20, magic: "<head", fold: true},
	{mime: "text/html", strength: 20, magic: "<title", fold: true},
	{mime: "text/html", strength: 20, magic: "<body", fold: true},
	{mime: "text/html", strength: 20, magic: "<h1", fold: true},
	{mime: "text/html", strength: 20, magic: "<!--", more: commentThenHTML},
	{mime: "application/xml", strength: 10, magic: "<?xml "},
	{mime: "application/xml", strength: 10, magic: "<\x00?\x00x\x00m\x00l\x00 \x00"},
	{mime: "text/rss", strength: 90, magic: "<", more: element("rss")},
	{mime: "text/atom", strength: 100, magic: "<", more: atom},
	{mime: "application/soap+xml", strength: 49, magic: "<", more: element("soap:envelope", "soap-env:envelope", "s:envelope")},
	{mime: "application/xml-rpc", strength: 49, magic: "<", more: element("methodresponse", "methodcall")},
	{mime: "text/x-cross-domain-policy", strength: 49, magic: "<", more: doctype("cross-domain-policy")},
	{mime: "text/x-cross-domain-policy", strength: 49, magic: "<", more: element("cross-domain-policy")},
	{mime: "application/vnd.google-earth.kml+xml", strength: 70, magic: "<", more: element("kml")},
	{mime: "application/x-java-jnlp-file", strength: 70, magic: "<", more: element("jnlp")},
	{mime: "application/x-gnumeric", strength: 70, magic: "<", more: element("gmr:workbook")},
	{mime: "application/x-freemind", strength: 70, magic: "<map version"},
	{mime: "application/vnd.mif", strength: 70, magic: "<MIFFile"},
	{mime: "application/vnd.mif", strength: 70, magic: "<MakerFile"},
	{mime: "model/x3d+xml", strength: 70, magic: "<", more: element("x3d")},
	{mime: "magnus-internal/cold-fusion", strength: 20, magic: "<cfparam", fold: true},
	{mime: "magnus-internal/cold-fusion", strength: 20, magic: "<cfset", fold: true},
	{mime: "magnus-internal/cold-fusion", strength: 20, magic: "<cfif", fold: true},
	{mime: "text/texmacs", strength: 70, magic: "<TeXmacs|"},
	{mime: "text/json", strength: 1, magic: "{", more: jsonObject},
	{mime: "text/json", strength: 1, magic: "[", more: jsonArray},
	{mime: "text/json", strength: 0, magic: "{}", more: onlyBlank},
	{mime: "text/json", strength: 0, magic: "[]", more: onlyBlank},
	{mime: "text/rtf", strength: 50, magic: `{\rtf`},
}

// commentThenHTML accepts a page that begins with a comment.
func commentThenHTML(h head) bool {
	b := h.text
	for len(b) > 4 && string(b[:4]) == "<!--" {
		b = skipBlank(behindComment(b[4:]))
	}
	return hasFold(b, "<html") || hasFold(b, "<!doctype html") || hasFold(b, "<head")
}

func behindComment(b []byte) []byte {
	for i := 2; i < len(b); i++ {
		if b[i] == '>' && b[i-1] == '-' && b[i-2] == '-' {
			return b[i+1:]
		}
	}
	return nil
}

// scripts holds source code.
var scripts = []rule{
	{mime: "text/x-php", strength: 60, magic: "#!", more: shebang("php")},
	{mime: "text/x-php", strength: 60, more: firstLineHas("<?php")},
	{mime: "text/x-perl", strength: 60, magic: "#!", more: shebang("perl")},
	{mime: "text/x-python", strength: 60, magic: "#!", more: shebang("python")},
	{mime: "text/x-python", strength: 50, magic: "# -*- coding"},
	{mime: "text/x-ruby", strength: 60, magic: "#!", more: shebang("ruby")},
	{mime: "text/x-lua", strength: 60, magic: "#!", more: shebang("lua")},
	{mime: "text/x-awk", strength: 60, magic: "#!", more: shebang("awk", "gawk", "nawk", "mawk")},
	{mime: "text/x-tcl", strength: 60, magic: "#!", more: shebang("tcl", "wish")},
	{mime: "application/javascript", strength: 60, magic: "#!", more: shebang("node", "nodejs")},
	{mime: "text/x-shellscript", strength: 250, magic: "#!", more: shebang("sh", "bash", "csh", "tcsh", "ksh", "zsh", "dash", "ash", "ae", "es")},
	{mime: "text/x-asp", strength: 50, magic: "<%@"},
	{mime: "text/x-msdos-batch", strength: 60, magic: "@echo off", fold: true},
	{mime: "text/x-msdos-batch", strength: 60, magic: "@rem ", fold: true},
	{mime: "application/javascript", strength: 60, magic: "<script", fold: true},
	{mime: "application/javascript", strength: 60, magic: "document.write"},
	{mime: "application/javascript", strength: 60, magic: "(function", more: followed(len("(function"), "(")},
	{mime: "application/javascript", strength: 60, magic: "!function", more: followed(len("!function"), "(")},
	{mime: "application/javascript", strength: 60, magic: "function ", more: function},
	{mime: "application/javascript", strength: 60, magic: "function(", more: function},
	{mime: "application/javascript", strength: 60, magic: "var ", more: assignment},
	{mime: "application/javascript", strength: 60, magic: "try", more: followed(len("try"), "{")},
	{mime: "application/javascript", strength: 60, magic: "for", more: followed(len("for"), "(")},
	{mime: "application/javascript", strength: 60, magic: "this.", more: thisAssignment},
	{mime: "text/x-m4", strength: 40, magic: "dnl "},
	{mime: "text/x-c", strength: 40, magic: "#include", more: followed(len("#include"), `<"`)},
	{mime: "text/x-lisp", strength: 40, magic: "(defun "},
	{mime: "text/x-lisp", strength: 40, magic: "(autoload "},
	{mime: "text/x-asm", strength: 40, magic: ".asciiz"},
	{mime: "text/x-asm", strength: 40, magic: ".globl"},
	{mime: "text/x-tex", strength: 40, magic: `\documentclass`},
	{mime: "text/x-tex", strength: 40, magic: `\documentstyle`},
	{mime: "text/x-tex", strength: 40, magic: `\begin{`},
	{mime: "text/x-tex", strength: 40, magic: `\section`},
	{mime: "text/x-tex", strength: 40, magic: `\input `},
	{mime: "text/x-texinfo", strength: 40, magic: `\input texinfo`},
	{mime: "text/x-makefile", strength: 40, magic: ".PHONY"},
	{mime: "text/x-pascal", strength: 10, magic: "(* "},
}

func thisAssignment(h head) bool {
	b := h.text[len("this."):]
	n := 0
	for n < len(b) && isWord(b[n]) {
		n++
	}
	b = skipBlank(b[n:])
	return n > 0 && len(b) > 1 && b[0] == '=' && b[1] != '='
}

// prose holds the other text formats.
var prose = []rule{
	{mime: "text/x-diff", strength: 60, magic: "diff "},
	{mime: "text/x-diff", strength: 60, magic: "Index: "},
	{mime: "text/x-diff", strength: 60, magic: "Only in "},
	{mime: "text/x-diff", strength: 60, magic: "*** "},
	{mime: "text/x-diff", strength: 40, more: unified},
	{mime: "text/calendar", strength: 60, magic: "begin:vcalendar", fold: true},
	{mime: "text/vcard", strength: 60, magic: "begin:vcard", fold: true},
	{mime: "text/PGP", strength: 70, magic: "-----BEGIN PGP MESSAGE-"},
	{mime: "application/pgp-keys", strength: 70, magic: "-----BEGIN PGP PUBLIC KEY BLOCK-"},
	{mime: "application/pgp-signature", strength: 70, magic: "-----BEGIN PGP SIGNATURE-"},
	{mime: "application/x-pem", strength: 70, magic: "-----BEGIN CERTIFICATE-----"},
	{mime: "application/pkcs7-signature", strength: 70, magic: "MIME-Version:", more: firstLineHas(`protocol="application/pkcs7-signature"`)},
	{mime: "message/rfc822", strength: 60, magic: "Received:"},
	{mime: "message/rfc822", strength: 60, magic: "Return-Path:"},
	{mime: "message/rfc822", strength: 60, magic: "Relay-Version:"},
	{mime: "message/rfc822", strength: 60, magic: "#! rnews"},
	{mime: "message/rfc822", strength: 60, magic: "N#! rnews"},
	{mime: "message/rfc822", strength: 60, magic: "Forward to"},
	{mime: "message/rfc822", strength: 60, magic: "Pipe to"},
	{mime: "message/news", strength: 60, magic: "Path:"},
	{mime: "message/news", strength: 60, magic: "Xref:"},
	{mime: "message/news", strength: 60, magic: "Article"},
	{mime: "message/rfc822", strength: 60, magic: "From:"},
	{mime: "text/troff", strength: 40, magic: `.\"`},
	{mime: "text/troff", strength: 40, magic: `'\"`},
	{mime: "text/x-info", strength: 40, magic: "This is Info file"},
	{mime: "text/x-xmcd", strength: 70, magic: "# xmcd"},
	{mime: "text/x-gettext-translation", strength: 40, magic: "msgid "},
	{mime: "model/vrml", strength: 70, magic: "#VRML "},
	{mime: "chemical/x-pdb", strength: 40, magic: "HEADER    "},
	{mime: "application/x-setupscript", strength: 60, magic: "[version]", fold: true},
	{mime: "application/x-setupscript", strength: 60, magic: "[autorun]", fold: true},
	{mime: "application/x-wine-extension-ini", strength: 60, magic: "[boot loader]", fold: true},
	{mime: "application/x-wine-extension-ini", strength: 60, magic: "[internetshortcut]", fold: true},
	{mime: "application/x-wine-extension-ini", strength: 60, magic: "[shellclassinfo]", fold: true},
	{mime: "application/x-kdelnk", strength: 60, magic: "[KDE Desktop Entry]"},
}

// unified accepts a unified diff anywhere, as in a mail with a patch: two lines that name the files and the head of the
// first hunk. Each line is looked at no more than twice.
func unified(h head) bool {
	for at := 0; ; {
		i := bytes.Index(h.text[at:], []byte("\n+++ "))
		if i < 0 {
			return false
		}
		before, behind := h.text[at:at+i], h.text[at+i+1:]
		before = before[bytes.LastIndexByte(before, '\n')+1:]
		behind = behind[len(firstLine(behind)):]
		if bytes.Contains(before, []byte("--- ")) && bytes.HasPrefix(behind, []byte("\n@@")) {
			return true
		}
		at += i + 1
	}
}
