// Package sig judges Suricata's rules: the whole language of version 7.0, on a matcher of its own, in the caller's process.
//
//	rs, err := sig.Compile(ctx, os.DirFS("rules"), []string{"*.rules"}, &sig.Options{Protocols: all.Default()})
//	for _, p := range rs.Problems() { fmt.Println(p) } // a rule that is refused loses no other
//	e, err := wirelore.New(wirelore.Config{Analyzers: append(wirelore.Analyzers(), rs.Analyzer())})
//
// A RuleSet is immutable and serves any number of goroutines. A Matcher belongs to one; it also works without the engine,
// on one's own packets (Matcher.Packet) and buffers (Matcher.Buffers).
//
// How it works. Each rule is found by one content that is rare in it. All such patterns of one kind (the payload of a
// packet of a transport in a direction, a buffer of a protocol) are in one matcher of package match; what it finds is
// judged in full. Transactions are judged as they progress, once for each packet in their direction, and keep what held so
// far. What spans hosts, thresholds and bits of hosts, is decided where the records of all workers meet, in the capture's
// order: the same capture gives the same alerts for any number of workers.
//
// A compiled set can be stored, as Options.Cache does: what is stored leads to rules, which are built from their texts when
// they are first candidates.
//
// Semantics are those of Suricata 7.0.10 offline; README.md tells where they differ.
package sig
