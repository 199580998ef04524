package sig

import (
	"cmp"
	"fmt"
	"slices"
	"sync"

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

// compile builds the matchers, side by side.
func (rs *RuleSet) compile() error {
	var sets []*patternSet
	for k := range rs.groups {
		for d := range rs.groups[k] {
			g := &rs.groups[k][d]
			sets = append(sets, &g.any.packet, &g.any.stream)
			for _, b := range g.all {
				sets = append(sets, &b.packet, &b.stream)
			}
			g.bundles = nil
		}
	}
	for _, a := range rs.apps {
		for d := range a.dirs {
			g := &a.dirs[d]
			for i := range g.buffers {
				sets = append(sets, &g.buffers[i].patternSet)
			}
			slices.SortStableFunc(g.loose, func(a, b looseRule) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.num, b.num)) })
		}
	}
	for d := range rs.files {
		for k := range rs.files[d].sets {
			for i := range rs.files[d].sets[k] {
				sets = append(sets, &rs.files[d].sets[k][i].patternSet)
			}
		}
	}
	rs.ips.build()
	slices.SortStableFunc(sets, func(a, b *patternSet) int { return cmp.Compare(len(b.patterns), len(a.patterns)) })
	workers := rs.opts.workers()
	errs := make([]error, workers)
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			for i := w; i < len(sets); i += workers {
				if err := sets[i].compile(); err != nil {
					errs[w] = err
				}
			}
		})
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return fmt.Errorf("sig: %w", err)
		}
	}
	return nil
}
