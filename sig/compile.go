package sig

import (
	"fmt"
	"io/fs"
	"maps"
	stdnetip "net/netip"
	"slices"
	"strings"
	"sync"

	"github.com/wirelore/wirelore/flow"
	"github.com/wirelore/wirelore/proto"
	"github.com/wirelore/wirelore/sig/rule"
)

// Options say how rules are compiled. The zero value is Suricata's packaged configuration, without protocols.
type Options struct {
	// Vars are the variables of addresses and ports; nil: rule.DefaultVars.
	Vars *rule.Vars
	// Protocols are those whose buffers and keywords rules may use.
	Protocols []proto.Protocol
	// Classifications and References are the tables of classtype and reference; nil: those packaged with Suricata.
	Classifications map[string]rule.Classification
	References      map[string]string
	// Thresholds are what a threshold.config says.
	Thresholds []rule.Threshold
	// Keywords and Transforms are the caller's own, beside the built-in ones.
	Keywords   []Keyword
	Transforms []Transform
	// Country returns the ISO code of an address's country, for geoip; nil: rules with geoip are refused.
	Country func(a stdnetip.Addr) (string, bool)
	// Reputation returns an address's score from 1 to 127 in a category, for iprep; nil: such rules are refused.
	Reputation func(category string, a stdnetip.Addr) (int, bool)
	// Data is where lists of datasets and hashes are read from, by the names that rules give; nil: where the rules are.
	Data fs.FS
	// Datasets are the sets that a configuration declares.
	Datasets []Dataset
	// ActionOrder is the order in which actions are judged; nil: pass, drop, reject, alert.
	ActionOrder []string
	// AlertsPerPacket bounds the alerts of one packet; 0: 15.
	AlertsPerPacket int
	// Disabled compiles rules that are commented out too, for checks.
	Disabled bool
	// Workers bounds the goroutines that compile; 0: GOMAXPROCS.
	Workers int
	// Lazy lets go of what compiling checked, but for the index that leads to rules: each is built again from its text when it
	// is first a candidate. It saves memory where few of many rules ever are.
	Lazy bool
	// Cache keeps compiled sets; nil: each is compiled anew. What is wrong with it is never an error: the rules are compiled.
	// It is trusted that functions given above do the same as long as they have the same names and descriptions.
	Cache Cache
}

// Keyword is a caller's own rule keyword: a test of the buffer in hand, or of the payload.
type Keyword struct {
	Name, Doc string
	// Compile reads what stands behind the colon, quotes taken off. What it returns is asked with the buffer, borrowed; it
	// may be called by several goroutines at once.
	Compile func(arg string) (func(b []byte) bool, error)
}

// compiler makes a RuleSet. Rules are built by several goroutines: what they share is behind mu.
type compiler struct {
	opts       Options
	data       fs.FS
	reads      *reads // data, if there is any
	check      bool
	frozen     bool // the rules are compiled: see freeze
	sealed     bool // no file is read any more, and sets of data stay as they are
	vars       rule.Vars
	classes    map[string]rule.Classification
	refs       map[string]string
	own        map[string]Keyword
	transforms map[string]Transform
	names      map[string]string // sticky names and aliases to the buffer's name
	sticky     map[string]bool
	modifiers  map[string]string
	sources    map[string][]bufferSource
	keywords   map[string][]protoKeyword
	apps       map[string]bool
	events     map[string]bool // "http.name"
	sided      map[string]bool

	files []File

	mu        sync.Mutex
	ids       map[string]uint32
	texts     []string
	nobody    uint32 // stands for names that are not known when frozen
	buffers   map[string]*buffer
	addresses map[string]*rule.AddressSet
	ports     map[string]*rule.PortSet
	datasets  map[string]*dataset
	warnings  []*rule.Problem
}

func newCompiler(o *Options, fsys fs.FS) (*compiler, error) {
	c := &compiler{opts: *o, data: o.Data, check: true, classes: o.Classifications, refs: o.References, own: map[string]Keyword{},
		transforms: map[string]Transform{}, names: map[string]string{}, sticky: map[string]bool{}, modifiers: map[string]string{},
		sources: map[string][]bufferSource{}, keywords: map[string][]protoKeyword{}, apps: map[string]bool{}, events: map[string]bool{}, sided: map[string]bool{},
		ids: map[string]uint32{}, buffers: map[string]*buffer{}, addresses: map[string]*rule.AddressSet{}, ports: map[string]*rule.PortSet{},
		datasets: map[string]*dataset{}}
	if c.data == nil {
		c.data = fsys
	}
	if c.data != nil {
		c.reads = &reads{fsys: c.data, list: map[string]read{}}
		c.data = c.reads
	}
	if o.Vars != nil {
		c.vars = rule.Vars{Addresses: maps.Clone(o.Vars.Addresses), Ports: maps.Clone(o.Vars.Ports)}
	} else {
		c.vars = rule.DefaultVars()
	}
	if c.classes = maps.Clone(c.classes); c.classes == nil {
		c.classes = rule.DefaultClassifications()
	}
	if c.refs = maps.Clone(c.refs); c.refs == nil {
		c.refs = rule.DefaultReferences()
	}
	for _, t := range append(Transforms(), o.Transforms...) {
		c.transforms[t.Name] = t
	}
	for _, k := range o.Keywords {
		if _, ok := keywords[k.Name]; ok || k.Compile == nil || k.Name == "" {
			return nil, fmt.Errorf("sig: the keyword %q has no Compile or a name that is taken", k.Name)
		}
		c.own[k.Name] = k
	}
	c.intern("")
	for _, name := range knownApps {
		c.apps[name] = true
	}
	for _, p := range o.Protocols {
		c.learn(p)
	}
	for name := range packetBuffers {
		c.names[name] = name
	}
	for _, f := range fileBuffers {
		for _, n := range f.names {
			c.names[n] = f.names[0]
			c.sticky[n] = true
		}
	}
	return c, c.declare()
}

// learn takes in what a protocol brings.
func (c *compiler) learn(p proto.Protocol) {
	app := appOf(p)
	c.apps[app] = true
	if p.Sided() {
		c.sided[app] = true
	}
	for _, e := range p.Events() {
		if e.Anomaly != "" {
			c.events[app+"."+strings.ToLower(e.Anomaly)] = true
		}
	}
	for _, b := range p.RuleBuffers() {
		c.names[b.Name] = b.Name
		c.sticky[b.Name] = true
		for _, a := range b.Aliases {
			c.names[a] = b.Name
			c.sticky[a] = true
		}
		if b.Modifier != "" {
			c.modifiers[b.Modifier] = b.Name
		}
		c.sources[b.Name] = append(c.sources[b.Name], bufferSource{app, b, p})
	}
	for _, k := range p.RuleKeywords() {
		for _, n := range append([]string{k.Name}, k.Aliases...) {
			c.keywords[n] = append(c.keywords[n], protoKeyword{app, p.Name(), k})
		}
	}
}

// knownApps are the protocols of Suricata 7 and 8: rules for those that are not built here load, and never match.
var knownApps = []string{"http", "http1", "http2", "ftp", "smtp", "tls", "ssl", "ssh", "imap", "smb", "dcerpc", "dns", "modbus", "enip", "dnp3",
	"nfs", "ntp", "ftp-data", "tftp", "ike", "ikev2", "krb5", "quic", "dhcp", "sip", "rfb", "mqtt", "pgsql", "telnet", "websocket", "ldap",
	"doh2", "template", "rdp", "bittorrent-dht", "snmp", "pop3", "mdns", "llmnr", "jabber", "irc", "msn", "arp", "vxlan"}

func (c *compiler) isApp(name string) bool { return c.apps[appName(name)] }

func (c *compiler) multiple(name string) bool {
	for _, s := range c.sources[name] {
		if s.def.Multiple {
			return true
		}
	}
	return false
}

// intern returns a number for a name.
func (c *compiler) intern(name string) uint32 {
	c.mu.Lock()
	defer c.mu.Unlock()
	if id, ok := c.ids[name]; ok {
		return id
	}
	id := uint32(len(c.texts))
	if c.frozen {
		return c.nobody
	}
	c.ids[name] = id
	c.texts = append(c.texts, name)
	return id
}

func (c *compiler) addressSet(text string) (*rule.AddressSet, error) {
	c.mu.Lock()
	s, ok := c.addresses[text]
	c.mu.Unlock()
	if ok {
		return s, nil
	}
	s, err := c.vars.AddressSet(text)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if old, ok := c.addresses[text]; ok {
		return old, nil
	}
	c.addresses[text] = s
	return s, nil
}

func (c *compiler) portSet(text string) (*rule.PortSet, error) {
	c.mu.Lock()
	s, ok := c.ports[text]
	c.mu.Unlock()
	if ok {
		return s, nil
	}
	s, err := c.vars.PortSet(text)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if old, ok := c.ports[text]; ok {
		return old, nil
	}
	c.ports[text] = s
	return s, nil
}

// buffer returns the buffer of a name with transforms, one for all rules.
func (c *compiler) buffer(name string, transforms []transformStep) (*buffer, error) {
	var key strings.Builder
	key.WriteString(name)
	for i := range transforms {
		key.WriteString("|" + transforms[i].text)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if b, ok := c.buffers[key.String()]; ok {
		return b, nil
	}
	b := &buffer{name: name, transforms: transforms, key: key.String(), sources: c.sources[name], packet: packetBuffers[name]}
	for _, f := range fileBuffers {
		if slices.Contains(f.names, name) {
			b.file = f.kind
		}
	}
	for _, s := range b.sources {
		b.multi = b.multi || s.def.Multiple
	}
	if len(b.sources) == 0 && b.packet == nil && b.file == fileNone {
		return nil, fmt.Errorf("there is no buffer %s", name)
	}
	c.buffers[key.String()] = b
	return b, nil
}

func (c *compiler) warn(b *builder, text string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.warnings) < 1<<16 && !c.frozen {
		c.warnings = append(c.warnings, &rule.Problem{Pos: b.r.Position(b.column), SID: b.r.SID, Msg: text})
	}
}

func (c *compiler) hasKeyword(name string) bool {
	if _, ok := keywords[name]; ok {
		return true
	}
	_, buf := c.names[name]
	_, mod := c.modifiers[name]
	_, kw := c.keywords[name]
	_, tr := c.transforms[name]
	return buf || mod || kw || tr
}

// netip turns an address of a packet into the standard library's.
func netip(a flow.Addr, version uint8) stdnetip.Addr {
	n := stdnetip.AddrFrom16(a)
	if version == 4 {
		return n.Unmap()
	}
	return n
}
