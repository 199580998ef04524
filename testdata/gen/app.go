package main

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"net/netip"
	"strings"
	"time"
)

// lookup writes a DNS question and its answer: address, or that there is no such name.
func (c *capture) lookup(t time.Time, from endpoint, name, address string) {
	var q []byte
	for label := range strings.SplitSeq(name, ".") {
		q = append(append(q, byte(len(label))), label...)
	}
	q = append(q, 0, 0, 1, 0, 1) // A, IN
	id := binary.BigEndian.AppendUint16(nil, from.port^0x5aa5)
	ask := append(append(id[:2:2], 1, 0, 0, 1, 0, 0, 0, 0, 0, 0), q...)
	answer := append(append(id[:2:2], 0x81, 0x83, 0, 1, 0, 0, 0, 0, 0, 0), q...)
	if address != "" {
		answer = append(append(id[:2:2], 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0), q...)
		answer = append(answer, 0xc0, 12, 0, 1, 0, 1, 0, 0, 0x0e, 0x10, 0, 4)
		answer = append(answer, netip.MustParseAddr(address).AsSlice()...)
	}
	c.udp(t, from, at(resolver, 53), ask)
	c.udp(t.Add(4*time.Millisecond), at(resolver, 53), from, answer)
}

// noise is n bytes that look random and are the same at each run.
func noise(n int, seed uint32) string {
	b := make([]byte, n)
	for i := range b {
		seed ^= seed << 13
		seed ^= seed >> 17
		seed ^= seed << 5
		b[i] = byte(seed >> 11)
	}
	return string(b)
}

// browse writes a page, an image and a document over one HTTP connection.
func (c *capture) browse(t time.Time, from, to endpoint, host string) {
	x := c.dial(t, from, to)
	get := func(path, kind, body string) {
		x.send(client, "GET "+path+" HTTP/1.1\r\nHost: "+host+"\r\nUser-Agent: office/1.0 (test data)\r\nAccept: */*\r\n\r\n")
		x.send(server, fmt.Sprintf("HTTP/1.1 200 OK\r\nServer: testd\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s", kind, len(body), body))
	}
	page := "<!DOCTYPE html>\n<html><head><title>Example</title></head><body>\n" +
		strings.Repeat("<p>Nothing happened here, and it happened often.</p>\n", 80) + "</body></html>\n"
	get("/", "text/html", page)
	get("/logo.gif", "image/gif", "GIF89a\x10\x00\x10\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff"+noise(400, 77)+";")
	get("/terms.pdf", "application/pdf", document())
	x.send(client, "GET /feed HTTP/1.1\r\nHost: "+host+"\r\nUser-Agent: office/1.0 (test data)\r\n\r\n")
	x.send(server, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"+
		"12\r\n{\"items\":[1,2,3],\n\r\n10\r\n\"next\":\"/page2\"}\r\n0\r\n\r\n")
	x.hangup(client)
}

func document() string {
	return "%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\n" + strings.Repeat("% terms and conditions apply to this document\n", 60) +
		"trailer\n<< /Root 1 0 R >>\n%%EOF\n"
}

// vector prefixes b with its length in size bytes.
func vector(size int, b ...byte) []byte {
	n := make([]byte, 8)
	binary.BigEndian.PutUint64(n, uint64(len(b)))
	return append(n[8-size:], b...)
}

// hello writes a TLS 1.3 session: its hellos, and records that nobody can read.
func (c *capture) hello(t time.Time, from, to endpoint, name string) {
	ext := func(kind uint16, b ...byte) []byte {
		return append(binary.BigEndian.AppendUint16(nil, kind), vector(2, b...)...)
	}
	key := []byte(noise(32, uint32(from.port)))
	share := append([]byte{0, 0x1d}, vector(2, key...)...)
	join := func(parts ...[]byte) (all []byte) {
		for _, p := range parts {
			all = append(all, p...)
		}
		return all
	}
	message := func(kind byte, body []byte) string {
		hs := append([]byte{kind}, vector(3, body...)...)
		return string(append([]byte{22, 3, 1}, vector(2, hs...)...))
	}
	record := func(n int) string {
		return string(append([]byte{23, 3, 3}, vector(2, []byte(noise(n, uint32(n)))...)...))
	}
	session := vector(1, []byte(noise(32, 99))...)
	extensions := join(
		ext(0, vector(2, append([]byte{0}, vector(2, []byte(name)...)...)...)...),
		ext(10, vector(2, 0, 0x1d, 0, 0x17)...),
		ext(13, vector(2, 4, 3, 8, 4, 4, 1)...),
		ext(16, vector(2, append(vector(1, []byte("h2")...), vector(1, []byte("http/1.1")...)...)...)...),
		ext(43, vector(1, 3, 4, 3, 3)...),
		ext(51, vector(2, share...)...),
	)
	x := c.dial(t, from, to)
	x.send(client, message(1, join([]byte{3, 3}, []byte(noise(32, 5)), session,
		vector(2, 0x13, 1, 0x13, 2, 0x13, 3, 0xc0, 0x2b, 0xc0, 0x2f), []byte{1, 0}, vector(2, extensions...))))
	x.send(server, message(2, join([]byte{3, 3}, []byte(noise(32, 6)), session, []byte{0x13, 1, 0},
		vector(2, join(ext(43, 3, 4), ext(51, share...))...)))+"\x14\x03\x03\x00\x01\x01"+record(1800))
	x.send(client, "\x14\x03\x03\x00\x01\x01"+record(60)+record(240))
	x.send(server, record(3000)+record(900))
	x.hangup(client)
}

// mail writes a message with a document.
func (c *capture) mail(t time.Time, from, to endpoint) {
	x := c.dial(t, from, to)
	x.send(server, "220 mail.example.org ESMTP\r\n")
	for _, turn := range [][2]string{
		{"EHLO ben.example.com\r\n", "250-mail.example.org\r\n250-8BITMIME\r\n250 SIZE 1000000\r\n"},
		{"MAIL FROM:<ben@example.com>\r\n", "250 2.1.0 Ok\r\n"},
		{"RCPT TO:<carla@example.org>\r\n", "250 2.1.5 Ok\r\n"},
		{"DATA\r\n", "354 End data with <CR><LF>.<CR><LF>\r\n"},
	} {
		x.send(client, turn[0])
		x.send(server, turn[1])
	}
	encoded := base64.StdEncoding.EncodeToString([]byte(document()))
	var lines strings.Builder
	for len(encoded) > 0 {
		n := min(76, len(encoded))
		lines.WriteString(encoded[:n] + "\r\n")
		encoded = encoded[n:]
	}
	x.send(client, "Date: Thu, 15 Jan 2026 09:00:09 +0000\r\nFrom: Ben <ben@example.com>\r\nTo: Carla <carla@example.org>\r\n"+
		"Subject: the terms\r\nMessage-ID: <1@ben.example.com>\r\nMIME-Version: 1.0\r\n"+
		"Content-Type: multipart/mixed; boundary=\"frontier\"\r\n\r\n--frontier\r\nContent-Type: text/plain\r\n\r\nAs promised.\r\n"+
		"--frontier\r\nContent-Type: application/pdf; name=\"terms.pdf\"\r\nContent-Transfer-Encoding: base64\r\n"+
		"Content-Disposition: attachment; filename=\"terms.pdf\"\r\n\r\n"+lines.String()+"--frontier--\r\n.\r\n")
	x.send(server, "250 2.0.0 Ok: queued as 4F2\r\n")
	x.send(client, "QUIT\r\n")
	x.send(server, "221 2.0.0 Bye\r\n")
	x.hangup(server)
}

// download writes an FTP session with a passive data connection.
func (c *capture) download(t time.Time, from, to endpoint) {
	x := c.dial(t, from, to)
	x.send(server, "220 files.example.org ready\r\n")
	for _, turn := range [][2]string{
		{"USER anonymous\r\n", "331 Guest login ok\r\n"}, {"PASS ben@example.com\r\n", "230 Logged in\r\n"},
		{"TYPE I\r\n", "200 Type set to I\r\n"}, {"PASV\r\n", "227 Entering Passive Mode (198,51,100,21,156,64)\r\n"},
		{"RETR report.csv\r\n", "150 Opening data connection\r\n"},
	} {
		x.send(client, turn[0])
		x.send(server, turn[1])
	}
	report := "day,visits,sales\n"
	for i := range 300 {
		report += fmt.Sprintf("%d,%d,%d\n", i+1, 40+i*7%23, i*13%17)
	}
	d := c.dial(x.now, endpoint{from.ip, from.port + 1}, endpoint{to.ip, 40000})
	d.send(server, report)
	d.hangup(server)
	x.now = d.now
	x.send(server, "226 Transfer complete\r\n")
	x.send(client, "QUIT\r\n")
	x.send(server, "221 Goodbye\r\n")
	x.hangup(server)
}

// shell writes an SSH session up to where it is encrypted, and some of what follows.
func (c *capture) shell(t time.Time, from, to endpoint) {
	x := c.dial(t, from, to)
	x.send(server, "SSH-2.0-OpenSSH_9.9\r\n")
	x.send(client, "SSH-2.0-OpenSSH_9.6p1\r\n")
	packet := func(payload []byte) string {
		pad := 8 - (len(payload)+5)%8
		if pad < 4 {
			pad += 8
		}
		b := binary.BigEndian.AppendUint32(nil, uint32(1+len(payload)+pad))
		return string(append(append(append(b, byte(pad)), payload...), make([]byte, pad)...))
	}
	kexinit := func(seed uint32) string {
		b := append([]byte{20}, noise(16, seed)...)
		for _, list := range []string{"curve25519-sha256,ecdh-sha2-nistp256", "ssh-ed25519,rsa-sha2-256",
			"chacha20-poly1305@openssh.com,aes128-ctr", "chacha20-poly1305@openssh.com,aes128-ctr", "hmac-sha2-256", "hmac-sha2-256",
			"none", "none", "", ""} {
			b = append(b, vector(4, []byte(list)...)...)
		}
		return packet(append(b, 0, 0, 0, 0, 0))
	}
	x.send(client, kexinit(1))
	x.send(server, kexinit(2))
	x.send(client, packet(append([]byte{30}, vector(4, []byte(noise(32, 3))...)...)))
	blob := append(vector(4, []byte("ssh-ed25519")...), vector(4, []byte(noise(32, 4))...)...)
	reply := append([]byte{31}, vector(4, blob...)...)
	reply = append(append(reply, vector(4, []byte(noise(32, 5))...)...), vector(4, append(vector(4, []byte("ssh-ed25519")...), vector(4, []byte(noise(64, 6))...)...)...)...)
	x.send(server, packet(reply)+packet([]byte{21}))
	x.send(client, packet([]byte{21}))
	for i := range uint32(8) {
		x.send(client, noise(44+4*int(i%3), 10+i))
		x.send(server, noise(60+16*int(i), 20+i))
	}
	x.hangup(client)
}

// wrong writes what should not be: a bad checksum, a cut header, what is no HTTP on its port.
func (c *capture) wrong(t time.Time) {
	c.lookup(t, at(ben, 54000), "bad-checksum.example", "")
	frame := c.packets[len(c.packets)-1].Data
	frame[len(frame)-1] ^= 0xff
	c.add(t.Add(time.Second), frame[:30])
	x := c.dial(t.Add(2*time.Second), at(ben, 40200), at(web, 80))
	x.send(client, "\x00\x01this is no request\r\n\r\n")
	x.send(server, "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
	x.hangup(server)
}
