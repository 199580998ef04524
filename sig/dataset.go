package sig

import (
	"bufio"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	stdnetip "net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/wirelore/wirelore/proto"
	"github.com/wirelore/wirelore/sig/rule"
)

// Dataset declares a set that rules ask by name, beside those that rules declare.
type Dataset struct {
	Name string
	// Type is string, md5, sha256, ipv4 or ip.
	Type string
	// Load is the file it is read from, "" for none.
	Load string
}

// dataset is a set of values. Its content is immutable while rules run; what rules add lives where the workers meet.
type dataset struct {
	name   string
	typ    string
	values map[string]uint16 // with reputation, 0 without
	loaded string
	save   string
	change bool // some rule adds or takes away
}

// maxDataset bounds the values of one set.
const maxDataset = 1 << 24

// datasetTest is dataset or datarep on a buffer.
type datasetTest struct {
	set *dataset
	do  bitDo
	rep func(v uint64) bool
}

func (t *datasetTest) isTest() {}

// holds tells whether the condition holds on b; for a set that rules change it is decided late.
func (t *datasetTest) holds(m *Matcher, b []byte) bool {
	key := t.set.key(b)
	if t.set.change {
		m.lateValue(t, key)
		return true
	}
	v, ok := t.set.values[key]
	if t.rep != nil {
		return ok && t.rep(uint64(v))
	}
	return ok == (t.do == bitIsSet)
}

// key is how a value of a buffer stands in the set.
func (d *dataset) key(b []byte) string {
	switch d.typ {
	case "ipv4", "ip":
		if len(b) == 4 {
			a := stdnetip.AddrFrom4([4]byte(b))
			return a.String()
		}
		if len(b) == 16 {
			return stdnetip.AddrFrom16([16]byte(b)).Unmap().String()
		}
	}
	return string(b)
}

// parse reads a value of a file.
func (d *dataset) parse(text string) (string, error) {
	switch d.typ {
	case "string":
		b, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			return "", errors.New("it is not base64")
		}
		return string(b), nil
	case "md5", "sha256":
		h, err := hex.DecodeString(text)
		if n := map[string]int{"md5": 16, "sha256": 32}[d.typ]; err != nil || len(h) != n {
			return "", fmt.Errorf("it is no hash of %d bytes", n)
		}
		return string(h), nil
	}
	a, err := stdnetip.ParseAddr(text)
	if err != nil || d.typ == "ipv4" && !a.Unmap().Is4() {
		return "", errors.New("it is no address")
	}
	return a.Unmap().String(), nil
}

func (d *dataset) read(fsys fs.FS, name string, rep bool) error {
	if fsys == nil {
		return fmt.Errorf("%s cannot be read: there is no Options.Data", name)
	}
	file, err := fsys.Open(strings.TrimPrefix(name, "./"))
	if err != nil {
		return fmt.Errorf("the set cannot be read: %w", err)
	}
	defer func() { _ = file.Close() }()
	sc := bufio.NewScanner(file)
	sc.Buffer(nil, 1<<20)
	for n := 1; sc.Scan(); n++ {
		text := strings.TrimSpace(sc.Text())
		if text == "" || text[0] == '#' {
			continue
		}
		text, num, has := strings.Cut(text, ",")
		v := uint64(0)
		if rep || has {
			if v, err = strconv.ParseUint(strings.TrimSpace(num), 10, 16); err != nil {
				return fmt.Errorf("%s, line %d: no reputation from 0 to 65535", name, n)
			}
		}
		key, err := d.parse(text)
		if err != nil {
			return fmt.Errorf("%s, line %d: %w", name, n, err)
		}
		if len(d.values) >= maxDataset {
			return fmt.Errorf("%s holds more than %d values", name, maxDataset)
		}
		d.values[key] = uint16(v)
	}
	if err := sc.Err(); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// dataset returns the set of a name, made when it is not known yet.
func (c *compiler) dataset(name, typ, load string, rep bool) (*dataset, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	d, ok := c.datasets[name]
	if ok {
		switch {
		case typ != "" && typ != d.typ:
			return nil, fmt.Errorf("the set %s is of type %s", name, d.typ)
		case load != "" && d.loaded != "" && load != d.loaded:
			return nil, fmt.Errorf("the set %s was loaded from %s", name, d.loaded)
		}
		return d, nil
	}
	switch typ {
	case "":
		return nil, fmt.Errorf("the set %s has no type", name)
	case "string", "md5", "sha256", "ipv4", "ip":
	default:
		return nil, fmt.Errorf("unknown type %q: string, md5, sha256, ipv4 or ip", typ)
	}
	if c.sealed {
		return nil, errFrozen
	}
	d = &dataset{name: name, typ: typ, values: map[string]uint16{}, loaded: load}
	if load != "" {
		if err := d.read(c.data, load, rep); err != nil {
			return nil, err
		}
	}
	c.datasets[name] = d
	return d, nil
}

// declare makes the sets that the options declare.
func (c *compiler) declare() error {
	var errs []error
	for _, d := range c.opts.Datasets {
		if _, err := c.dataset(d.Name, d.Type, d.Load, false); err != nil {
			errs = append(errs, fmt.Errorf("sig: dataset %s: %w", d.Name, err))
		}
	}
	return errors.Join(errs...)
}

// declareSets makes the sets that a rule declares: rules are built side by side, and one may ask for a set that another one
// declares. What is wrong is told when the rule is built.
func (c *compiler) declareSets(r *rule.Rule) {
	for i := range r.Options {
		o := &r.Options[i]
		at := map[string]int{"dataset": 1, "datarep": 3}[o.Name]
		f := fields(o.Value)
		if at == 0 || len(f) <= at {
			continue
		}
		name, rep := f[1], false
		if o.Name == "datarep" {
			name, rep = f[0], true
		}
		typ, load, _, state, err := (*builder).datasetOptions(nil, f[max(at, 2):], rep)
		if err != nil || typ == "" {
			continue
		}
		if load == "" && state != "" && (rep || c.exists(state)) {
			load = state
		}
		_, _ = c.dataset(name, typ, load, rep)
	}
}

// datasetOptions are those that dataset and datarep share.
func (b *builder) datasetOptions(list []string, rep bool) (typ, load, save, state string, err error) {
	for _, o := range list {
		k, v, _ := strings.Cut(o, " ")
		v = strings.TrimSpace(v)
		switch k {
		case "type":
			typ = v
		case "load":
			load = v
		case "save":
			save = v
		case "state":
			state = v
		case "memcap", "hashsize":
			if _, err := proto.ParseNumber(v, 64); err != nil {
				return "", "", "", "", err
			}
		default:
			return "", "", "", "", fmt.Errorf("unknown option %q", o)
		}
	}
	if state != "" && (load != "" || save != "") {
		err = errors.New("state does not go with load or save")
	}
	return typ, load, save, state, err
}

func parseDataset(b *builder, value string) error {
	if b.cur == nil {
		return errors.New("it stands behind a sticky buffer")
	}
	f := fields(value)
	if len(f) < 2 {
		return errors.New("give a command and a name")
	}
	do, ok := bitWords[f[0]]
	if !ok || do == bitToggle {
		return fmt.Errorf("unknown command %q", f[0])
	}
	typ, load, save, state, err := b.datasetOptions(f[2:], false)
	if err != nil {
		return err
	}
	if load == "" && state != "" && b.c.exists(state) {
		load = state
	}
	d, err := b.c.dataset(f[1], typ, load, false)
	if err != nil {
		return err
	}
	t := &datasetTest{set: d, do: do}
	b.s.eager = true
	if do == bitSet || do == bitUnset {
		if err := b.c.changes(d, save+state); err != nil {
			return err
		}
	}
	o := bitOp{kind: dataBit, do: do, data: t}
	b.bit(o)
	b.add(t)
	return nil
}

// changes notes that a rule changes a set.
func (c *compiler) changes(d *dataset, save string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.sealed && !d.change {
		return errFrozen
	}
	if c.sealed {
		return nil
	}
	d.change = true
	if save != "" {
		d.save = save
	}
	return nil
}

func (c *compiler) exists(name string) bool { return c.reads != nil && c.reads.has(name) }

func parseDatarep(b *builder, value string) error {
	if b.cur == nil {
		return errors.New("it stands behind a sticky buffer")
	}
	f := fields(value)
	if len(f) < 3 {
		return errors.New("give a name, an operator and a value")
	}
	if !slices.Contains([]string{"<", ">", "=", "=="}, f[1]) {
		return fmt.Errorf("unknown operator %q", f[1])
	}
	n, err := proto.ParseNumber(strings.TrimPrefix(f[1], "=")+f[2], 16)
	if err != nil {
		return err
	}
	typ, load, _, state, err := b.datasetOptions(f[3:], true)
	if err != nil {
		return err
	}
	if load == "" {
		load = state
	}
	d, err := b.c.dataset(f[0], typ, load, true)
	if err != nil {
		return err
	}
	b.s.eager = true
	b.add(&datasetTest{set: d, rep: n.Is})
	return nil
}

// dataHolds judges a late alert's conditions on sets that rules change, and changes them.
func (m *meeting) dataHolds(l *lateAlert) bool {
	for k := range l.s.bits {
		o := &l.s.bits[k]
		if o.kind != dataBit || !o.data.set.change {
			continue
		}
		v, known := l.value(o.data)
		if !known || m.inSet(o.data.set, v) != (o.do == bitIsSet) {
			return false
		}
	}
	for k := range l.s.sets {
		o := &l.s.sets[k]
		if o.kind != dataBit {
			continue
		}
		v, known := l.value(o.data)
		if !known || m.inSet(o.data.set, v) == (o.do == bitSet) { // nothing changes: the rule does not match
			return false
		}
		if len(m.sets) >= maxDataset {
			m.count.BitLimit++
			continue
		}
		m.sets[setValue{o.data.set, v}] = o.do == bitSet
	}
	return true
}

// setValue is a value that a rule put into a set, or took out.
type setValue struct {
	set   *dataset
	value string
}

// inSet tells whether a set holds a value, with what rules changed.
func (m *meeting) inSet(d *dataset, v string) bool {
	if on, ok := m.sets[setValue{d, v}]; ok {
		return on
	}
	_, ok := d.values[v]
	return ok
}

// lateData is the value that a test on a set saw which rules change.
type lateData struct {
	t     *datasetTest
	value string
}

func (m *Matcher) lateValue(t *datasetTest, v string) {
	for i := range m.lateData {
		if m.lateData[i].t == t {
			m.lateData[i].value = v
			return
		}
	}
	m.lateData = append(m.lateData, lateData{t, v})
}

func (l *lateAlert) value(t *datasetTest) (string, bool) {
	for i := range l.data {
		if l.data[i].t == t {
			return l.data[i].value, true
		}
	}
	return "", false
}
