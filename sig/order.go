package sig

import (
	"fmt"
	"slices"

	"github.com/wirelore/wirelore/sig/rule"
)

// assemble orders the rules and puts them into groups.
func (c *compiler) assemble(sigs []*signature, problems []*rule.Problem, skipped int) (*RuleSet, error) {
	if err := c.order(sigs); err != nil {
		return nil, err
	}
	closeLate(sigs)
	warnings := c.warnings
	rs := c.ruleSet(len(sigs))
	rs.problems, rs.warnings, rs.skipped = problems, warnings, skipped
	for i, s := range sigs {
		s.num = uint32(i)
		rs.facts[i] = factsOf(s)
		rs.sigs[i].p.Store(s)
	}
	for _, s := range sigs {
		rs.place(c, s)
	}
	if err := rs.compile(); err != nil {
		return nil, err
	}
	return rs, nil
}

// ruleSet makes a set without rules, for a number of them, and ends compiling.
func (c *compiler) ruleSet(n int) *RuleSet {
	c.freeze()
	rs := &RuleSet{c: c, sigs: make([]lazySig, n), facts: make([]facts, n), names: c.texts, nameIDs: c.ids, opts: c.opts,
		apps: map[string]*appGroup{}, events: map[uint32][]uint32{}, sided: c.sided, datasets: c.datasets}
	if rs.opts.AlertsPerPacket <= 0 {
		rs.opts.AlertsPerPacket = 15
	}
	rs.limits()
	return rs
}

// order sorts the rules into the order in which they are judged: by action, by what they do with variables, by priority.
func (c *compiler) order(sigs []*signature) error {
	rank, err := actionRank(c.opts.ActionOrder)
	if err != nil {
		return err
	}
	type keyed struct {
		key [10]int
		s   *signature
	}
	list := make([]keyed, len(sigs))
	for i, s := range sigs {
		k := [10]int{rank[s.action]}
		for i, kind := range []bitKind{flowBit, flowInt, hostBit, pairBit, dataBit} {
			k[1+i] = -s.writes(kind)
		}
		k[6], k[7] = s.about.priority, int(s.about.sid)
		k[8], k[9] = int(s.about.gid), int(s.about.rev)
		list[i] = keyed{k, s}
	}
	slices.SortStableFunc(list, func(a, b keyed) int { return slices.Compare(a.key[:], b.key[:]) })
	for i := range list {
		sigs[i] = list[i].s
	}
	return nil
}

// writes ranks what a rule does to variables of a kind: 3 sets, 2 asks and sets, 1 asks, 0 nothing.
func (s *signature) writes(k bitKind) int {
	asks, sets := 0, 0
	for i := range s.bits {
		if s.bits[i].kind == k {
			asks = 1
		}
	}
	for i := range s.sets {
		if s.sets[i].kind == k {
			sets = 1
		}
	}
	return [2][2]int{{0, 3}, {1, 2}}[asks][sets]
}

func actionRank(order []string) (rank [5]int, err error) {
	if order == nil {
		order = []string{"pass", "drop", "reject", "alert"}
	}
	names := map[string]action{"pass": actionPass, "drop": actionDrop, "reject": actionReject, "alert": actionAlert, "config": actionConfig}
	for i := range rank {
		rank[i] = len(order)
	}
	for i, n := range order {
		a, ok := names[n]
		if !ok {
			return rank, fmt.Errorf("sig: action-order: unknown action %q", n)
		}
		rank[a] = i
	}
	return rank, nil
}
