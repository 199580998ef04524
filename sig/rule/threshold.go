package rule

import (
	"errors"
	"strconv"
	"strings"
)

// Kind tells what a line of a threshold.config does with the alerts of rules.
type Kind uint8

// The kinds of lines.
const (
	Suppress       Kind = iota + 1 // no alerts
	Limit                          // Count alerts at most
	ThresholdAfter                 // one alert for every Count
	Both                           // "both": one alert at most, when there would be Count
	RateFilter                     // another action for Timeout, after Count
)

// Track tells what alerts are counted, or suppressed, by.
type Track uint8

// What alerts are tracked by.
const (
	TrackNone Track = iota // a suppress line without addresses
	BySrc                  // by_src
	ByDst                  // by_dst
	ByEither               // by_either: suppress only
	ByRule                 // by_rule: all together; not suppress
	ByBoth                 // by_both: source with destination; not suppress
)

// Threshold is one line of a threshold.config.
type Threshold struct {
	Pos
	Kind      Kind
	GID, SID  uint32 // 0: all, but no GID of 0 with a SID
	Track     Track
	Addresses *AddressSet // of a suppress line that tracks, else nil
	Count     uint32      // at least 1, except suppress
	Seconds   uint32
	NewAction string // of a rate filter: alert, drop, pass, reject, log or sdrop; Suricata does nothing at the last two
	Timeout   uint32 // of a rate filter, in seconds
}

// ParseThresholds reads a threshold.config, of lines like
//
//	suppress gen_id 1, sig_id 2102, track by_src, ip [10.0.0.0/8,$DNS_SERVERS]
//	threshold gen_id 1, sig_id 2102, type limit, track by_src, count 1, seconds 60
//	rate_filter gen_id 1, sig_id 2102, track by_src, count 5, seconds 60, new_action drop, timeout 30
//
// event_filter is another word for threshold. A backslash continues a line. The order is fixed, as in Suricata.
func (v *Vars) ParseThresholds(file, text string) ([]Threshold, []*Problem) {
	var all []Threshold
	var problems []*Problem
	for l := range configLines(file, text, true) {
		t := Threshold{Pos: l.Pos}
		p := clauses{text: l.Text, vars: v}
		if p.read(&t); p.wrong != "" {
			problems = append(problems, &Problem{Pos: l.Position(p.wrongAt + 1), SID: t.SID, Msg: p.wrong})
			continue
		}
		all = append(all, t)
	}
	return all, problems
}

// clauses reads the parts of a line one after the other, up to the first that is wrong.
type clauses struct {
	text    string
	at      int // offset of what is not read yet
	vars    *Vars
	wrongAt int
	wrong   string
}

// read reads a whole line.
func (c *clauses) read(t *Threshold) {
	start := c.at
	word := c.word()
	c.number("gen_id", &t.GID)
	c.clause("sig_id")
	c.number("", &t.SID)
	if c.wrong == "" && t.SID != 0 && t.GID == 0 {
		c.fail(0, "sig_id without gen_id")
	}
	switch word {
	case "suppress":
		c.suppress(t)
	case "threshold", "event_filter":
		t.Kind = Kind(c.choice("type", "limit", "threshold", "both")) + Limit
		c.counter(t)
	case "rate_filter":
		t.Kind = RateFilter
		c.counter(t)
		actions := []string{"alert", "drop", "pass", "reject", "log", "sdrop"}
		if n := c.choice("new_action", actions...); c.wrong == "" {
			t.NewAction = actions[n]
		}
		c.clause("timeout")
		c.number("", &t.Timeout)
	default:
		c.wrong = ""
		c.fail(start, "line is none of suppress, threshold, event_filter and rate_filter: "+quoted(word))
	}
	if c.at < len(c.text) {
		c.fail(c.at, "more than the line should have: "+quoted(c.text[c.at:]))
	}
}

// suppress reads the addresses of a suppress line, if it has any.
func (c *clauses) suppress(t *Threshold) {
	t.Kind = Suppress
	if c.wrong != "" || c.at == len(c.text) {
		return
	}
	t.Track = Track(c.choice("track", "by_src", "by_dst", "by_either")) + BySrc
	c.clause("ip")
	if c.wrong != "" {
		return
	}
	set, err := c.vars.AddressSet(c.text[c.at:])
	if err != nil {
		if p := (*Problem)(nil); errors.As(err, &p) {
			c.fail(c.at+p.Column-1, p.Msg)
		}
		return
	}
	t.Addresses, c.at = set, len(c.text)
}

// counter reads what is counted.
func (c *clauses) counter(t *Threshold) {
	t.Track = [...]Track{BySrc, ByDst, ByRule, ByBoth}[c.choice("track", "by_src", "by_dst", "by_rule", "by_both")]
	c.clause("count")
	start := c.at
	c.number("", &t.Count)
	if c.wrong == "" && t.Count == 0 {
		c.fail(start, "count is 0")
	}
	c.clause("seconds")
	c.number("", &t.Seconds)
}

// fail notes what is wrong, unless something before it is.
func (c *clauses) fail(at int, wrong string) {
	if c.wrong == "" {
		c.wrongAt, c.wrong = at, wrong
	}
}

// word takes what stands before the next blank or comma, and the blanks behind it.
func (c *clauses) word() string {
	start := c.at
	for c.at < len(c.text) && strings.IndexByte(spaces+",", c.text[c.at]) < 0 {
		c.at++
	}
	word := c.text[start:c.at]
	c.skip()
	return word
}

// skip passes blanks.
func (c *clauses) skip() {
	for c.at < len(c.text) && strings.IndexByte(spaces, c.text[c.at]) >= 0 {
		c.at++
	}
}

// clause takes a comma and a name.
func (c *clauses) clause(name string) {
	if c.wrong != "" {
		return
	}
	if c.at == len(c.text) || c.text[c.at] != ',' {
		c.fail(c.at, `no "," and `+name)
		return
	}
	c.at++
	c.skip()
	c.name(name)
}

// name takes a name.
func (c *clauses) name(name string) {
	if c.wrong != "" {
		return
	}
	start := c.at
	if c.word() != name {
		c.fail(start, "no "+name)
	}
}

// number takes a name, unless it is empty, and a number.
func (c *clauses) number(name string, to *uint32) {
	if name != "" {
		c.name(name)
	}
	if c.wrong != "" {
		return
	}
	start := c.at
	word := c.word()
	for i := range len(word) {
		if word[i] < '0' || word[i] > '9' {
			c.fail(start, "no number: "+quoted(word))
			return
		}
	}
	n, err := strconv.ParseUint(word, 10, 32)
	if err != nil {
		c.fail(start, "no number: "+quoted(word))
		return
	}
	*to = uint32(n)
}

// choice takes a comma, a name and one of the words. It returns which one.
func (c *clauses) choice(name string, words ...string) int {
	c.clause(name)
	if c.wrong != "" {
		return 0
	}
	start := c.at
	word := c.word()
	for i, w := range words {
		if w == word {
			return i
		}
	}
	c.fail(start, name+" is none of "+strings.Join(words, ", ")+": "+quoted(word))
	return 0
}
