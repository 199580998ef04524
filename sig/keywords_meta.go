package sig

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/wirelore/wirelore/sig/rule"
)

// The keywords by which a rule speaks about itself.

func ignored(*builder, string) error { return nil }

func parseSID(b *builder, value string) error {
	v, err := strconv.ParseUint(strings.Trim(value, `"`), 10, 32)
	if err != nil || v == 0 {
		return fmt.Errorf("%q is no number above 0", value)
	}
	b.s.about.sid = uint32(v)
	return nil
}

func parseNumberInto(to func(b *builder) *uint32) func(b *builder, value string) error {
	return func(b *builder, value string) error {
		v, err := strconv.ParseUint(strings.Trim(value, `"`), 10, 32)
		if err != nil {
			return fmt.Errorf("%q is no number", value)
		}
		*to(b) = uint32(v)
		return nil
	}
}

func parseMsg(b *builder, value string) error {
	text, _, err := rule.Unquote(value)
	if err != nil {
		return err
	}
	b.s.about.msg = text
	return nil
}

func parsePriority(b *builder, value string) error {
	v, err := strconv.ParseUint(strings.TrimSpace(value), 10, 31)
	if err != nil {
		return fmt.Errorf("%q is no priority", value)
	}
	b.s.about.priority = int(v)
	return nil
}

func parseClassType(b *builder, value string) error {
	name := strings.ToLower(strings.TrimSpace(value))
	c, ok := b.c.classes[name]
	if !ok {
		b.c.warn(b, fmt.Sprintf("the classtype %s is in no classification.config: its priority is 3", name))
		c = rule.Classification{Name: name, Priority: defaultPriority}
	}
	b.s.about.class, b.s.about.category = c.Name, c.Description
	if b.s.about.priority < 0 || b.classPriority() {
		if b.s.about.priority < 0 || c.Priority < b.s.about.priority {
			b.s.about.priority = c.Priority
		}
	}
	return nil
}

// classPriority tells that no priority was given in the rule.
func (b *builder) classPriority() bool { return b.r.Option("priority") == nil }

const defaultPriority = 3

func parseReference(b *builder, value string) error {
	kind, id, ok := strings.Cut(value, ",")
	if !ok {
		return errors.New("give a kind, a comma and what it refers to")
	}
	prefix, known := b.c.refs[strings.ToLower(strings.TrimSpace(kind))]
	if !known {
		prefix = ""
	}
	b.s.about.refs = append(b.s.about.refs, prefix+strings.TrimSpace(id))
	return nil
}

func parseMetadata(b *builder, value string) error {
	for f := range strings.SplitSeq(value, ",") {
		key, v, _ := strings.Cut(strings.TrimSpace(f), " ")
		if key == "" {
			continue
		}
		v = strings.TrimSpace(v)
		b.s.about.addMetadata(key, v)
	}
	return nil
}

func (a *about) addMetadata(key, value string) {
	for i := range a.metadata {
		if a.metadata[i].key == key {
			a.metadata[i].values = append(a.metadata[i].values, value)
			return
		}
	}
	a.metadata = append(a.metadata, metadataItem{key, []string{value}})
}

func parseTarget(b *builder, value string) error {
	switch strings.TrimSpace(value) {
	case "src_ip":
		b.s.target = 1
	case "dest_ip":
		b.s.target = 2
	default:
		return fmt.Errorf("%q: src_ip or dest_ip", value)
	}
	return nil
}

func parseNoAlert(b *builder, _ string) error {
	b.s.noalert = true
	return nil
}

// errSkip tells that a rule is left out by its own wish.
var errSkip = errors.New("the rule asks to be left out")

// suricataVersion is the version whose language this is.
var suricataVersion = [3]int{7, 0, 10}

func parseRequires(b *builder, value string) error {
	for f := range strings.SplitSeq(value, ",") {
		word, rest, _ := strings.Cut(strings.TrimSpace(f), " ")
		rest = strings.TrimSpace(rest)
		switch word {
		case "":
		case "feature":
			switch rest {
			case "geoip", "true_geoip":
				if b.c.opts.Country == nil {
					return errSkip
				}
			case "file-store", "output::file-store", "ja3", "ja4", "HAVE_JA3", "HAVE_JA4":
			default:
				return errSkip
			}
		case "keyword":
			if !b.c.hasKeyword(rest) {
				return errSkip
			}
		case "version":
			ok, err := versionFits(rest)
			if err != nil {
				return err
			}
			if !ok {
				return errSkip
			}
		default:
			return errSkip // something newer
		}
	}
	return nil
}

// versionFits judges conditions joined by blanks (all) and | (any).
func versionFits(text string) (bool, error) {
	for alt := range strings.SplitSeq(text, "|") {
		f := strings.Fields(alt)
		all := len(f) > 0
		for i := 0; i < len(f); {
			op := strings.TrimRight(f[i], "0123456789.")
			num := f[i][len(op):]
			if num == "" && i+1 < len(f) {
				i++
				num = f[i]
			}
			i++
			c, err := compareVersion(num)
			if err != nil {
				return false, err
			}
			switch op {
			case ">=":
				all = all && c <= 0
			case ">":
				all = all && c < 0
			case "<=":
				all = all && c >= 0
			case "<":
				all = all && c > 0
			case "=", "==", "":
				all = all && c == 0
			default:
				return false, fmt.Errorf("unknown operator %q", op)
			}
		}
		if all {
			return true, nil
		}
	}
	return false, nil
}

// compareVersion compares a version with ours: negative when it is older.
func compareVersion(text string) (int, error) {
	parts := strings.Split(text, ".")
	for i := range suricataVersion {
		v := 0
		if i < len(parts) {
			n, err := strconv.Atoi(parts[i])
			if err != nil {
				return 0, fmt.Errorf("%q is no version", text)
			}
			v = n
		}
		if v != suricataVersion[i] {
			if v < suricataVersion[i] {
				return -1, nil
			}
			return 1, nil
		}
	}
	return 0, nil
}

// rateSpec is threshold or detection_filter.
type rateSpec struct {
	kind    rule.Kind
	filter  bool // detection_filter
	track   rule.Track
	count   uint32
	seconds uint32
	growth  uint32 // what a backoff's count is multiplied by each time
}

func parseThreshold(b *builder, value string) error {
	return b.rate(value, false)
}

func parseDetectionFilter(b *builder, value string) error {
	return b.rate(value, true)
}

func (b *builder) rate(value string, filter bool) error {
	if b.s.threshold != nil { // the first counts, as in Suricata
		b.c.warn(b, "a second threshold or detection_filter is not used")
		return nil
	}
	t := &rateSpec{filter: filter, kind: rule.ThresholdAfter}
	seen := map[string]bool{}
	for _, f := range fields(value) {
		name, v, _ := strings.Cut(f, " ")
		v = strings.TrimSpace(v)
		if name == "track" { // what stands behind the word is not read, as in Suricata
			v, _, _ = strings.Cut(v, " ")
		}
		if len(seen) == 4 { // nor what stands behind the options
			break
		}
		if seen[name] {
			return fmt.Errorf("%s stands twice", name)
		}
		seen[name] = true
		var err error
		switch name {
		case "type":
			t.kind, err = oneOf("type", rateKinds, v)
		case "track":
			t.track, err = oneOf("track", rateTracks, v)
		case "count":
			err = setUint32(&t.count, v)
		case "seconds":
			err = setUint32(&t.seconds, v)
		case "multiplier":
			err = setUint32(&t.growth, v)
		default:
			err = fmt.Errorf("unknown option %q", f)
		}
		if err != nil {
			return err
		}
	}
	if err := t.complete(seen); err != nil {
		return err
	}
	b.s.threshold = t
	return nil
}

// complete checks that all is there that the type needs.
func (t *rateSpec) complete(seen map[string]bool) error {
	switch {
	case t.filter && (seen["type"] || seen["multiplier"]):
		return errors.New("only track, count and seconds are known")
	case t.kind == backoff && (!seen["track"] || !seen["count"] || !seen["multiplier"] || seen["seconds"] || t.track != trackByFlow):
		return errors.New("type backoff needs track by_flow, count and multiplier, no seconds")
	case t.kind == backoff && (t.count == 0 || t.growth == 0):
		return errors.New("count and multiplier must be above 0")
	case t.kind == backoff:
		return nil
	case seen["multiplier"]:
		return errors.New("multiplier is for type backoff")
	case !seen["track"] || !seen["count"] || !seen["seconds"] || !t.filter && !seen["type"]:
		return errors.New("type, track, count and seconds are needed")
	case t.count == 0 || t.seconds == 0:
		return errors.New("count and seconds must be above 0")
	}
	return nil
}

// What threshold has and the files of thresholds have not.
const (
	trackByFlow rule.Track = 200
	backoff     rule.Kind  = 200 // an alert at count matches, then at count times the multiplier, and so on
)

var (
	rateKinds  = map[string]rule.Kind{"limit": rule.Limit, "threshold": rule.ThresholdAfter, "both": rule.Both, "backoff": backoff}
	rateTracks = map[string]rule.Track{"by_src": rule.BySrc, "by_dst": rule.ByDst, "by_rule": rule.ByRule, "by_both": rule.ByBoth,
		"by_flow": trackByFlow}
)

func oneOf[T any](what string, all map[string]T, name string) (T, error) {
	v, ok := all[name]
	if !ok {
		return v, fmt.Errorf("unknown %s %q", what, name)
	}
	return v, nil
}

func setUint32(to *uint32, text string) error {
	v, err := strconv.ParseUint(text, 10, 32)
	if err != nil {
		return fmt.Errorf("%q is no number", text)
	}
	*to = uint32(v)
	return nil
}

func parsePrefilter(b *builder, _ string) error {
	if b.explicit != nil {
		return errors.New("it does not go with fast_pattern")
	}
	if l := b.tests(); len(l) > 0 {
		if t, ok := l[len(l)-1].(*content); ok && b.last == b.section() {
			b.explicit, t.fast = t, true
			return nil
		}
	}
	b.s.prefilter = true
	return nil
}

// tagAction is the keyword tag: packets that follow are marked.
type tagAction struct {
	host, dst bool
	count     uint32
	metric    string
}

func (t *tagAction) do(m *Matcher, c *subject, s *signature) { m.tag(c, s, t) }

func parseTag(b *builder, value string) error {
	f := fields(value)
	t := &tagAction{count: 0, metric: "packets"}
	switch f[0] {
	case "session":
	case "host":
		t.host = true
	default:
		return fmt.Errorf("%q: session or host", f[0])
	}
	for i, o := range f[1:] {
		switch o {
		case "src", "dst":
			t.dst = t.host && o == "dst" // of a session both are meant, as in Suricata
		case "packets", "seconds", "bytes":
			t.metric = o
		default:
			if err := setUint32(&t.count, o); err != nil || i > 1 {
				return fmt.Errorf("unknown option %q", o)
			}
		}
	}
	b.s.post = append(b.s.post, t)
	b.s.tags, b.s.hostTags = true, b.s.hostTags || t.host
	return nil
}

// parseConfig is the keyword config: what is logged of a flow or transaction is switched off by the rule.
func parseConfig(b *builder, value string) error {
	t := &configAction{}
	for _, f := range fields(value) {
		name, v, _ := strings.Cut(f, " ")
		v = strings.TrimSpace(v)
		switch {
		case name == "logging" && v == "disable":
		case name == "type" && (v == "tx" || v == "flow"), name == "scope" && (v == "tx" || v == "flow"):
			t.flow = t.flow || name == "scope" && v == "flow"
		default:
			return fmt.Errorf("unknown option %q", f)
		}
	}
	b.s.post = append(b.s.post, t)
	return nil
}

type configAction struct{ flow bool }

func (t *configAction) do(_ *Matcher, c *subject, _ *signature) {
	switch {
	case c.tx != nil && !t.flow:
		c.tx.Quiet()
	case c.f != nil:
		for tx := c.f.Transactions(); tx != nil; tx = tx.Next() {
			tx.Quiet()
		}
	}
}
