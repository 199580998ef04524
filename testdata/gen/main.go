// Command gen writes the captures of testdata: the traffic of a small office that never was. Every byte is made here, the
// same ones at each run; addresses and names are those reserved for documentation. Run it by "go generate ./testdata".
package main

import (
	"bytes"
	"log"
	"net/netip"
	"os"
	"time"

	"github.com/wirelore/wirelore/pcap"
)

func main() {
	c := office(time.Date(2026, 1, 15, 9, 0, 0, 0, time.UTC))
	whole := encode(c.sorted(), "pcapng")
	classic := encode(c.sorted(), "pcap")
	for name, b := range map[string][]byte{
		"office.pcapng": whole,
		"broken.pcap":   classic[:len(classic)*2/3],
	} {
		if err := os.WriteFile(name, b, 0o666); err != nil {
			log.Fatal(err)
		}
	}
}

func encode(packets []pcap.Packet, format string) []byte {
	var b bytes.Buffer
	w, err := pcap.NewWriter(&b, &pcap.WriterOptions{Format: format})
	if err != nil {
		log.Fatal(err)
	}
	for i := range packets {
		if err := w.Write(&packets[i]); err != nil {
			log.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		log.Fatal(err)
	}
	return b.Bytes()
}

const (
	anna     = "10.1.0.21"
	ben      = "10.1.0.22"
	printer  = "10.1.0.40"
	resolver = "10.1.0.1"
	web      = "203.0.113.10"
	mail     = "203.0.113.25"
	files    = "198.51.100.21"
	shell    = "198.51.100.22"
	cloud    = "192.0.2.80"
	anna6    = "2001:db8:1::21"
	web6     = "2001:db8:80::10"
)

// office writes five minutes of traffic.
func office(t time.Time) *capture {
	c := new(capture)
	sec := func(s float64) time.Time { return t.Add(time.Duration(s * float64(time.Second))) }

	c.lookup(sec(0), at(anna, 51000), "www.example.com", web)
	c.browse(sec(0.1), at(anna, 40001), at(web, 80), "www.example.com")
	c.lookup(sec(3), at(anna, 51001), "cloud.example.net", cloud)
	for i := range 4 {
		c.hello(sec(3.1+20*float64(i)), at(anna, uint16(40010+i)), at(cloud, 443), "cloud.example.net")
	}
	c.lookup(sec(9), at(ben, 52000), "mail.example.org", mail)
	c.mail(sec(9.2), at(ben, 40100), at(mail, 25))
	c.lookup(sec(30), at(ben, 52001), "files.example.org", files)
	c.download(sec(30.2), at(ben, 40110), at(files, 21))
	c.shell(sec(60), at(anna, 40030), at(shell, 22))
	c.browse(sec(75), at(anna6, 40040), at(web6, 80), "www.example.com")
	for i := range 12 { // something asks in vain, at a steady pace
		c.lookup(sec(5+24*float64(i)), at(ben, uint16(53000+i)), "a1b2c3.updates.example", "")
	}
	for i := range 5 {
		c.ping(sec(100+float64(i)), netip.MustParseAddr(anna), netip.MustParseAddr(cloud), uint16(i+1))
	}
	for i, port := range []uint16{21, 22, 23, 25, 53, 80, 110, 139, 143, 443, 445, 515, 631, 993, 3306, 3389, 5432, 8080, 9100} {
		c.refused(sec(150+float64(i)/20), at(ben, uint16(45000+i)), at(printer, port))
	}
	c.wrong(sec(200))
	return c
}
