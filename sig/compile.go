package sig

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	stdnetip "net/netip"
	"runtime"
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
	// Lazy leaves expressions to be compiled when they are first needed: faults in them are then not reported.
	Lazy bool
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
	check      bool
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

	mu        sync.Mutex
	ids       map[string]uint32
	texts     []string
	buffers   map[string]*buffer
	addresses map[string]*rule.AddressSet
	ports     map[string]*rule.PortSet
	datasets  map[string]*dataset
	warnings  []*rule.Problem
}

func newCompiler(o *Options, fsys fs.FS) (*compiler, error) {
	c := &compiler{opts: *o, data: o.Data, check: !o.Lazy, classes: o.Classifications, refs: o.References, own: map[string]Keyword{},
		transforms: map[string]Transform{}, names: map[string]string{}, sticky: map[string]bool{}, modifiers: map[string]string{},
		sources: map[string][]bufferSource{}, keywords: map[string][]protoKeyword{}, apps: map[string]bool{}, events: map[string]bool{}, sided: map[string]bool{},
		ids: map[string]uint32{}, buffers: map[string]*buffer{}, addresses: map[string]*rule.AddressSet{}, ports: map[string]*rule.PortSet{},
		datasets: map[string]*dataset{}}
	if c.data == nil {
		c.data = fsys
	}
	if o.Vars != nil {
		c.vars = *o.Vars
	} else {
		c.vars = rule.DefaultVars()
	}
	if c.classes == nil {
		c.classes = rule.DefaultClassifications()
	}
	if c.refs == nil {
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
	key := name
	for i := range transforms {
		key += "|" + transforms[i].text
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if b, ok := c.buffers[key]; ok {
		return b, nil
	}
	b := &buffer{name: name, transforms: transforms, key: key, sources: c.sources[name], packet: packetBuffers[name]}
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
	c.buffers[key] = b
	return b, nil
}

func (c *compiler) warn(b *builder, text string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.warnings) < 1<<16 {
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

// Compile reads rule files from fsys, those that match the patterns (fs.Glob), in their order, and compiles them. What is
// wrong with a rule is a Problem of the RuleSet and loses that rule alone; an error tells of files that cannot be read, of
// options that contradict each other, or of ctx.
func Compile(ctx context.Context, fsys fs.FS, patterns []string, o *Options) (*RuleSet, error) {
	var files []File
	for _, p := range patterns {
		names, err := fs.Glob(fsys, p)
		if err != nil {
			return nil, fmt.Errorf("sig: %q: %w", p, err)
		}
		if len(names) == 0 {
			return nil, fmt.Errorf("sig: no rules file matches %q", p)
		}
		for _, n := range names {
			text, err := fs.ReadFile(fsys, n)
			if err != nil {
				return nil, fmt.Errorf("sig: cannot read the rules: %w", err)
			}
			files = append(files, File{Name: n, Text: string(text)})
		}
	}
	return compileFiles(ctx, fsys, files, o)
}

// File is a rules file in memory.
type File struct{ Name, Text string }

// CompileFiles is Compile for rules that the caller holds. Lists that rules name are read from Options.Data.
func CompileFiles(ctx context.Context, files []File, o *Options) (*RuleSet, error) {
	return compileFiles(ctx, nil, files, o)
}

func compileFiles(ctx context.Context, fsys fs.FS, files []File, o *Options) (*RuleSet, error) {
	if o == nil {
		o = &Options{}
	}
	c, err := newCompiler(o, fsys)
	if err != nil {
		return nil, err
	}
	var rules []rule.Rule
	var problems []*rule.Problem
	for _, f := range files {
		on, off, bad := rule.Parse(f.Name, f.Text)
		rules = append(rules, on...)
		if o.Disabled {
			rules = append(rules, off...)
		}
		problems = append(problems, bad...)
	}
	rules, skipped, wrong := c.required(rules)
	problems = append(problems, wrong...)
	rules, twice := rule.Deduplicate(rules)
	problems = append(problems, twice...)
	sigs, bad, more, err := c.buildAll(ctx, rules)
	if err != nil {
		return nil, err
	}
	problems = append(problems, bad...)
	slices.SortStableFunc(problems, func(a, b *rule.Problem) int {
		if n := strings.Compare(a.File, b.File); n != 0 {
			return n
		}
		return a.Line - b.Line
	})
	return c.assemble(sigs, problems, skipped+more)
}

// required leaves out rules whose keyword requires is not met, before they take the place of others.
func (c *compiler) required(rules []rule.Rule) (kept []rule.Rule, skipped int, problems []*rule.Problem) {
	kept = rules[:0]
	for i := range rules {
		r := &rules[i]
		if o := r.Option("requires"); o != nil {
			err := parseRequires(&builder{c: c, r: r}, o.Value)
			if errors.Is(err, errSkip) {
				skipped++
				continue
			}
			if err == nil && r.Wrong != nil {
				problems = append(problems, r.Wrong)
				continue
			}
		}
		kept = append(kept, *r)
	}
	return kept, skipped, problems
}

// buildAll builds the rules side by side; their order stays.
func (c *compiler) buildAll(ctx context.Context, rules []rule.Rule) (sigs []*signature, problems []*rule.Problem, skipped int, err error) {
	workers := c.opts.Workers
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	built := make([]*signature, len(rules))
	failed := make([]error, len(rules))
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			for i := w; i < len(rules); i += workers {
				if i&255 == w && ctx.Err() != nil {
					return
				}
				built[i], failed[i] = c.build(&rules[i])
			}
		})
	}
	wg.Wait()
	if err := ctx.Err(); err != nil {
		return nil, nil, 0, err
	}
	for i := range rules {
		switch e := failed[i]; {
		case e == nil:
			sigs = append(sigs, built[i])
		case errors.Is(e, errSkip) || e.Error() != "" && strings.HasSuffix(e.Error(), errSkip.Error()):
			skipped++
		default:
			var p *rule.Problem
			errors.As(e, &p)
			problems = append(problems, p)
		}
	}
	return sigs, problems, skipped, nil
}

// netip turns an address of a packet into the standard library's.
func netip(a flow.Addr, version uint8) stdnetip.Addr {
	n := stdnetip.AddrFrom16(a)
	if version == 4 {
		return n.Unmap()
	}
	return n
}
