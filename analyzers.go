package wirelore

import (
	"github.com/wirelore/wirelore/proto"
	"github.com/wirelore/wirelore/proto/conn"
	"github.com/wirelore/wirelore/proto/icmp"
	"github.com/wirelore/wirelore/proto/tunnel"
	"github.com/wirelore/wirelore/proto/weird"
)

// Analyzers returns the built-in analyzers: connections, tunnels, anomalies and what is odd about ICMP. The list is new at
// each call; add your own.
func Analyzers() []*proto.Analyzer {
	return []*proto.Analyzer{conn.Analyzer, tunnel.Analyzer, icmp.Analyzer, weird.Analyzer}
}
