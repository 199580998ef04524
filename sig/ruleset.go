package sig

import (
	"github.com/wirelore/wirelore/sig/rule"
)

// RuleSet is a compiled set of rules: immutable, and safe for concurrent use.
type RuleSet struct {
	sigs                                                []lazySig
	facts                                               []facts
	c                                                   *compiler // builds rules when they are needed
	problems                                            []*rule.Problem
	warnings                                            []*rule.Problem
	skipped                                             int
	names                                               []string
	nameIDs                                             map[string]uint32
	opts                                                Options
	groups                                              [kinds][2]packetGroup
	apps                                                map[string]*appGroup
	files                                               [2]fileGroup
	events                                              map[uint32][]uint32 // rules by the event they ask for
	outside                                             []uint32            // rules for packets of any kind, IP or not
	ips                                                 ipIndex
	wants                                               []wanted
	sided                                               map[string]bool // protocols each of whose messages is a transaction to rules
	wantSet                                             map[wanted]bool
	stats                                               Stats
	datasets                                            map[string]*dataset
	global                                              []rule.Threshold // those for all rules
	limitsOf                                            map[uint64][]rule.Threshold
	wantsData, wantsEvents, wantsStream, tags, hostTags bool
	wantsHash                                           [3]bool
}

// wanted is a buffer that rules look at.
type wanted struct{ protocol, buffer string }

// Stats count what is in a RuleSet.
type Stats struct {
	// Loaded rules, of them IPOnly those that test addresses alone, Payload those found by bytes of packets or streams,
	// Application those found by a protocol's buffers, Loose those without a pattern.
	Loaded, IPOnly, Payload, Application, Loose int
	// Refused rules are those with a problem, Skipped those whose keyword requires is not met.
	Refused, Skipped int
	// Cached tells that the set was not compiled but read: see Load and Options.Cache.
	Cached bool
}

// Stats returns the counts.
func (rs *RuleSet) Stats() Stats {
	s := rs.stats
	s.Refused, s.Skipped = len(rs.problems), rs.skipped
	return s
}

// Len returns the number of rules.
func (rs *RuleSet) Len() int { return len(rs.sigs) }

// Problems returns what was refused and why, in the order of files and lines. Shared.
func (rs *RuleSet) Problems() []*rule.Problem { return rs.problems }

// Warnings returns what is odd about rules that were loaded. Shared.
func (rs *RuleSet) Warnings() []*rule.Problem { return rs.warnings }

// limits sorts what threshold.config says by rule.
func (rs *RuleSet) limits() {
	rs.limitsOf = map[uint64][]rule.Threshold{}
	for _, t := range rs.opts.Thresholds {
		if t.SID == 0 {
			rs.global = append(rs.global, t)
			continue
		}
		k := uint64(t.GID)<<32 | uint64(t.SID)
		rs.limitsOf[k] = append(rs.limitsOf[k], t)
	}
}
