package http

import (
	"github.com/wirelore/wirelore/proto"
	"github.com/wirelore/wirelore/record"
)

// config is what the settings say.
type config struct {
	// limit is where Suricata stops looking at a body, by direction; 0: nowhere.
	limit [2]int64
	// keep is how much of a body is kept for rules, inspect how much of it they wait for.
	keep, inspect [2]int

	layers int
	bomb   int64
	lzma   bool
	// eveOnly: only EVE is written, so that files are what Suricata takes for files. eveWanted: EVE is written.
	eveOnly, eveWanted, zeekOnly bool
	// extended, custom and dump are the options of EVE's http records.
	extended bool
	custom   []customField
	dump     [2]bool
	// password: Zeek's rows show passwords.
	password bool
}

const libhtp = "app-layer.protocols.http.libhtp.default-config."

// maxKeep bounds what is kept of a body for rules when the settings set no limit.
const maxKeep = 1 << 20

// packagedLimit is the body limit of Suricata's packaged configuration, which holds for rules when the settings are silent;
// packagedInspect is how much of a body rules wait for, by direction.
const packagedLimit = 100 << 10

var packagedInspect = [2]int64{32 << 10, 40 << 10}

func readConfig(s *proto.Setup) *config {
	c := &config{
		layers:   int(s.Settings.Int(libhtp+"response-body-decompress-layer-limit", 2)),
		bomb:     s.Settings.Int(libhtp+"compression-bomb-limit", 1<<20),
		lzma:     s.Settings.Bool(libhtp+"lzma-enabled", false),
		password: s.Settings.Bool("zeek.http.default-capture-password", false),
	}
	c.limit[proto.Orig] = s.Settings.Int(libhtp+"request-body-limit", 0)
	c.limit[proto.Resp] = s.Settings.Int(libhtp+"response-body-limit", 0)
	for d, name := range [2]string{"request", "response"} {
		c.keep[d] = maxKeep
		if n := s.Settings.Int(libhtp+name+"-body-limit", packagedLimit); n > 0 && n < maxKeep {
			c.keep[d] = int(n)
		}
		c.inspect[d] = int(s.Settings.Int(libhtp+name+"-body-minimal-inspect-size", packagedInspect[d]))
	}
	c.extended = s.Settings.Bool("eve.http.extended", true)
	switch s.Settings.String("eve.http.dump-all-headers", "none") {
	case "both":
		c.dump = [2]bool{true, true}
	case "request":
		c.dump[0] = true
	case "response":
		c.dump[1] = true
	}
	probe := &record.Log[struct{}]{Path: "files", Event: "fileinfo"}
	w := record.Open(s.Output, probe)
	c.eveWanted = w.WantsEVE() || record.Open(s.Output, &record.Log[struct{}]{Event: "alert"}).WantsEVE() // rules look at files as Suricata does
	c.eveOnly, c.zeekOnly = c.eveWanted && !w.WantsZeek(), w.WantsZeek() && !c.eveWanted
	c.custom = customFields(s.Settings)
	return c
}
