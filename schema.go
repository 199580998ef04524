package wirelore

import (
	"github.com/wirelore/wirelore/proto"
	"github.com/wirelore/wirelore/proto/all"
	"github.com/wirelore/wirelore/record"
)

// Schema describes every log that the built-in protocols and analyzers write: Zeek's form and EVE's.
func Schema() []*record.Stream { return SchemaOf(all.Default(), Analyzers()) }

// SchemaOf describes the logs of some protocols and analyzers.
func SchemaOf(protocols []proto.Protocol, analyzers []*proto.Analyzer) []*record.Stream {
	var out []*record.Stream
	for _, form := range [...]record.Form{record.TSV, record.EVE} {
		for _, p := range protocols {
			out = append(out, p.Logs(form)...)
		}
		for _, a := range analyzers {
			for _, l := range a.Logs {
				if s := l.Describe(form); s != nil {
					out = append(out, s)
				}
			}
		}
	}
	return out
}
